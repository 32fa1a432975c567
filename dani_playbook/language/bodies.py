"""Bodies: resources that hold nothing but fields that are plainly right go straight into their page."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.core.address import KEY_PATTERN
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.language.coding import is_plain
from dani_playbook.language.envelope import mapping
from dani_playbook.language.layers import Layer
from dani_playbook.language.marks import Items, Map
from dani_playbook.language.opened import Opened
from dani_playbook.language.packing import Packer, Rows
from dani_playbook.language.ready import DOUBT, ReadyFields
from dani_playbook.language.render import is_template
from dani_playbook.language.resources import Declared, read_resource
from dani_playbook.language.templates import Shelf


def pack_collections(opened: Opened, shelf: Shelf, defaults: Mapping[str, Layer], packer: Packer) -> None:
    """As ``read_collections``, but what comes out is plain data. For files without generators."""
    for collection, kind in opened.shared.dictionary.by_collection.items():
        bodies = mapping(opened.content, collection, opened.report)
        if bodies:
            _pack(bodies, kind, opened, shelf, defaults, packer)


def _pack(
    bodies: Map, kind: KindSpec, opened: Opened, shelf: Shelf, defaults: Mapping[str, Layer], packer: Packer
) -> None:
    rows = packer.rows(kind.name)
    ready = None if kind.name in defaults else opened.shared.checker.ready[kind.name]
    templated = opened.document.templated
    for key in bodies:
        body = bodies[key]
        is_plain_body = type(body) is Map and KEY_PATTERN.match(key) and not (templated and _has_template(body))
        if ready and is_plain_body and _add(key, bodies, body, rows, ready):
            continue
        declared = Declared()
        read_resource(key, bodies, kind, opened, shelf, defaults, declared)
        for resource in declared.resources.values():
            packer.add(resource)


def _add(key: str, bodies: Map, body: Map, rows: Rows, ready: ReadyFields) -> bool:
    """Whether everything in the body was plainly right; else nothing was added."""
    row: dict[str, Any] = {}
    flat: list[int] = []
    places = body.places
    for name, value in body.items():
        spec = ready.get(name)
        if spec is None:
            return False
        if type(value) is str:
            taken = spec.texts.get(value)
            if taken is None:
                taken = spec.take_text(value)
        else:
            taken = spec.take_other(value)
        if taken is DOUBT:
            return False
        if type(taken) is not str and not is_plain(taken):
            rows.coded.add(name)
        row[name] = taken
        place = places[name]
        flat += place[3:] if place[5] else place[:3]
    rows.keys[key] = None
    rows.rows.append(row)
    rows.bodies.append(bodies.places[key][:3])
    rows.places.append(flat)
    return True


def _has_template(value: Any) -> bool:
    if isinstance(value, str):
        return is_template(value)
    inner = value.values() if isinstance(value, Map) else value if isinstance(value, Items) else ()
    return any(map(_has_template, inner))
