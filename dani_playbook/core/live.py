"""Live: the port to a live system."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.snapshot import KindSnapshot, LiveId


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """Rows that hang on an object: how many, and ``what`` they are to people.

    ``stops`` is what keeps the object from being deleted, ``stops_leaving`` what keeps a person from leaving, too. The
    rest would go along and not come back. Without a count, ``what`` is a whole reason. ``unknown`` are rows of which the
    live system alone knows; a purge takes its own traces away before it deletes.
    """

    what: str
    count: int = 0
    stops: bool = False
    stops_leaving: bool = False
    unknown: bool = False


class Unfit(NamedTuple):
    """A field whose value the live system can't take, and why, without the value."""

    address: Address
    field: str
    why: str


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

    def attached(self, kind: str, ids: Collection[LiveId]) -> Mapping[LiveId, Sequence[Attached]]:
        """What hangs on the objects that are to be removed; one query for each kind of thing that can."""
        ...

    def loose(self, kind: str) -> Collection[str]:
        """Sets of links that carry more than whom they link: who is taken out of one can't be put back as it was."""
        ...

    def unfit(self, changes: Sequence[Change]) -> Sequence[Unfit]:
        """What of ``changes`` the live system can't take: all of it, found before anything is written."""
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
