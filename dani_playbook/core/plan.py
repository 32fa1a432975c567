"""Plan: changes in order, what stops them, and a digest."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.origin import Origin
from dani_playbook.core.snapshot import LiveId


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """An object that changes rely on without changing it: who it is, and a fingerprint of what they rely on."""

    live_id: LiveId
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """An item of the inventory that is behind: what it says became true by another route. No change, but journalled."""

    before: InventoryItem
    after: InventoryItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How much of one thing a plan does, against its limit.

    ``of`` is how many there are now, ``earlier`` what runs of the last 24 hours did already. ``allowed`` is ``None``
    where nothing is limited, ``raised`` the ceiling that was set for this plan alone. ``returned`` is how much of it
    a rollback takes back.
    """

    measure: str
    count: int
    of: int
    earlier: int = 0
    allowed: int | None = None
    raised: int | None = None
    returned: int = 0

    @property
    def tripped(self) -> bool:
        return self.allowed is not None and self.count > 0 and self.count + self.earlier > self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A value that can be printed, compared and refused.

    ``blockers`` stop an apply. ``held`` waits for a yes of its own. ``skipped`` is what a rollback leaves alone
    because somebody changed it since. ``refreshed`` is remembered with the next apply. ``complete`` is false where ``--target`` or
    ``--exclude`` left something out. ``unmanaged`` counts live objects by kind that nobody declares. ``totals``
    counts what the predicted world has, by kind.
    """

    digest: str
    live_name: str
    live_identity: str
    as_of: date
    changes: tuple[Change, ...]
    blockers: tuple[Finding, ...] = ()
    held: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    skipped: tuple[Finding, ...] = ()
    refreshed: tuple[Refresh, ...] = ()
    complete: bool = True
    unchanged: int = 0
    unmanaged: Mapping[str, int]
    totals: Mapping[str, int]
    declared: int = 0
    files: tuple[str, ...] = ()
    undoes: str | None = None
    guards: Mapping[Address, Guard]
    renames: Mapping[str, Mapping[str, str]]
    """By kind: the key that the live system suggests, and ours where it is another one."""
    limits: tuple[Measured, ...] = ()
    reason: str = ""
    """Why a limit was raised for this plan."""
    rules: str = ""
    """Which rules it is to be approved by, where they aren't those of the last run."""
    origin: Origin | None = None
    first: bool = False
    """Whether it was made while nothing was managed: then it removes nothing."""

    @property
    def summary(self) -> dict[str, int]:
        """Changes by verb, every verb named, and ``unchanged``."""
        counted = Counter(change.verb for change in self.changes)
        return {verb.value: counted[verb] for verb in Verb} | {"unchanged": self.unchanged}

    @property
    def marks(self) -> dict[str, int]:
        """Changes by mark, sorted by mark."""
        counted = Counter(change.mark for change in self.changes if change.mark)
        return {str(mark): counted[mark] for mark in sorted(counted)}

    @property
    def measures(self) -> dict[str, int]:
        """What this plan adds to the rolling day; less than 0 where a rollback gives back."""
        return {item.measure: item.count - item.returned for item in self.limits if item.count != item.returned}

    @property
    def is_empty(self) -> bool:
        return not self.changes

    @property
    def is_quiet(self) -> bool:
        """Whether the live system stays as it is: at most, what is already as declared is taken into the inventory."""
        return all(change.verb is Verb.ADOPT and not change.fields for change in self.changes)
