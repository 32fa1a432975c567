"""The inventory as rows, each of which becomes an item when somebody looks at it."""

import json
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from dani_playbook.core.address import Address
from dani_playbook.core.blocks import blocks, stamps
from dani_playbook.core.inventory import Inventory
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.snapshot import LiveId, Stamps

Row = tuple[int, str, str, LiveId, str, str, bool]
"""Number, kind, key, live id, applied as JSON, path, protect."""

COLUMNS = ("id", "kind", "key", "live_id", "applied", "path", "protect")
_KIND, _KEY, _LIVE_ID = 1, 2, 3


class InventoryRows(Inventory):
    """All rows, or some."""

    def __init__(self, rows: Iterable[Row]) -> None:
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
        for kind, key in self._by_address:
            kinds.setdefault(kind, set()).add(key)
        return kinds

    def keys_of(self, kind: str) -> Collection[str]:
        return self._kinds.get(kind, ())

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


def _item(row: Row) -> InventoryItem:
    _, kind, key, live_id, applied, path, protect = row
    return InventoryItem(
        address=Address(kind, key), live_id=live_id, applied=json.loads(applied), path=path, protect=protect
    )
