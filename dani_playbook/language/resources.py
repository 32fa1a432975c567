"""Resources: layers put together, nearest first, under one address."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dani_playbook.core.address import KEY_PATTERN, Address
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Ignored, Resource, Upcoming
from dani_playbook.core.source import Source
from dani_playbook.core.values import Value
from dani_playbook.language.envelope import by_kind, mapping
from dani_playbook.language.filters import slug
from dani_playbook.language.layers import Layer, read_layer
from dani_playbook.language.marks import Map, Place
from dani_playbook.language.opened import Opened
from dani_playbook.language.report import Report
from dani_playbook.language.sets import overlay
from dani_playbook.language.templates import Shelf


class Declared:
    """The resources found so far in one file, and where each was declared first; ``before`` it there were so many."""

    def __init__(self, before: int = 0) -> None:
        self.resources: dict[Address, Resource] = {}
        self.before = before

    @property
    def count(self) -> int:
        return self.before + len(self.resources)

    def add(self, resource: Resource, problems: list[Problem]) -> None:
        """Takes a resource, or reports the place where its address was taken before."""
        address = resource.address
        first = self.resources.setdefault(address, resource)
        if first is not resource:
            problems.append(already_declared(resource, first))


def already_declared(resource: Resource, first: Resource) -> Problem:
    """Said of the second of two resources with one address."""
    return Problem(
        code="duplicate-resource",
        message=f"{resource.address} is already declared in {first.source.short}",
        source=resource.source,
        address=resource.address,
        related=(first.source,),
        hint="keep one of the two, or give one another key",
    )


def read_defaults(opened: Opened) -> dict[str, Layer]:
    """The file's defaults by kind."""
    layers: dict[str, Layer] = {}
    for kind, collection, body in by_kind("defaults", opened.content, opened.shared.dictionary, opened.report):
        if isinstance(body, Map):
            layers[kind.name] = read_layer(body, "defaults", opened.reading(kind))
        elif body is not None:
            place = opened.content["defaults"].at(collection)
            opened.report.problem("wrong-type", f"defaults of {collection} must be a mapping of fields", place)
    return layers


def read_collections(opened: Opened, shelf: Shelf, defaults: Mapping[str, Layer], declared: Declared) -> None:
    """Every resource that stands in the file itself."""
    for collection, kind in opened.shared.dictionary.by_collection.items():
        bodies = mapping(opened.content, collection, opened.report)
        for key in bodies:
            read_resource(key, bodies, kind, opened, shelf, defaults, declared)


def read_resource(
    key: str,
    bodies: Map,
    kind: KindSpec,
    opened: Opened,
    shelf: Shelf,
    defaults: Mapping[str, Layer],
    declared: Declared,
) -> None:
    """One of the resources that stand in the file itself."""
    place, written = bodies.key_place(key), bodies[key]
    address = checked_address(kind, key, place, opened.report)
    body = Map(place) if written is None else written
    if not isinstance(body, Map):
        message = f"{kind.collection}.{key} must be a mapping of fields"
        opened.report.problem("wrong-type", message, bodies.at(key))
    elif address:
        resource = _resource(address, kind, body, opened, shelf, defaults.get(kind.name))
        declared.add(resource, opened.report.problems)


def checked_address(kind: KindSpec, key: Any, place: Place, report: Report) -> Address | None:
    """The address of ``key``, or nothing where it is no key."""
    if isinstance(key, str) and KEY_PATTERN.match(key):
        return Address(kind.name, key)
    near = slug(key) if isinstance(key, str) else ""
    hint = f'write it like "{near[:128]}"' if near else None
    message = "a key has small letters, digits, dot, underscore and hyphen, at most 128"
    report.problem("bad-key", message, place, hint=hint)
    return None


def _resource(
    address: Address, kind: KindSpec, body: Map, opened: Opened, shelf: Shelf, defaults: Layer | None
) -> Resource:
    report = opened.report.about(address)
    own = read_layer(body, "resource", opened.reading(kind, report))
    below = (defaults,) if defaults else ()
    named = next((layer.template for layer in (own, *below) if layer.template is not None), ())
    layers = [own, *shelf.layers(kind, named, opened), *below]
    return assemble(address, report.source(body_place(opened, kind, address)), layers, report)


def body_place(opened: Opened, kind: KindSpec, address: Address) -> Place:
    """Where the key of a declared resource is."""
    bodies: Map = opened.content[kind.collection]
    return bodies.key_place(address.key)


def assemble(address: Address, source: Source, layers: Sequence[Layer], report: Report) -> Resource:
    """One resource out of its layers, nearest first."""
    if len(layers) == 1:
        (own,) = layers
        fields, sources, origins = own.fields, own.sources, dict.fromkeys(own.fields, own.origin)
        shadowed: _Shadows = {}
    else:
        fields, sources, origins, shadowed = _laid(layers)
    return Resource(
        address=address,
        fields=fields,
        source=source,
        sources=sources,
        origins=origins,
        shadowed=shadowed,
        upcoming=_upcoming(layers, report),
        absent=bool(next((layer.absent for layer in layers if layer.absent is not None), False)),
        protect=bool(next((layer.protect for layer in layers if layer.protect is not None), False)),
        ignore=_ignore(layers),
    )


_Shadows = dict[str, tuple[tuple[str, Source, object], ...]]


def _laid(layers: Sequence[Layer]) -> tuple[dict[str, Value], dict[str, Source], dict[str, str], _Shadows]:
    fields: dict[str, Value] = {}
    sources: dict[str, Source] = {}
    origins: dict[str, str] = {}
    shadowed: _Shadows = {}
    for layer in layers:
        for name, value in layer.fields.items():
            if name in fields:
                fields[name] = overlay(fields[name], value)
                said = (layer.origin, layer.sources[name], value)
                shadowed[name] = (*shadowed.get(name, ()), said)
            else:
                fields[name] = value
                sources[name] = layer.sources[name]
                origins[name] = layer.origin
    return fields, sources, origins, shadowed


def _ignore(layers: Sequence[Layer]) -> dict[str, Ignored]:
    merged: dict[str, Ignored] = {}
    for layer in reversed(layers):
        merged.update(layer.ignore)
    return merged


def _upcoming(layers: Sequence[Layer], report: Report) -> tuple[Upcoming, ...]:
    entries = [entry for layer in layers for entry in layer.upcoming]
    by_day: dict[Any, Upcoming] = {}
    for entry in entries:
        known = by_day.get(entry.on)
        by_day[entry.on] = entry if known is None else _merged(known, entry, report)
    return tuple(by_day[on] for on in sorted(by_day))


def _merged(nearer: Upcoming, farther: Upcoming, report: Report) -> Upcoming:
    for name in _clashes(nearer, farther):
        first, second = sorted((nearer.sources[name], farther.sources[name]))
        report.problems.append(
            Problem(
                code="clashing-entries",
                message=f"{name} is set twice for {nearer.on.isoformat()}; also in {first.short}",
                source=second,
                address=report.address,
                field=name,
                related=(first,),
                hint="keep one of the two",
            )
        )
    return Upcoming(
        on=nearer.on,
        fields={**farther.fields, **nearer.fields},
        sources={**farther.sources, **nearer.sources},
        source=nearer.source,
    )


def _clashes(nearer: Upcoming, farther: Upcoming) -> Iterable[str]:
    return (name for name, value in nearer.fields.items() if name in farther.fields and farther.fields[name] != value)
