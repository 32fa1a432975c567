"""Memory: what we applied last, and the journal of how. The port that ``state`` fulfils."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from dani_playbook.core.address import Address
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change as it was carried out. Images are as read in the same transaction, not as planned.

    ``verb`` is that of the change, or ``REFRESH`` where only the inventory caught up; such an entry has no images.
    ``changed`` lists the fields written, ``reasons`` why, by field.
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


class Memory(Protocol):
    """The journal and the inventory. They live in the same database as the HR data.

    ``begin`` and ``fail`` commit by themselves; everything else that writes MUST be called inside the live
    system's transaction and ends with it.
    """

    def inventory(self, only: Collection[Address] | None = None) -> Mapping[Address, InventoryItem]:
        """What we manage, everything or ``only`` these, sorted by address. One query, for a part one a batch."""
        ...

    def serial(self) -> int:
        """Rises with every run that succeeded."""
        ...

    def begin(self, run: Run) -> None: ...

    def lock(self, run: str) -> None:
        """Held until the transaction ends; another apply waits. Runs found executing under it had died: they are
        closed as rolled back."""
        ...

    def record(self, entries: Sequence[Entry], refreshed: Sequence[InventoryItem]) -> None:
        """Journal and inventory in bulk. ``refreshed`` are items whose applied values became true by another route."""
        ...

    def catch_up(self, refreshed: Sequence[InventoryItem], actor: str, at: datetime) -> None:
        """Remembers applied values that became true by another route, where there is no run; leaves a row of its own."""
        ...

    def succeed(self, run: str, at: datetime) -> None: ...

    def fail(self, run: str, at: datetime, why: str) -> None: ...

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
