"""Forgetting a person: keys that could read the journal are destroyed, and the files are written without them."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.memory import RunState
from dani_playbook.state.durable import in_our_words
from dani_playbook.state.models import AccessSession, ApiKey, Audit, Entry, Inventory, Run, Step, SubjectKey

_GONE = "‹purged›"
_WAIT_S = 20
_ENDED = ("applied", "refused")
_TOUCHED = (SubjectKey, Run, Entry, Inventory, AccessSession, ApiKey)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One person: the ids that they had in the live system, all their names, and those that nobody else has now.

    ``is_told`` says whether a text that somebody wrote tells of the person.
    """

    kind: str
    live_ids: frozenset[str]
    names: tuple[Address, ...]
    theirs: tuple[Address, ...]
    is_told: Callable[[str], bool] = lambda text: False

    @property
    def accounts(self) -> list[str]:
        return [str(name) for name in self.theirs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How much is forgotten: entries of the journal that can't be read any more, keys of theirs, sign-ins, API keys."""

    entries: int
    keys: int
    sessions: int
    api_keys: int


def what_goes(using: str, subject: Subject) -> Forgotten:
    """What ``forget`` would do."""
    return Forgotten(
        entries=_entries(using, subject).count(),
        keys=_keys(using, subject).count(),
        sessions=AccessSession.objects.using(using).filter(account__in=subject.accounts).count(),
        api_keys=ApiKey.objects.using(using).filter(account__in=subject.accounts).count(),
    )


def unfinished(using: str, subject: Subject) -> Sequence[str]:
    """Runs whose end isn't known yet and that may touch the person."""
    named = Q(pk__in=())
    for name in subject.theirs:
        named |= Q(kind=name.kind, key=name.key)
    open_steps = Step.objects.using(using).filter(named).exclude(state__in=_ENDED)
    runs = Run.objects.using(using).filter(Q(state=RunState.EXECUTING) | Q(pk__in=open_steps.values("run")))
    return list(runs.order_by("number").values_list("run_id", flat=True))


def shred(using: str) -> None:
    """From now on this connection overwrites what it deletes; for SQLite, others can't be asked for it."""
    if connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def forget(using: str, subject: Subject) -> Forgotten:
    """Must be called inside a transaction, and ends with it. A few statements."""
    if not connections[using].in_atomic_block:
        raise RuntimeError("forgetting and what it belongs to are one transaction, and there is none")
    told = what_goes(using, subject)
    _keys(using, subject).update(wrapped=b"")
    _empty_old_rows(using, subject)
    _empty_texts(using, subject)
    AccessSession.objects.using(using).filter(account__in=subject.accounts).delete()
    ApiKey.objects.using(using).filter(account__in=subject.accounts).delete()
    return told


def telling_rows(using: str, subject: Subject) -> Sequence[int]:
    """Rows of the audit trail whose reason tells of the person; they can't be changed."""
    rows = Audit.objects.using(using).filter(detail__contains='"reason"').order_by("number")
    found = rows.values_list("number", "detail").iterator()
    return [number for number, detail in found if subject.is_told(str(json.loads(detail).get("reason")))]


def _empty_texts(using: str, subject: Subject) -> None:
    """What runs say of themselves in words that people wrote."""
    rows = Run.objects.using(using).exclude(reason="", failure="")
    for number, *texts in rows.values_list("number", "reason", "failure"):
        if subject.is_told(" ".join(texts)):
            Run.objects.using(using).filter(pk=number).update(reason=_GONE, failure=_GONE if texts[1] else "")


def _entries(using: str, subject: Subject) -> "QuerySet[Entry]":
    return Entry.objects.using(using).filter(kind=subject.kind, live_id__in=subject.live_ids)


def _keys(using: str, subject: Subject) -> "QuerySet[SubjectKey]":
    """Keys of the person, and those from before keys were a person's, which others of the same name may share."""
    own = Q(kind=subject.kind, live_id__in=subject.live_ids)
    used = Q(pk__in=_entries(using, subject).exclude(subject=None).values("subject"))
    return SubjectKey.objects.using(using).filter(own | used).exclude(wrapped=b"")


def _empty_old_rows(using: str, subject: Subject) -> None:
    """Rows from before people were sealed as a whole hold things in clear. No digest of theirs was ever kept."""
    old = _entries(using, subject).filter(sealed="")
    if old.exists():
        name = subject.names[0]
        known = SubjectKey.objects.using(using).filter(kind=subject.kind, live_id__in=subject.live_ids).first()
        gone = known or SubjectKey.objects.using(using).create(kind=name.kind, key=name.key, wrapped=b"")
        old.update(title="", before="", after="", inventory_before="", inventory_after="", subject=gone)


def tidy(using: str, tables: Iterable[str]) -> None:
    """Writes files without what was deleted: on SQLite all, on PostgreSQL those of ``tables`` and of our own.

    Must not be called inside a transaction. Raises ``LiveLocked`` and ``LiveUnreachable``.
    """
    connection: Any = connections[using]
    with in_our_words(), _patient(connection), connection.cursor() as cursor:
        for statement in _tidying(connection.vendor, sorted({*tables, *_names()})):
            cursor.execute(statement)


@contextmanager
def _patient(connection: Any) -> Iterator[None]:
    """PostgreSQL would wait for a table for ever, and let others wait behind; SQLite knows how long."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{_WAIT_S}s'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")


def _names() -> Collection[str]:
    return [str(model._meta.db_table) for model in _TOUCHED]  # noqa: SLF001


def _tidying(vendor: str, tables: Sequence[str]) -> Sequence[str]:
    if vendor == "sqlite":
        return ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    return [f'VACUUM (FULL, ANALYZE) "{table}"' for table in tables]
