"""The inventory as rows, each of which becomes an item when somebody looks at it."""

import json
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.blocks import blocks, stamps
from dani_playbook.core.inventory import Inventory, Row
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.snapshot import LiveId, Stamps

Numbered = tuple[Any, ...]
"""Number, kind, key, live id, applied as JSON, path, protect."""

COLUMNS = ("id", "kind", "key", "live_id", "applied", "path", "protect")
_KIND, _KEY, _LIVE_ID = 1, 2, 3


class InventoryRows(Inventory):
    """All rows, or some."""

    def __init__(self, rows: Iterable[Numbered]) -> None:
        self._rows = sorted(rows)
        self._by_address = {(row[_KIND], row[_KEY]): row for row in self._rows}
        self._items: dict[Address, InventoryItem] = {}
        self._stamps: dict[bytes, Stamps] = {}

    def __getitem__(self, address: Address) -> InventoryItem:
        found = self._items.get(address)
        if found is None:
            found = self._items[address] = _item(self._by_address[address])
        return found

    def __contains__(self, address: object) -> bool:
        return address in self._by_address

    def __iter__(self) -> Iterator[Address]:
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._by_address)

    @cached_property
    def _sorted(self) -> list[Address]:
        return [Address(*pair) for pair in sorted(self._by_address)]

    def owners(self) -> dict[str, dict[LiveId, str]]:
        known: dict[str, dict[LiveId, str]] = {kind: {} for kind in self._kinds}
        for row in self._rows:
            known[row[_KIND]][row[_LIVE_ID]] = row[_KEY]
        return known

    @cached_property
    def _kinds(self) -> dict[str, set[str]]:
        kinds: dict[str, set[str]] = {}
        for row in self._rows:
            kinds.setdefault(row[_KIND], set()).add(row[_KEY])
        return kinds

    def kinds(self) -> Collection[str]:
        return self._kinds

    def keys_of(self, kind: str) -> AbstractSet[str]:
        return self._kinds.get(kind, frozenset())

    def row(self, address: Address) -> Row | None:
        found = self._by_address.get(address)
        return None if found is None else Row(*found[_LIVE_ID:])

    def stamps(self, key: bytes) -> Stamps:
        if key not in self._stamps:
            self._stamps[key] = stamps(blocks(self._rows), key)
        return self._stamps[key]

    def outside(self, known: Stamps, key: bytes) -> Collection[Address]:
        mine = self.stamps(key)
        if mine == known:
            return ()
        changed = (rows for name, rows in blocks(self._rows) if known.get(name) != mine[name])
        return [Address(row[_KIND], row[_KEY]) for rows in changed for row in rows]


def _item(row: Numbered) -> InventoryItem:
    _, kind, key, live_id, applied, path, protect = row
    return InventoryItem(
        address=Address(kind, key), live_id=live_id, applied=json.loads(applied), path=path, protect=protect
    )
