"""A glance at everything declared -> what has to be compared."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.inventory import Inventory
from dani_playbook.core.resource import Declarations
from dani_playbook.engine.alike import Alike, alikes
from dani_playbook.engine.memo import Share
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.recall import Recalled, Scene
from dani_playbook.engine.token import Tokens
from dani_playbook.engine.veil import Veil

PIECE = 1_000


def looked_at(
    scene: Scene, recalled: Recalled, tokens: Tokens, veil: Veil | None, share: Share, meanwhile: Callable[[], None]
) -> Sequence[Address]:
    """In order, all declared addresses but those that are surely as they should be."""
    resources = scene.state.resources
    wanted = _in_files(scene) if recalled.fresh is None else sorted(recalled.fresh)
    if veil is not None or not isinstance(resources, Declarations) or scene.moved.previous:
        return sorted(wanted)
    glance = _Glance(resources, scene.moved.inventory, scene.observed, alikes(scene.specs, tokens))

    def work(number: int) -> bytes:
        piece = wanted[number * PIECE : (number + 1) * PIECE]
        told = [at for at, address in enumerate(piece) if not glance.is_enough(address)]
        resources.put_away()
        return json.dumps(told).encode()

    found = share(work, -(-len(wanted) // PIECE), meanwhile)
    return sorted(_named(wanted, found))


def _in_files(scene: Scene) -> list[Address]:
    """All that is declared, file by file where that is known: then one file is looked into at a time."""
    if not scene.state.sheets:
        return list(scene.state.resources)
    return [Address(kind, key) for sheet in scene.state.sheets for kind, keys in sheet.keys.items() for key in keys]


def _named(wanted: Sequence[Address], found: Mapping[int, bytes]) -> Iterator[Address]:
    for number in sorted(found):
        yield from (wanted[number * PIECE + at] for at in json.loads(found[number]))


class _Glance:
    def __init__(
        self, resources: Declarations, inventory: Inventory, observed: Observed, kinds: Mapping[str, Alike]
    ) -> None:
        self._resources = resources
        self._row = inventory.row
        self._objects = observed.objects
        self._kinds = kinds

    def is_enough(self, address: Address) -> bool:
        row = self._row(address)
        said = self._resources.glance(address) if row is not None else None
        if row is None or said is None or address not in self._objects:
            return False
        return self._kinds[address.kind].is_sure(said, self._objects[address], row)
