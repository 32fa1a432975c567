"""Live: the port to a live system, and the data that binds a kind to it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change
from dani_playbook.core.snapshot import KindSnapshot, LiveId


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A field kept in two columns: minor units as an integer, and the ISO currency."""

    minor: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A model linked one to one to the root: ``link`` is its field that points at the root, ``path`` the way there."""

    model: str
    link: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Where a kind lives in a Django project.

    ``model`` is ``app_label.Model``. ``columns`` maps a field to an ORM path from the root (``employee.job_title``
    where ``employee`` is a part), or ``Money``. A reference's path ends at the relation; its key is read through the
    binding of the referred kind. ``key`` is the column that holds the resource's key. ``constants`` are written at
    creation.
    """

    kind: str
    model: str
    key: str
    columns: Mapping[str, str | Money]
    parts: Mapping[str, Part] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)


class Live(Protocol):
    """One live system that can take part in one transaction.

    A kind reads sets and writes sets: the number of statements MUST NOT depend on the number of objects, except
    that very large sets may be cut in batches.
    """

    name: str
    """What plans call it: ``hris (sqlite)``."""

    identity: str
    """Which system it is: differs between two databases, the same after a restart."""

    def read(self, kind: str) -> KindSnapshot:
        """All objects of a kind. MUST raise ``LiveError`` where it can't tell, never leave something out."""
        ...

    def read_some(self, kind: str, ids: Collection[LiveId]) -> KindSnapshot:
        """The objects among ``ids`` that exist."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Durable and exclusive for writers: what raises inside leaves nothing behind."""
        ...

    def write(self, changes: Sequence[Change], ids: Mapping[Address, LiveId]) -> Mapping[Address, LiveId]:
        """Carry out ``changes`` in bulk, inside ``transaction``; gives the live ids of what was created.

        ``ids`` resolves every reference that the changes make to objects that exist already, and gives the live
        ids of the changed objects. Secrets are resolved: no ``SecretRef`` arrives here. Raises ``LiveError`` where
        the live system refuses.
        """
        ...
