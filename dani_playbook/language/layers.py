"""Layers: one body of fields (a resource, a template, defaults) rendered, checked and normalized by itself."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.resource import Ignored, Upcoming
from dani_playbook.core.source import Source
from dani_playbook.core.values import Value
from dani_playbook.language import meta
from dani_playbook.language.marks import Map
from dani_playbook.language.render import FAILED, OMITTED, Renderer
from dani_playbook.language.report import Report
from dani_playbook.language.schema import Checker
from dani_playbook.language.values import from_table, read_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is needed to read one body: its kind, the names in scope, and where problems go.

    ``scope`` is ``None`` where nothing can be a template. ``cells`` has the sources of fields that come from a table.
    """

    kind: KindSpec
    scope: Mapping[str, Any] | None
    report: Report
    checker: Checker
    renderer: Renderer
    cells: Mapping[str, Source] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one body says. ``template`` is ``None`` where it names none."""

    origin: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    upcoming: tuple[Upcoming, ...] = ()
    template: tuple[tuple[str, Source], ...] | None = None
    absent: bool | None = None
    protect: bool | None = None
    ignore: Mapping[str, Ignored] = field(default_factory=dict)


def read_layer(body: Map, origin: str, reading: Reading) -> Layer:
    """Everything in ``body``; what is wrong is reported and left out."""
    fields, sources = _fields(body, reading)
    if meta.NAMES.isdisjoint(body):
        return Layer(origin=origin, fields=fields, sources=sources)
    said = _rendered_meta(body, reading)
    return Layer(
        origin=origin,
        fields=fields,
        sources=sources,
        upcoming=_upcoming(body, reading),
        template=meta.template(said, reading.report),
        absent=meta.absent(said, reading.report),
        protect=meta.protect(said, reading.report),
        ignore=meta.ignore(said, reading.kind, reading.report),
    )


def _fields(body: Map, reading: Reading) -> tuple[dict[str, Value], dict[str, Source]]:
    fields: dict[str, Value] = {}
    sources: dict[str, Source] = {}
    specs = reading.kind.fields
    for name, written in body.items():
        spec = specs.get(name)
        if name in meta.NAMES:
            continue
        if spec is None:
            _unknown(name, body, reading)
            continue
        value, source = _field(spec, written, body, reading)
        if value is not FAILED and value is not OMITTED:
            fields[name] = value
            sources[name] = source
    return fields, sources


def _field(spec: FieldSpec, written: Any, body: Map, reading: Reading) -> tuple[Any, Source]:
    place = body.at(spec.name)
    report = reading.report
    if reading.cells is not None:
        report = report.placed(reading.cells[spec.name])
    value = written
    if reading.scope is not None:
        value = reading.renderer.render(written, place, reading.scope, report)
    if value is FAILED or value is OMITTED:
        return value, report.source(place)
    if reading.cells is not None:
        value = OMITTED if value is None else from_table(spec, value)
    if value is OMITTED:
        return value, report.source(place)
    return read_value(reading.kind, spec, value, place, report, reading.checker), report.source(place)


def _unknown(name: str, body: Map, reading: Reading) -> None:
    known = [*reading.kind.fields, *sorted(meta.NAMES)]
    message = f"{reading.kind.name} has no field {name}{did_you_mean(name, known)}"
    hint = f"all fields: dani schema {reading.kind.name}"
    reading.report.problem("unknown-field", message, body.key_place(name), field=name, hint=hint)


def _rendered_meta(body: Map, reading: Reading) -> Map:
    said = Map(body.place)
    for name in meta.NAMES - {"upcoming"}:
        if name not in body:
            continue
        value = body[name]
        if reading.scope is not None:
            value = reading.renderer.render(value, body.at(name), reading.scope, reading.report)
        if value is not FAILED and value is not OMITTED:
            said.put(name, value, body.places[name])
    return said


def _upcoming(body: Map, reading: Reading) -> tuple[Upcoming, ...]:
    entries = body.get("upcoming")
    if entries is None:
        return ()
    if not isinstance(entries, Map):
        reading.report.problem("wrong-type", "upcoming must be a mapping of days to fields", body.at("upcoming"))
        return ()
    read = (_entry(day, entries, reading) for day in entries)
    return tuple(sorted((entry for entry in read if entry), key=lambda entry: entry.on))


def _entry(day: str, entries: Map, reading: Reading) -> Upcoming | None:
    report = reading.report
    on = meta.day(day, entries.key_place(day), report)
    body = entries[day]
    if not isinstance(body, Map):
        report.problem("wrong-type", f"{day} must be a mapping of fields", entries.at(day))
        return None
    for name in sorted(meta.NAMES.intersection(body)):
        hint = "use end_date, or change it when the day has come"
        report.problem("unknown-field", f"a dated change has fields only, no {name}", body.key_place(name), hint=hint)
    inner = reading if reading.cells is None else replace(reading, cells=None)
    fields, sources = _fields(body, inner)
    if on is None or not fields:
        return None
    return Upcoming(on=on, fields=fields, sources=sources, source=report.source(entries.key_place(day)))
