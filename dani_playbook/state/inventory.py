"""The inventory as rows, each of which becomes an item when somebody looks at it."""

import json
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.blocks import stamps, unlike
from dani_playbook.core.inventory import Inventory, Row
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.snapshot import LiveId, Stamps
from dani_playbook.core.table import Table

Numbered = tuple[Any, ...]
"""Number, kind, key, live id, applied as JSON, path, protect."""

COLUMNS = ("id", "kind", "key", "live_id", "applied", "path", "protect")
_KIND, _KEY, _LIVE_ID, _APPLIED, _PATH, _PROTECT = range(1, len(COLUMNS))


class InventoryRows(Inventory):
    """All rows, or some, in the order of their numbers."""

    def __init__(self, rows: Iterable[Numbered]) -> None:
        self._rows = Table(len(COLUMNS), map(_folded, rows))
        self._columns = [self._rows.columns[at] for at in (_LIVE_ID, _APPLIED, _PATH, _PROTECT)]
        self._numbers: dict[str, dict[str, int]] = {}
        for number, (kind, key) in enumerate(zip(*self._rows.columns[_KIND : _KEY + 1], strict=True)):
            self._numbers.setdefault(kind, {})[key] = number
        self._items: dict[Address, InventoryItem] = {}
        self._stamps: dict[bytes, Stamps] = {}

    def __getitem__(self, address: Address) -> InventoryItem:
        found = self._items.get(address)
        if found is None:
            kind, key = address
            found = self._items[address] = _item(address, self._row(self._numbers[kind][key]))
        return found

    def __contains__(self, address: object) -> bool:
        return isinstance(address, tuple) and len(address) == 2 and address[1] in self._numbers.get(address[0], ())

    def __iter__(self) -> Iterator[Address]:
        return iter(self._sorted)

    def __len__(self) -> int:
        return sum(map(len, self._numbers.values()))

    @cached_property
    def _sorted(self) -> list[Address]:
        return [Address(kind, key) for kind in sorted(self._numbers) for key in sorted(self._numbers[kind])]

    def owners(self) -> dict[str, dict[LiveId, str]]:
        ids = self._rows.columns[_LIVE_ID]
        return {kind: {ids[number]: key for key, number in numbers.items()} for kind, numbers in self._numbers.items()}

    def kinds(self) -> Collection[str]:
        return self._numbers

    def keys_of(self, kind: str) -> AbstractSet[str]:
        return self._numbers.get(kind, {}).keys()

    def row(self, address: Address) -> Row | None:
        number = self._numbers.get(address[0], {}).get(address[1])
        return None if number is None else self._row(number)

    def _row(self, number: int) -> Row:
        ids, applied, paths, protects = self._columns
        return Row(ids[number], applied[number].decode("utf-8", "surrogatepass"), paths[number], protects[number])

    def stamps(self, key: bytes) -> Stamps:
        if key not in self._stamps:
            self._stamps[key] = stamps(self._rows, key)
        return self._stamps[key]

    def outside(self, known: Stamps, key: bytes) -> Collection[Address]:
        mine = self.stamps(key)
        if mine == known:
            return ()
        kinds, keys = self._rows.columns[_KIND : _KEY + 1]
        return [Address(kinds[number], keys[number]) for number in unlike(self._rows, known, mine)]


def _folded(row: Numbered) -> Numbered:
    """Text with other than Latin letters takes half of the memory as bytes."""
    number, kind, key, live_id, applied, path, protect = row
    return number, kind, key, live_id, applied.encode("utf-8", "surrogatepass"), path, protect


def _item(address: Address, row: Row) -> InventoryItem:
    kind, key = address
    return InventoryItem(
        address=Address(kind, key),
        live_id=row.live_id,
        applied=json.loads(row.applied),
        path=row.path,
        protect=row.protect,
    )
