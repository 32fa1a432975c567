"""DjangoMemory: the journal and the inventory, beside the HR data."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Approval
from dani_playbook.core.errors import Denied
from dani_playbook.core.failpoint import failpoint
from dani_playbook.core.hidden import Key
from dani_playbook.core.memory import DIED, Entry, Holder, InventoryItem, Run, RunState
from dani_playbook.core.origin import Head
from dani_playbook.core.values import Fingerprint
from dani_playbook.state import lock, models
from dani_playbook.state.anchor import anchor
from dani_playbook.state.approvals import Approvals
from dani_playbook.state.audit import APPROVED, SUCCEEDED, Trail
from dani_playbook.state.bulk import BATCH, insert
from dani_playbook.state.chain import Event
from dani_playbook.state.durable import durable, in_our_words, told
from dani_playbook.state.fence import SystemLock
from dani_playbook.state.images import Classes, Images, address_of
from dani_playbook.state.inventory import COLUMNS, InventoryRows
from dani_playbook.state.journal import (
    ITEM_COLUMNS,
    READ_COLUMNS,
    entry_of,
    inventory_row,
    run_of,
    run_row,
    write_entries,
)
from dani_playbook.state.sealing import Sealer


class DjangoMemory:
    """Fulfils ``core.memory.Memory`` with tables in the database ``using``.

    ``key`` is the project's. ``masked`` names, by kind, the fields that are sealed in images, ``secret`` those of
    them that are read back as ``Secret``; of the kinds in ``people`` everything is sealed.
    """

    def __init__(
        self,
        using: str = "default",
        *,
        key: bytes,
        masked: Classes,
        secret: Classes,
        people: Collection[str] = (),
        random: Callable[[int], bytes],
        trail: Trail | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        unsafe_allowed: bool = False,
    ) -> None:
        self._using = using
        self._now = now
        self._lock = SystemLock(using, now=now, unsafe_allowed=unsafe_allowed)
        self._trail = trail or Trail(using, key)
        self._approvals = Approvals(using, key)
        self._key_check = Fingerprint(Key(key)).of("dani project key")
        self._images = Images(Sealer(Key(key), random), masked, secret, frozenset(people))

    @told
    def inventory(self, only: Collection[Address] | None = None) -> Mapping[Address, InventoryItem]:
        rows = models.Inventory.objects.using(self._using).order_by("id").values_list(*COLUMNS)
        if only is None:
            return InventoryRows(rows.iterator())
        parts = [rows.filter(_among(part)) for part in _parts(sorted(only))]
        return InventoryRows(sorted(row for part in parts for row in part))

    @told
    def serial(self) -> int:
        return lock.serial(self._using)

    @told
    def check_key(self) -> None:
        """Raises ``Denied`` where runs so far used another project key: nothing masked could be compared or read."""
        known = lock.key_check(self._using)
        if known and known != self._key_check:
            raise Denied(
                "this database was used with another project key",
                hint="put back the key from .dani/key, or set DANI_KEY to it",
            )

    @told
    def head(self) -> Head:
        number, mac = self._trail.head()
        return Head(number=number, mac=mac)

    @told
    def mac_at(self, number: int) -> str:
        return self._trail.mac_at(number)

    @told
    def approvals(self, digest: str) -> Sequence[Approval]:
        return self._approvals.unused(digest, self._trail)

    @told
    def is_used(self, plan_id: str) -> bool:
        return self._approvals.is_used(plan_id)

    @told
    def use(self, digest: str, run: str, at: datetime, plan_id: str | None = None) -> None:
        self._approvals.use(digest, run)
        if plan_id:
            self._approvals.use_plan(plan_id, run, at)

    def approve(self, approval: Approval) -> None:
        until = approval.expires_at.isoformat()
        detail = {"roles": approval.roles, "until": until, "reason": approval.reason, "nonce": approval.nonce}
        with durable(self._using):
            self._approvals.add(approval)
            self._trail.append(
                Event(
                    at=approval.at,
                    actor=str(approval.approver),
                    action=APPROVED,
                    object=approval.digest,
                    detail={name: value for name, value in detail.items() if value},
                )
            )

    @contextmanager
    def hold(
        self, actor: str, run: str = "", wait_s: float = 0, tell: Callable[[str], None] = lambda step: None
    ) -> Iterator[int]:
        with in_our_words():
            token = self._lock.take(actor, run, wait_s, tell)
        try:
            yield token
        finally:
            self._lock.give_back()

    @told
    def holder(self) -> Holder:
        return self._lock.look()

    @told
    def break_lock(self, token: int, actor: str, at: datetime, reason: str) -> bool:
        holder = self._lock.look()
        ended = self._lock.end_holder(token)
        detail = {"token": token, "holder": holder.name, "host": holder.host, "pid": holder.pid, "reason": reason}
        event = Event(at=at, actor=actor, action="lock-broken", object=holder.run, run=holder.run, detail=detail)
        with durable(self._using):
            self._lock.break_(token)
            self._trail.append(event)
        return ended

    @told
    def unfinished(self) -> Sequence[Run]:
        return [run_of(row) for row in self._executing().order_by("number")]

    def _executing(self) -> "QuerySet[models.Run]":
        return models.Run.objects.using(self._using).filter(state=RunState.EXECUTING)

    def recover(self) -> Sequence[Run]:
        failpoint("recover.start")
        if not self.unfinished():
            return ()
        with durable(self._using):
            self._lock.check()
            dead, at = self.unfinished(), self._now()
            for run in dead:
                failpoint("recover.each")
                self._note(run, "run-rolled-back", at, "died")
            self._executing().update(state=RunState.ROLLED_BACK, failure=DIED)
        failpoint("recover.end")
        return dead

    def begin(self, run: Run) -> None:
        failpoint("journal.run_created.before")
        with durable(self._using):
            self._lock.check()
            lock.remember_key(self._using, self._key_check)
            run_row(replace(run, token=self._lock.token)).save(using=self._using, force_insert=True)
            self._note(run, "run-begun", run.started_at)
            failpoint("journal.run_created.after_write")
        failpoint("journal.run_created.after_commit")

    def _note(self, run: Run, action: str, at: datetime, result: str = "done", **more: str) -> None:
        """A run's own events; the one who began it is who acts."""
        said = {"plan": run.plan_digest, "commit": run.commit, "undoes": run.undoes, "summary": dict(run.summary)}
        detail = {name: value for name, value in (said | more).items() if value}
        self._trail.append(
            Event(at=at, actor=run.actor, action=action, object=run.id, run=run.id, result=result, detail=detail)
        )

    @told
    def lock(self) -> None:
        self._lock.check()

    def outcome(self, run: str) -> RunState:
        failpoint("outcome.before")
        with durable(self._using):
            self._lock.wait_for_writers()
            state = self.run(run).state
        failpoint("outcome.after")
        return state

    @told
    def record(self, entries: Sequence[Entry], refreshed: Sequence[InventoryItem]) -> None:
        with atomic(self._using, savepoint=False):
            write_entries(entries, self._images, self._using)
            self._remember(entries, refreshed)

    @told
    def catch_up(self, refreshed: Sequence[InventoryItem], actor: str, at: datetime) -> None:
        self.record((), refreshed)
        if refreshed:
            detail = {"resources": len(refreshed)}
            self._trail.append(Event(at=at, actor=actor, action="remembered", detail=detail))

    def _remember(self, entries: Sequence[Entry], refreshed: Sequence[InventoryItem]) -> None:
        now = {item.address: item for item in refreshed}
        gone = {entry.inventory_before.address for entry in entries if entry.inventory_before}
        now |= {entry.inventory_after.address: entry.inventory_after for entry in entries if entry.inventory_after}
        self._forget(sorted(gone.difference(now)))
        rows = (inventory_row(now[address]) for address in sorted(now))
        insert(self._using, models.Inventory, ITEM_COLUMNS, rows, unique=("kind", "key"))

    def _forget(self, gone: Sequence[Address]) -> None:
        for part in _parts(gone):
            models.Inventory.objects.using(self._using).filter(_among(part)).delete()

    @told
    def succeed(self, run: str, at: datetime) -> None:
        if not self._finish(run, at, RunState.SUCCEEDED, ""):
            raise LookupError(f"there is no run {run} that is executing")
        lock.count_success(self._using)
        self._note(self.run(run), SUCCEEDED, at, journal=anchor(self._using, run))
        failpoint("pivot.after_audit")

    def fail(self, run: str, at: datetime, why: str) -> None:
        failpoint("final.before")
        with durable(self._using):
            self._lock.check()
            if self._finish(run, at, RunState.ROLLED_BACK, why):
                self._note(self.run(run), "run-failed", at, "rolled back")
            failpoint("final.after_write")
        failpoint("final.after_commit")

    def _finish(self, run: str, at: datetime, state: RunState, failure: str) -> bool:
        found = self._executing().filter(run_id=run)
        return bool(found.update(state=state, finished_at=at, failure=failure))

    @told
    def runs(self, limit: int | None = None) -> Sequence[Run]:
        return [run_of(row) for row in models.Run.objects.using(self._using).order_by("-number")[:limit]]

    @told
    def run(self, id_or_prefix: str) -> Run:
        found = models.Run.objects.using(self._using).filter(run_id__startswith=id_or_prefix).order_by("run_id")[:2]
        rows = [row for row in found if row.run_id == id_or_prefix] or list(found)
        if len(rows) != 1 or not id_or_prefix:
            raise LookupError(f"{'several runs begin' if rows else 'no run begins'} with {id_or_prefix!r}")
        return run_of(rows[0])

    @told
    def entries(self, run: str) -> Sequence[Entry]:
        rows = self._entries().filter(run__run_id=run).order_by("position")
        return [entry_of(row, self._images) for row in rows]

    @told
    def moves_since(self, run: str) -> Sequence[tuple[Address, Address]]:
        own = models.Run.objects.using(self._using).filter(run_id=run).values("number")
        moved = models.Entry.objects.using(self._using).filter(run__number__gt=own[:1]).exclude(previous="")
        rows = moved.order_by("run__number", "position").values_list("previous", "kind", "key")
        return [(address_of(previous), Address(kind, key)) for previous, kind, key in rows]

    @told
    def history(self, address: Address) -> Sequence[tuple[Run, Entry]]:
        rows = list(self._entries().filter(self._of(address)).order_by("-run__number", "-position"))
        runs = models.Run.objects.using(self._using).in_bulk({row.run for row in rows})
        return [(run_of(runs[row.run]), entry_of(row, self._images)) for row in rows]

    def _of(self, address: Address) -> Q:
        """Entries that name the address, and those of the objects that ever had it."""
        named = Q(kind=address.kind, key=address.key) | Q(previous=str(address))
        ids = models.Entry.objects.using(self._using).filter(named).exclude(live_id="")
        return named | Q(kind=address.kind, live_id__in=ids.values("live_id"))

    def _entries(self) -> "QuerySet[models.Entry, Any]":
        return models.Entry.objects.using(self._using).values_list(*READ_COLUMNS, named=True)


def _parts(addresses: Sequence[Address]) -> Iterator[Sequence[Address]]:
    for start in range(0, len(addresses), BATCH):
        yield addresses[start : start + BATCH]


def _among(addresses: Sequence[Address]) -> Q:
    found = Q(pk__in=())
    for kind in sorted({address.kind for address in addresses}):
        found |= Q(kind=kind, key__in=[address.key for address in addresses if address.kind == kind])
    return found
