"""A glance at everything declared -> what has to be compared."""

from collections.abc import Iterator

from dani_playbook.core.address import Address
from dani_playbook.core.resource import Declarations
from dani_playbook.engine.alike import alikes
from dani_playbook.engine.recall import Recalled, Scene
from dani_playbook.engine.token import Tokens
from dani_playbook.engine.veil import Veil


def looked_at(scene: Scene, recalled: Recalled, tokens: Tokens, veil: Veil | None) -> Iterator[Address]:
    """In order, all declared addresses but those that are surely as they should be."""
    resources, inventory = scene.state.resources, scene.moved.inventory
    wanted = resources if recalled.fresh is None else sorted(recalled.fresh)
    if veil is not None or not isinstance(resources, Declarations) or scene.moved.previous:
        yield from wanted
        return
    kinds = alikes(scene.specs, tokens)
    objects = scene.observed.objects
    for address in wanted:
        said, row = resources.glance(address), inventory.row(address)
        live = objects.get(address) if said is not None and row is not None else None
        if said is None or row is None or live is None or not kinds[address.kind].is_sure(said, live, row):
            yield address
