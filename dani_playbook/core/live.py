"""Live: the port to a live system."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change
from dani_playbook.core.snapshot import KindSnapshot, LiveId


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
