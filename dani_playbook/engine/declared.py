"""What is declared, as keys: sets answer at once what a look at every resource would."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.inventory import Inventory
from dani_playbook.core.resource import DesiredState, Sheet

_NOTHING: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Declared:
    """By kind the keys of all resources, and the addresses of those that are declared absent, in order."""

    keys: Mapping[str, AbstractSet[str]]
    absent: tuple[Address, ...]

    def __contains__(self, address: Address) -> bool:
        return address.key in self.keys.get(address.kind, _NOTHING)

    def __len__(self) -> int:
        return sum(map(len, self.keys.values()))

    def unmanaged(self, inventory: Inventory) -> Iterator[Address]:
        """Declared, and not in the inventory."""
        for kind, keys in self.keys.items():
            for key in sorted(keys - inventory.keys_of(kind)):
                yield Address(kind, key)

    def undeclared(self, inventory: Inventory) -> Iterator[Address]:
        """In the inventory, and not declared."""
        for kind in sorted(inventory.kinds()):
            for key in sorted(inventory.keys_of(kind) - self.keys.get(kind, _NOTHING)):
                yield Address(kind, key)


def declared_in(state: DesiredState) -> Declared:
    """Where it isn't known what the resources were made from, each is asked."""
    sheets = state.sheets
    if not sheets or any(sheet.absent is None for sheet in sheets):
        keys: dict[str, set[str]] = {}
        for kind, key in state.resources:
            keys.setdefault(kind, set()).add(key)
        absent = tuple(address for address, desired in state.resources.items() if desired.absent)
        return Declared(keys, absent)
    return Declared(_keys(sheets), tuple(sorted(address for sheet in sheets for address in sheet.absent or ())))


def _keys(sheets: tuple[Sheet, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for sheet in sheets:
        for kind, keys in sheet.keys.items():
            found.setdefault(kind, set()).update(keys)
    return found
