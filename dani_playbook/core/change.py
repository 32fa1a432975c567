"""Change: a before-image and an after-image of one address, and a reason."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields, Value


class Verb(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"
    ADOPT = "adopt"
    MOVE = "move"
    RELEASE = "release"

    @property
    def sign(self) -> str:
        return _SIGNS[self]


_SIGNS: Mapping[Verb, str] = {
    Verb.CREATE: "+",
    Verb.UPDATE: "~",
    Verb.REMOVE: "-",
    Verb.ADOPT: "^",
    Verb.MOVE: ">",
    Verb.RELEASE: "=",
}


class Reason(StrEnum):
    """Why a change or a field of it is planned. Names are stable; texts are made at the edge."""

    DECLARED = "declared"
    FIELD_CHANGED = "field_changed"
    DUE = "due"
    CORRECTION = "correction"
    DERIVED = "derived"
    DRIFT = "drift"
    REACTIVATION = "reactivation"
    ADOPTED = "adopted"
    MOVED = "moved"
    RELEASED = "released"
    NO_LONGER_DECLARED = "no_longer_declared"
    DECLARED_ABSENT = "declared_absent"
    CONFLICT_SETTLED = "conflict_settled"
    ROLLBACK = "rollback"
    PURGED = "purged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """What differs inside a nested value: a path like ``stages[2].name``, and both sides."""

    path: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a change.

    ``writes`` is false where only the ownership moves: a released field keeps its live value. For a field of the
    class special or secret ``before`` is a ``Secret`` or ``None`` and ``after`` a ``SecretRef``, ``Secret`` or ``None``.
    """

    name: str
    before: Value
    after: Value
    reason: Reason
    source: Source | None = None
    since: date | None = None
    nested: tuple[Nested, ...] = ()
    writes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one address.

    ``before`` and ``after`` are whole images, every managed field of the kind, ``None`` where the object doesn't
    exist. ``inventory_before`` and ``inventory_after`` say the same of our memory. ``deletes`` tells a removal that
    takes the object away from one that sets fields (a leaver). ``guards`` are objects that are read, not changed,
    and on which the change relies.
    """

    address: Address
    verb: Verb
    reason: Reason
    title: str = ""
    mark: str | None = None
    live_id: LiveId | None = None
    previous: Address | None = None
    before: Fields | None = None
    after: Fields | None = None
    fields: tuple[FieldChange, ...] = ()
    policy: str | None = None
    reversible: bool = True
    deletes: bool = False
    guards: tuple[Address, ...] = ()
    source: Source | None = None
    inventory_before: InventoryItem | None = None
    inventory_after: InventoryItem | None = None

    @property
    def sign(self) -> str:
        return self.verb.sign

    @property
    def touches(self) -> bool:
        """Whether anything happens to the live object; else only our memory moves."""
        return self.verb in (Verb.CREATE, Verb.MOVE) or self.deletes or bool(self.written)

    @property
    def written(self) -> Mapping[str, Value]:
        """The fields that are written to the live system, with what they become."""
        return {item.name: item.after for item in self.fields if item.writes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A field that somebody else changed after a plan was made: as planned, as it is now, and as the plan wants it."""

    address: Address
    title: str
    name: str
    planned: Value
    now: Value
    wanted: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An identity field that was declared, beside what a live object has; ``agrees`` is asked of folded values."""

    name: str
    declared: Value
    live: Value
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to settle a doubt: this address and that live object, with what speaks for and against it.

    ``source`` is where the address is declared, nothing where no playbook does. ``managed`` tells that our runs
    manage an object under the address already. ``title`` is the live object's where one is to be chosen of several.
    """

    address: Address
    live_id: LiveId
    title: str = ""
    same_key: bool = False
    managed: bool = False
    evidence: tuple[Evidence, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the plan says without doing it: a conflict, a doubt, a field held back.

    ``code`` is stable: ``conflict``, ``disputed``, ``protected``, ``held``, ``key-taken``, ``empty-source``,
    ``referred-to``, ``immutable``. A blocker stops an apply with exit 4; a held finding waits for its own yes.
    A doubt has ``candidates``.
    """

    code: str
    message: str
    address: Address | None = None
    fields: tuple[FieldChange, ...] = field(default_factory=tuple)
    source: Source | None = None
    hint: str | None = None
    title: str = ""
    candidates: tuple[Candidate, ...] = ()
