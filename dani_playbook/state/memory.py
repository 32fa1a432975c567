"""DjangoMemory: the journal and the inventory, beside the HR data."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections
from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from dani_playbook.core.address import Address
from dani_playbook.core.errors import Denied, LiveLocked, LiveUnreachable
from dani_playbook.core.memory import Entry, InventoryItem, Run, RunState
from dani_playbook.core.values import Fingerprint
from dani_playbook.state import lock, models
from dani_playbook.state.images import Classes, Images, address_of
from dani_playbook.state.journal import entry_of, inventory_row, item_of_row, run_of, run_row, write_entries
from dani_playbook.state.sealing import Sealer

_BATCH = 500


P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def _in_our_words() -> Iterator[None]:
    """SQLite lets one write at a time, and waits for 20 s."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if "locked" not in str(error):
            raise LiveUnreachable(f"the database can't be used: {type(error).__name__}") from error
        raise LiveLocked(
            "another run is writing to the database", hint="try again when it is done; dani runs shows it"
        ) from error


def _told(method: Callable[P, R]) -> Callable[P, R]:
    """A database that is locked or lost is said to be so, whatever was asked of it."""

    @wraps(method)
    def told(*arguments: P.args, **named: P.kwargs) -> R:
        with _in_our_words():
            return method(*arguments, **named)

    return told


class DjangoMemory:
    """Fulfils ``core.memory.Memory`` with tables in the database ``using``.

    ``key`` is the project's. ``masked`` names, by kind, the fields that are sealed in images, ``secret`` those of
    them that are read back as ``Secret``.
    """

    def __init__(
        self,
        using: str = "default",
        *,
        key: bytes,
        masked: Classes,
        secret: Classes,
        random: Callable[[int], bytes],
    ) -> None:
        self._using = using
        self._key_check = Fingerprint(key).of("dani project key")
        self._images = Images(Sealer(key, random), masked, secret)

    @_told
    def inventory(self, only: Collection[Address] | None = None) -> Mapping[Address, InventoryItem]:
        rows = models.Inventory.objects.using(self._using).order_by()
        parts = [rows] if only is None else [rows.filter(_among(part)) for part in _parts(sorted(only))]
        columns = ("kind", "key", "live_id", "applied", "path", "protect")
        items = [item_of_row(row) for part in parts for row in part.values_list(*columns)]
        return {item.address: item for item in sorted(items, key=lambda item: item.address)}

    @_told
    def serial(self) -> int:
        return lock.serial(self._using)

    @_told
    def check_key(self) -> None:
        """Raises ``Denied`` where runs so far used another project key: nothing masked could be compared or read."""
        known = lock.key_check(self._using)
        if known and known != self._key_check:
            raise Denied(
                "this database was used with another project key",
                hint="put back the key from .dani/key, or set DANI_KEY to it",
            )

    def begin(self, run: Run) -> None:
        with _durable(self._using):
            lock.remember_key(self._using, self._key_check)
            run_row(run).save(using=self._using, force_insert=True)

    @_told
    def lock(self, run: str) -> None:
        lock.take(self._using, run)

    @_told
    def record(self, entries: Sequence[Entry], refreshed: Sequence[InventoryItem]) -> None:
        with atomic(self._using, savepoint=False):
            write_entries(entries, self._images, self._using)
            self._remember(entries, refreshed)

    def _remember(self, entries: Sequence[Entry], refreshed: Sequence[InventoryItem]) -> None:
        now = {item.address: item for item in refreshed}
        gone = {entry.inventory_before.address for entry in entries if entry.inventory_before}
        now |= {entry.inventory_after.address: entry.inventory_after for entry in entries if entry.inventory_after}
        self._forget(sorted(gone.difference(now)))
        models.Inventory.objects.using(self._using).bulk_create(
            [inventory_row(now[address]) for address in sorted(now)],
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["kind", "key"],
            update_fields=["live_id", "applied", "path", "protect"],
        )

    def _forget(self, gone: Sequence[Address]) -> None:
        for part in _parts(gone):
            models.Inventory.objects.using(self._using).filter(_among(part)).delete()

    @_told
    def succeed(self, run: str, at: datetime) -> None:
        self._finish(run, at, RunState.SUCCEEDED, "")
        lock.count_success(self._using)

    def fail(self, run: str, at: datetime, why: str) -> None:
        with _durable(self._using):
            self._finish(run, at, RunState.ROLLED_BACK, why)

    def _finish(self, run: str, at: datetime, state: RunState, failure: str) -> None:
        found = models.Run.objects.using(self._using).filter(run_id=run)
        if not found.update(state=state, finished_at=at, failure=failure):
            raise LookupError(f"there is no run {run}")

    @_told
    def runs(self, limit: int | None = None) -> Sequence[Run]:
        return [run_of(row) for row in models.Run.objects.using(self._using).order_by("-number")[:limit]]

    @_told
    def run(self, id_or_prefix: str) -> Run:
        found = models.Run.objects.using(self._using).filter(run_id__startswith=id_or_prefix).order_by("run_id")[:2]
        rows = [row for row in found if row.run_id == id_or_prefix] or list(found)
        if len(rows) != 1 or not id_or_prefix:
            raise LookupError(f"{'several runs begin' if rows else 'no run begins'} with {id_or_prefix!r}")
        return run_of(rows[0])

    @_told
    def entries(self, run: str) -> Sequence[Entry]:
        rows = self._entries().filter(run__run_id=run).order_by("position")
        return [entry_of(row, self._images) for row in rows]

    @_told
    def moves_since(self, run: str) -> Sequence[tuple[Address, Address]]:
        own = models.Run.objects.using(self._using).filter(run_id=run).values("number")
        moved = models.Entry.objects.using(self._using).filter(run__number__gt=own[:1]).exclude(previous="")
        rows = moved.order_by("run__number", "position").values_list("previous", "kind", "key")
        return [(address_of(previous), Address(kind, key)) for previous, kind, key in rows]

    @_told
    def history(self, address: Address) -> Sequence[tuple[Run, Entry]]:
        rows = self._entries().filter(self._of(address)).order_by("-run__number", "-position")
        return [(run_of(row.run), entry_of(row, self._images)) for row in rows]

    def _of(self, address: Address) -> Q:
        """Entries that name the address, and those of the objects that ever had it."""
        named = Q(kind=address.kind, key=address.key) | Q(previous=str(address))
        ids = models.Entry.objects.using(self._using).filter(named).exclude(live_id="")
        return named | Q(kind=address.kind, live_id__in=ids.values("live_id"))

    def _entries(self) -> "QuerySet[models.Entry]":
        return models.Entry.objects.using(self._using).select_related("run", "subject")


def _parts(addresses: Sequence[Address]) -> Iterator[Sequence[Address]]:
    for start in range(0, len(addresses), _BATCH):
        yield addresses[start : start + _BATCH]


def _among(addresses: Sequence[Address]) -> Q:
    found = Q(pk__in=())
    for kind in sorted({address.kind for address in addresses}):
        found |= Q(kind=kind, key__in=[address.key for address in addresses if address.kind == kind])
    return found


@contextmanager
def _durable(using: str) -> Iterator[None]:
    """Commits by itself, onto the disk."""
    connection = connections[using]
    with _in_our_words(), atomic(using, durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = on")
        yield
