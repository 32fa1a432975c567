"""Renamed keys: the inventory as if every move had been made."""

from collections.abc import Mapping
from dataclasses import replace

from dani_playbook.core.address import Address
from dani_playbook.core.change import Finding
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.inventory import Inventory, Items, as_inventory
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.resource import Move


@dataclass(frozen=True, slots=True)
class Moved:
    """``inventory`` under the new addresses, ``previous`` from new to old, and moves onto occupied addresses."""

    inventory: Inventory
    previous: Mapping[Address, Address]
    findings: tuple[Finding, ...]

    def stored(self, address: Address) -> InventoryItem | None:
        """The item as it lies in the inventory, under the address that it had before a move."""
        item, before = self.inventory.get(address), self.previous.get(address)
        return replace(item, address=before) if item and before else item


def follow_moves(inventory: Mapping[Address, InventoryItem], moves: tuple[Move, ...]) -> Moved:
    """A move of what we don't manage has been made already, or has nothing to move: it says nothing."""
    pending = {move.before: move for move in moves if move.before in inventory}
    if not pending:
        return Moved(as_inventory(inventory), {}, ())
    items = dict(inventory)
    previous: dict[Address, Address] = {}
    findings: list[Finding] = []
    for before, move in pending.items():
        if move.after in items and move.after not in pending:
            findings.append(_occupied(move))
            continue
        previous[move.after] = before
    for after, before in previous.items():
        if before not in previous:
            items.pop(before, None)
        items[after] = replace(inventory[before], address=after)
    return Moved(Items(dict(sorted(items.items()))), previous, tuple(findings))


def _occupied(move: Move) -> Finding:
    return Finding(
        code="move-occupied",
        message=f"{move.before} can't move here: dani manages both",
        address=move.after,
        source=move.source,
        hint="remove one of them, or take the move out",
    )
