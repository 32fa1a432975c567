"""The audit trail: who did what and when, in a chain that shows what was changed, taken out, moved or cut off."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from django.db import connections
from django.db.models import Q
from django.db.transaction import on_commit

from dani_playbook.core.failpoint import failpoint
from dani_playbook.core.values import canonical_text
from dani_playbook.state.anchor import NOTHING, anchors
from dani_playbook.state.chain import COLUMNS, Chain, Event, Fault, Row, Verified
from dani_playbook.state.durable import durable, told
from dani_playbook.state.models import Audit, Entry, System

_CHUNK = 2000
SUCCEEDED = "run-succeeded"
APPROVED = "approved"

Checkpoint = Callable[[int, str], None]
"""Keeps a head, number and mac, in a place that isn't the database."""


class Trail:
    """The audit trail in the database ``using``. Its chain is made with a key derived from ``key``, the project's."""

    def __init__(self, using: str, key: bytes, checkpoint: Checkpoint = lambda number, mac: None) -> None:
        self._using = using
        self._chain = Chain(key)
        self._checkpoint = checkpoint

    def append(self, *events: Event) -> None:
        """Must be called inside a transaction, and ends with it. One at a time: the row of ``System`` is held."""
        if not events:
            return
        if not connections[self._using].in_atomic_block:
            raise RuntimeError("what happened and its record belong into one transaction, and there is none")
        if System.objects.using(self._using).select_for_update().filter(pk=1).first() is None:
            raise RuntimeError("the database has no row to lock; it was emptied while dani ran")
        number, mac = self.head()
        rows = []
        for event in events:
            row = self._chain.linked(event, number + 1, mac)
            number, mac = row.number, row.mac
            rows.append(Audit(**asdict(row)))
        failpoint("audit.insert")
        Audit.objects.using(self._using).bulk_create(rows)
        on_commit(lambda: self._keep(number, mac), using=self._using, robust=True)

    def _keep(self, number: int, mac: str) -> None:
        failpoint("audit.checkpoint")
        self._checkpoint(number, mac)

    def note(self, event: Event) -> None:
        """Remembers what is no run; commits, or joins the transaction that is open.

        Raises ``LiveLocked`` and ``LiveUnreachable``.
        """
        with durable(self._using, joins=True):
            self.append(event)

    def head(self) -> tuple[int, str]:
        """Number and mac of the newest row, 0 and empty where there is none."""
        rows = Audit.objects.using(self._using).order_by("-number")
        return rows.values_list("number", "mac").first() or (0, "")

    @told
    def mac_at(self, number: int) -> str:
        """The mac of one row, empty where there is none."""
        rows = Audit.objects.using(self._using).filter(number=number)
        return str(rows.values_list("mac", flat=True).first() or "")

    def of_plan(self, digest: str) -> Sequence[Row]:
        """Approvals of a plan and runs that carried it out, oldest first, as far as the rows are genuine. One query."""
        done = Q(action=SUCCEEDED, detail__contains=canonical_text(digest))
        rows = Audit.objects.using(self._using).filter(done | Q(action=APPROVED, object=digest)).order_by("number")
        found = [Row(*values) for values in rows.values_list(*COLUMNS)]
        return [row for row in found if self._chain.fault(row, row.number, row.prev) is None]

    @told
    def macs(self) -> dict[int, str]:
        """The mac of every row, by number. One query."""
        return dict(Audit.objects.using(self._using).order_by().values_list("number", "mac"))

    def newest(self, limit: int | None = None, action: str = "", named: str = "") -> Sequence[Row]:
        """Newest first. ``named`` is an address or a run; runs that touched the address are among them."""
        rows = Audit.objects.using(self._using).order_by("-number")
        if action:
            rows = rows.filter(action=action)
        if named:
            kind, _, key = named.partition(".")
            runs = Entry.objects.using(self._using).filter(kind=kind, key=key).values("run__run_id")
            inside = Q(detail__contains=canonical_text(named))
            rows = rows.filter(Q(object=named) | Q(run=named) | Q(run__in=runs) | inside)
        return [Row(*values) for values in rows.values_list(*COLUMNS)[:limit]]

    def rows(self) -> Iterator[Row]:
        """All, in order, as the bytes stand in the table."""
        with _any_bytes(self._using):
            found = Audit.objects.using(self._using).order_by("number").values_list(*COLUMNS)
            for values in found.iterator(chunk_size=_CHUNK):
                yield Row(*values)

    def verify(self, kept: Collection[tuple[int, str]] = ()) -> Verified:
        """Looks at every row, then at the journal of every run; ``kept`` are heads that were kept outside the database.

        Cost: one pass over each.
        """
        told: dict[str, tuple[int, str]] = {}
        found = self._verified_rows(kept, told)
        if found.fault:
            return found
        with _any_bytes(self._using):
            fault = _wrong_journal(told, dict(anchors(self._using)))
        return replace(found, runs=sum(bool(digest) for _, digest in told.values()), fault=fault)

    def _verified_rows(self, kept: Collection[tuple[int, str]], told: dict[str, tuple[int, str]]) -> Verified:
        """The chain. ``told`` gets the row of each run that succeeded, and the digest of its journal."""
        macs: dict[int, set[str]] = {}
        for number, mac in kept:
            macs.setdefault(number, set()).add(mac)
        most = max([Audit.objects.using(self._using).count(), *macs])
        last, previous = 0, ""
        for row in self.rows():
            what = self._chain.fault(row, last + 1, previous)
            if what == "changed" and self._chain.is_moved(row, range(1, most + 2)):
                what = "out of order"
            if what is None and macs.pop(row.number, {row.mac}) != {row.mac}:
                what = "changed"
            if what:
                return Verified(rows=last, fault=Fault(last + 1 if what == "missing" else row.number, what))
            if row.action == SUCCEEDED:
                told[row.run] = (row.number, json.loads(row.detail).get("journal", ""))
            last, previous = row.number, row.mac
        return Verified(rows=last, fault=Fault(last + 1, "cut at the end") if macs else None)


def _wrong_journal(told: Mapping[str, tuple[int, str]], found: Mapping[str, str]) -> Fault | None:
    """The first run whose journal isn't as its row tells; a row from before journals were anchored tells nothing."""
    for run, (number, digest) in told.items():
        if digest and found.get(run, NOTHING) != digest:
            return Fault(number, "journal", run)
    unknown = next((run for run in found if run not in told), None)
    return None if unknown is None else Fault(0, "journal", unknown)


@contextmanager
def _any_bytes(using: str) -> Iterator[None]:
    """SQLite keeps what isn't UTF-8, too; it must not keep the rest from being read."""
    connection: Any = connections[using]
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    driver = connection.connection
    usual = driver.text_factory
    driver.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = usual
