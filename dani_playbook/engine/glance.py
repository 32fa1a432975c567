"""A glance at everything declared -> what has to be compared."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.inventory import Inventory
from dani_playbook.core.resource import Declarations
from dani_playbook.engine.alike import Alike, alikes
from dani_playbook.engine.memo import Share, alone
from dani_playbook.engine.observe import Observed, PlacedObjects
from dani_playbook.engine.recall import Recalled, Scene
from dani_playbook.engine.token import Tokens
from dani_playbook.engine.veil import Veil

PIECE = 500
FEW = 2_000
"""Fewer are looked at sooner than another process begins."""
Pieces = Sequence[Sequence[Address]]


def looked_at(
    scene: Scene, recalled: Recalled, tokens: Tokens, veil: Veil | None, share: Share, meanwhile: Callable[[], None]
) -> Sequence[Address]:
    """In order, all declared addresses but those that are surely as they should be."""
    resources = scene.state.resources
    pieces = _by_file(scene) if recalled.fresh is None else list(_cut(sorted(recalled.fresh)))
    if veil is not None or not isinstance(resources, Declarations) or scene.moved.previous:
        return sorted(address for piece in pieces for address in piece)
    glance = _Glance(resources, scene.moved.inventory, scene.observed, alikes(scene.specs, tokens))

    def work(number: int) -> bytes:
        told = [at for at, address in enumerate(pieces[number]) if not glance.is_enough(address)]
        resources.put_away()
        return json.dumps(told).encode()

    many = sum(map(len, pieces)) >= FEW
    found = share(work, len(pieces), meanwhile) if many else alone(work, len(pieces), meanwhile)
    return sorted(pieces[number][at] for number in found for at in json.loads(found[number]))


def _by_file(scene: Scene) -> Pieces:
    """All that is declared, no piece of two files where it is known what stands in which: each is unfolded once."""
    if not scene.state.sheets:
        return list(_cut(list(scene.state.resources)))
    files = ([Address(kind, key) for kind, keys in sheet.keys.items() for key in keys] for sheet in scene.state.sheets)
    return [piece for addresses in files for piece in _cut(addresses)]


def _cut(addresses: Sequence[Address]) -> Iterator[Sequence[Address]]:
    return (addresses[start : start + PIECE] for start in range(0, len(addresses), PIECE))


class _Glance:
    def __init__(
        self, resources: Declarations, inventory: Inventory, observed: Observed, kinds: Mapping[str, Alike]
    ) -> None:
        self._resources = resources
        self._row = inventory.row
        objects = observed.objects
        self._live = objects.glance if isinstance(objects, PlacedObjects) else objects.get
        self._kinds = kinds

    def is_enough(self, address: Address) -> bool:
        row = self._row(address)
        live = self._live(address) if row is not None else None
        said = self._resources.glance(address) if live is not None else None
        if row is None or live is None or said is None:
            return False
        return self._kinds[address.kind].is_sure(said, live, row)
