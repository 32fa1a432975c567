"""Inventory: all that our runs manage, by address, of which an item may only be read when somebody looks at it."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from dani_playbook.core.address import Address
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.snapshot import LiveId, Stamps

Owners = Mapping[str, Mapping[LiveId, str]]
"""By kind: the key of the address that a live object is known to have."""


class Row(NamedTuple):
    """An item as it lies there. ``applied`` is canonical text of its tokens by field."""

    live_id: LiveId
    applied: str
    path: str
    protect: bool


class Inventory(Mapping[Address, InventoryItem]):
    """Items by address, sorted."""

    def owners(self) -> dict[str, dict[LiveId, str]]:
        """Who is who."""
        known: dict[str, dict[LiveId, str]] = {}
        for item in self.values():
            known.setdefault(item.address.kind, {})[item.live_id] = item.address.key
        return known

    def kinds(self) -> Collection[str]:
        """The kinds of which something is managed."""
        return {address.kind for address in self}

    def keys_of(self, kind: str) -> AbstractSet[str]:
        """The keys of one kind."""
        return {address.key for address in self if address.kind == kind}

    def row(self, address: Address) -> Row | None:
        """An item as it lies there, where it can be had without being read."""
        return None

    def stamps(self, key: bytes) -> Stamps:
        """Digests of what was read, under ``key``; none where nobody makes any."""
        return {}

    def outside(self, known: Stamps, key: bytes) -> Collection[Address]:
        """Addresses that aren't in one of the blocks ``known``: whatever may differ from when those were made."""
        return self.keys()


class Items(Inventory):
    """An inventory that is there already."""

    def __init__(self, items: Mapping[Address, InventoryItem]) -> None:
        self._items = items

    def __getitem__(self, address: Address) -> InventoryItem:
        return self._items[address]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def as_inventory(items: Mapping[Address, InventoryItem]) -> Inventory:
    """The same items, with what can be asked of all."""
    return items if isinstance(items, Inventory) else Items(items)
