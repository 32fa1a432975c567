"""Memory: what we applied last, and the journal of how. The port that ``state`` fulfils."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Approval
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.origin import Head
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.values import Fields

Token = str
"""What stands for an applied value: canonical text up to the class internal, a fingerprint above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryItem:
    """What our runs manage: one address, the live object behind it, and the fields we own with what we applied.

    ``path`` is the file that declared it, relative to the project.
    """

    address: Address
    live_id: LiveId
    applied: Mapping[str, Token]
    path: str = ""
    protect: bool = False


REFRESH = "refresh"
DIED = "the process that ran it ended before it was done; nothing of it was written"
"""The failure of a run that somebody else had to close."""


class RunState(StrEnum):
    EXECUTING = "executing"
    SUCCEEDED = "succeeded"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One application of one plan. ``undoes`` is the run that it takes back. Moments are aware, UTC."""

    id: str
    state: RunState
    actor: str
    started_at: datetime
    plan_digest: str
    as_of: date
    environment: str = ""
    commit: str = ""
    complete: bool = True
    finished_at: datetime | None = None
    undoes: str | None = None
    summary: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    failure: str | None = None
    measures: Mapping[str, int] = field(default_factory=dict)
    """What the run adds to each limited measure of the rolling day."""
    reason: str = ""
    """Why a limit was raised for it."""
    token: int = 0
    """The lock's token that it ran under."""
    request: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for, so that its plan can be made again."""

    @property
    def died(self) -> bool:
        """Whether it was interrupted, not refused."""
        return self.state is RunState.ROLLED_BACK and self.failure == DIED


class LockState(StrEnum):
    """``STOPPED`` is a process that is there and hasn't been heard of for a while."""

    FREE = "free"
    ALIVE = "alive"
    STOPPED = "stopped"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has the lock. ``backend`` is PostgreSQL's process of its connection, 0 elsewhere. Moments are aware, UTC."""

    token: int
    state: LockState
    name: str = ""
    host: str = ""
    pid: int = 0
    backend: int = 0
    run: str = ""
    since: datetime | None = None
    heartbeat: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change as it was carried out. Images are as read in the same transaction, not as planned.

    ``verb`` is that of the change, or ``REFRESH`` where only the inventory caught up; such an entry has no images.
    ``changed`` lists the fields written, ``reasons`` why, by field. Of a ``purged`` one the title, the images and the
    items of the inventory can't be read any more, and are empty.
    """

    run: str
    position: int
    address: Address
    verb: str
    reason: str
    title: str
    mark: str | None
    live_id: LiveId | None
    previous: Address | None
    before: Fields | None
    after: Fields | None
    changed: tuple[str, ...]
    deletes: bool
    inventory_before: InventoryItem | None
    inventory_after: InventoryItem | None
    reasons: Mapping[str, str] = field(default_factory=dict)
    purged: bool = False


class Memory(Protocol):
    """The journal and the inventory. They live in the same database as the HR data.

    Whoever writes holds the lock, and each transaction that writes looks that it is still held: ``LockLost`` and
    nothing written where it isn't. ``begin``, ``fail`` and ``recover`` commit by themselves; everything else that
    writes MUST be called inside the live system's transaction, after ``lock``, and ends with it.
    """

    def inventory(self, only: Collection[Address] | None = None) -> Mapping[Address, InventoryItem]:
        """What we manage, everything or ``only`` these, sorted by address. One query, for a part one a batch."""
        ...

    def serial(self) -> int:
        """Rises with every run that succeeded."""
        ...

    def head(self) -> Head:
        """The newest row of the audit trail."""
        ...

    def mac_at(self, number: int) -> str:
        """The mac of a row of the audit trail, empty where there is none."""
        ...

    def approvals(self, digest: str) -> Sequence[Approval]:
        """Those of one digest that no run has used yet, genuine ones only."""
        ...

    def approve(self, approval: Approval) -> None:
        """Remembers a person's yes with its row in the audit trail, and commits."""
        ...

    def is_used(self, plan_id: str) -> bool:
        """Whether a saved plan was applied."""
        ...

    def use(self, digest: str, run: str, at: datetime, plan_id: str | None = None) -> None:
        """The approvals of ``digest`` are this run's now, and the saved plan is used up."""
        ...

    def hold(
        self, actor: str, run: str = "", wait_s: float = 0, tell: Callable[[str], None] = lambda step: None
    ) -> AbstractContextManager[int]:
        """The lock until the block ends; gives its token, which is higher than every one before.

        Raises ``LiveLocked`` where a living process has it after ``wait_s``, and ``PlanRefused`` where the database
        doesn't keep what it has committed.
        """
        ...

    def holder(self) -> Holder:
        """Who has the lock now."""
        ...

    def break_lock(self, token: int, actor: str, at: datetime, reason: str) -> bool:
        """Takes the lock away from whoever has it with ``token``; tells whether its connection was ended, too.

        Raises ``PlanRefused`` where nobody has it, and ``PlanStale`` where it has another token.
        """
        ...

    def unfinished(self) -> Sequence[Run]:
        """Runs that stand as executing, oldest first. One query."""
        ...

    def recover(self) -> Sequence[Run]:
        """Closes what others left executing, as rolled back: under our lock nobody else runs. Gives those runs."""
        ...

    def begin(self, run: Run) -> None: ...

    def lock(self) -> None:
        """Makes sure that the lock is still ours until the transaction ends. Raises ``LockLost``."""
        ...

    def outcome(self, run: str) -> RunState:
        """What became of a run whose commit gave no answer, once nothing of it is under way any more."""
        ...

    def record(self, entries: Sequence[Entry], refreshed: Sequence[InventoryItem]) -> None:
        """Journal and inventory in bulk. ``refreshed`` are items whose applied values became true by another route."""
        ...

    def catch_up(self, refreshed: Sequence[InventoryItem], actor: str, at: datetime) -> None:
        """Remembers applied values that became true by another route, where there is no run; leaves a row of its own."""
        ...

    def succeed(self, run: str, at: datetime) -> None: ...

    def fail(self, run: str, at: datetime, why: str) -> None:
        """Closes a run that is executing as rolled back; one that isn't stays as it is."""
        ...

    def runs(self, limit: int | None = None) -> Sequence[Run]:
        """Newest first."""
        ...

    def run(self, id_or_prefix: str) -> Run:
        """Raises ``LookupError`` where none or several fit."""
        ...

    def entries(self, run: str) -> Sequence[Entry]:
        """In order of position. One query."""
        ...

    def moves_since(self, run: str) -> Sequence[tuple[Address, Address]]:
        """Keys that runs after this one renamed, from and to, in order."""
        ...

    def history(self, address: Address) -> Sequence[tuple[Run, Entry]]:
        """What our runs did to one address, under all its names, newest first."""
        ...
