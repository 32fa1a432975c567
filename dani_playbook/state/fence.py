"""The lock: a row whose token only grows, asserted in each transaction that writes.

A sign of life beside it tells a dead holder from a living one. It only decides when somebody may take over; that two
never write is the token's doing.
"""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from logging import getLogger
from time import monotonic, sleep

from django.db import connections
from django.db.models import F, Max, QuerySet

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import LiveLocked, LockLost, PlanRefused, PlanStale
from dani_playbook.core.failpoint import failpoint
from dani_playbook.core.memory import Holder, LockState
from dani_playbook.state.durable import durable, unsafe
from dani_playbook.state.models import Lock, Run
from dani_playbook.state.signs import Signs, signs_of

_NAME = "system"
STALE = timedelta(seconds=60)
"""A holder that wasn't heard of for so long counts as stopped, and may be taken over."""
STEP_S = 0.05
_FREE = {"holder": "", "host": "", "pid": 0, "backend": 0, "run": "", "acquired_at": None, "heartbeat_at": None}
_log = getLogger("dani.lock")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process runs."""

    host: str
    pid: int

    @classmethod
    def here(cls) -> "Place":
        return cls(socket.gethostname(), os.getpid())


class SystemLock:
    """The one lock of the database ``using``. ``token`` is ours while we hold it, else 0.

    ``unsafe_allowed`` lets a database be written to that may forget what it has committed; for tests.
    """

    def __init__(
        self,
        using: str,
        *,
        now: Callable[[], datetime],
        unsafe_allowed: bool = False,
        place: Callable[[], Place] = Place.here,
    ) -> None:
        self._using = using
        self._now = now
        self._unsafe_allowed = unsafe_allowed
        self._place = place
        self._held: Signs | None = None
        self.token = 0

    @property
    def _signs(self) -> Signs:
        return self._held or signs_of(self._using)

    def take(self, actor: str, run: str, wait_s: float, tell: Callable[[str], None]) -> int:
        """Takes the lock, and waits for a living holder. Raises ``LiveLocked``, ``PlanRefused``."""
        if self.token:
            raise RuntimeError("the lock is held already")
        failpoint("lock.before")
        end, waiting = monotonic() + wait_s, False
        while (holder := self._blocking(actor, run)) is not None:
            if monotonic() >= end:
                raise locked(holder)
            if not waiting:
                tell(f"waiting for {holder.name or 'another run'}")
            waiting = True
            sleep(STEP_S)
        return self.token

    def _blocking(self, actor: str, run: str) -> Holder | None:
        """One try: nothing where the lock is ours now, else who has it."""
        found = self.look()
        if found.state is LockState.ALIVE:
            return found
        signs = signs_of(self._using)
        token = found.token + 1
        if not signs.claim(token):
            return self.look()
        self._held = signs
        try:
            failpoint("lock.after_hold")
            if not self._swap(found.token, actor, run):
                self._let_go(token)
                return self.look()
            self.token = token
            failpoint("lock.after_token")
        except LiveLocked:
            self._let_go(token)
            return self.look()
        except BaseException:
            self.give_back(token)
            raise
        return None

    def _swap(self, before: int, actor: str, run: str) -> bool:
        """The row becomes ours, if it is still as it was found and nobody who is alive writes under it."""
        with durable(self._using):
            row = self._rows(before).select_for_update(skip_locked=True).first()
            if row is None or self._state(row) is LockState.ALIVE:
                return False
            self._refuse_unsafe()
            place, now = self._place(), self._now()
            self._rows(before).update(
                token=F("token") + 1,
                holder=actor,
                host=place.host,
                pid=place.pid,
                backend=self._backend(),
                run=run,
                acquired_at=now,
                heartbeat_at=now,
            )
        return True

    def _refuse_unsafe(self) -> None:
        problem, remedy = unsafe(self._using) or ("", "")
        failpoint("verify.durable")
        if problem and not self._unsafe_allowed:
            raise PlanRefused(f"nothing is written: {problem}", hint=remedy)
        if problem:
            _log.warning("%s; it is written to all the same: DANI_ALLOW_UNSAFE_DATABASE is set", problem)

    def _rows(self, token: int) -> "QuerySet[Lock]":
        return Lock.objects.using(self._using).filter(pk=_NAME, token=token)

    def _backend(self) -> int:
        connection = connections[self._using]
        if connection.vendor != "postgresql":
            return 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def check(self) -> None:
        """Asserts that the lock is ours until the transaction ends, and tells that we are alive. Raises ``LockLost``."""
        failpoint("lock.heartbeat")
        if not connections[self._using].in_atomic_block:
            raise RuntimeError("the lock is asserted by a transaction, and there is none")
        if not self.token:
            raise RuntimeError("the lock isn't held")
        if not self._rows(self.token).update(heartbeat_at=self._now()):
            raise LockLost(
                "the lock was lost: another run took it over, or somebody broke it",
                hint="nothing more of this run was written; dani runs shows what became of it; make the plan again",
            )

    def wait_for_writers(self) -> None:
        """Returns when no transaction that asserted the lock is under way; must be called inside one."""
        Lock.objects.using(self._using).select_for_update().get(pk=_NAME)

    def give_back(self, claimed: int = 0) -> None:
        """The lock is free again. What fails here is left to the next one, who finds nobody alive."""
        token, self.token = self.token, 0
        try:
            failpoint("lock.release")
            if token:
                with durable(self._using):
                    self._rows(token).update(**_FREE)
        except Exception as error:  # noqa: BLE001 - the run is done, whatever happens to its lock
            _log.info("the lock was left to the next run: %s", type(error).__name__)
        finally:
            self._let_go(token or claimed)

    def _let_go(self, token: int) -> None:
        signs, self._held = self._signs, None
        try:
            signs.drop(token)
        except Exception as error:  # noqa: BLE001 - without its connection the sign is gone already
            _log.info("no sign of life to give back: %s", type(error).__name__)

    def look(self) -> Holder:
        """Who has the lock now, and whether that one is alive."""
        row = Lock.objects.using(self._using).filter(pk=_NAME).first() or self._made()
        return Holder(
            token=row.token,
            state=self._state(row),
            name=row.holder,
            host=row.host,
            pid=row.pid,
            backend=row.backend,
            run=row.run,
            since=row.acquired_at,
            heartbeat=row.heartbeat_at,
        )

    def _made(self) -> Lock:
        """The row again, where somebody emptied the tables; no token is given twice."""
        most = Run.objects.using(self._using).aggregate(most=Max("token"))["most"] or 0
        row, _ = Lock.objects.using(self._using).get_or_create(pk=_NAME, defaults={"token": most})
        return row

    def _state(self, row: Lock) -> LockState:
        if not row.holder:
            return LockState.FREE
        if not self._signs.is_alive(row.token):
            return LockState.DEAD
        heard = row.heartbeat_at or datetime.min.replace(tzinfo=UTC)
        return LockState.STOPPED if self._now() - heard > STALE else LockState.ALIVE

    def end_holder(self, token: int) -> bool:
        """Before the lock is broken: ends its holder's connection, where the server can.

        Raises ``PlanRefused`` where nobody has the lock, and ``PlanStale`` where it isn't the one with ``token``.
        """
        holder = self.look()
        if holder.token != token:
            raise PlanStale(
                f"the lock has the token {holder.token} now, not {token}", hint="look again: dani lock show"
            )
        if holder.state is LockState.FREE:
            raise PlanRefused("nobody has the lock, so there is nothing to break")
        return self._signs.end(token)

    def break_(self, token: int) -> None:
        """Whoever has the lock with ``token`` has lost it; must be called inside a transaction."""
        failpoint("lock.break")
        if not self._rows(token).update(**{**_FREE, "token": F("token") + 1}):
            raise PlanStale("the lock changed hands meanwhile", hint="look again: dani lock show")


def locked(holder: Holder) -> LiveLocked:
    """Who is waited for, in one sentence."""
    if not holder.name:
        return LiveLocked(
            "another run, or another program, is writing to the database", hint="try again when it is done"
        )
    run = f" with run {holder.run}" if holder.run else ""
    since = f", since {holder.since:%Y-%m-%d %H:%M:%S} UTC" if holder.since else ""
    return LiveLocked(
        f"{holder.name} is writing{run}: process {holder.pid} on {holder.host}{since}",
        hint="wait for it with --lock-timeout 300; dani lock show says whether it is alive",
    )
