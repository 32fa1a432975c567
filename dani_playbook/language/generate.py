"""Generate: one resource for every row of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.language import meta
from dani_playbook.language.envelope import sequence
from dani_playbook.language.layers import Layer, read_layer
from dani_playbook.language.marks import Map, Place
from dani_playbook.language.opened import Opened
from dani_playbook.language.render import FAILED, OMITTED
from dani_playbook.language.resources import Declared, assemble, checked_address
from dani_playbook.language.rows import PlacedRow
from dani_playbook.language.templates import Shelf

KEYS = ("collection", "each", "key", "template", "fields", "allow_empty")


@dataclass(frozen=True, slots=True)
class _Generator:
    """One entry, read as far as it is the same for all rows.

    ``fixed`` says what no row changes, ``varying`` is read for each row; ``columns`` by field tells which cells a
    field is made of.
    """

    kind: KindSpec
    entry: Map
    opened: Opened
    fixed: Layer
    varying: Map
    columns: Mapping[str, frozenset[str]]
    below: tuple[Layer, ...]
    template: tuple[tuple[str, Any], ...] | None


def read_generators(opened: Opened, shelf: Shelf, defaults: Mapping[str, Layer], declared: Declared) -> None:
    """Every resource that the file makes of rows."""
    entries = sequence(opened.content, "generate", opened.report)
    for index, entry in enumerate(entries):
        generator = _generator(entry, entries.at(index), opened, defaults)
        if generator:
            from dani_playbook.language.tables import read_rows

            known = len(opened.report.problems)
            rows = read_rows(generator.entry["each"], generator.entry.at("each"), opened)
            if not rows and len(opened.report.problems) == known and generator.entry.get("allow_empty") is not True:
                _refuse_empty(generator)
            _read_all(generator, rows, shelf, declared)


def _refuse_empty(generator: _Generator) -> None:
    """A table that lost its rows would remove everybody it declared."""
    generator.opened.report.problem(
        "empty-table",
        "this table has no rows",
        generator.entry.at("each"),
        hint="if that is meant, say allow_empty: true beside each:",
    )


def _generator(entry: Any, place: Place, opened: Opened, defaults: Mapping[str, Layer]) -> _Generator | None:
    report = opened.report
    if not isinstance(entry, Map):
        report.problem("wrong-type", "an entry of generate must be a mapping", place)
        return None
    for name in entry:
        if name not in KEYS:
            message = f"generate has no key {name}{did_you_mean(name, KEYS)}"
            report.problem("unknown-field", message, entry.key_place(name), hint=f"it has: {', '.join(KEYS)}")
    missing = [name for name in ("collection", "each", "key") if name not in entry]
    for name in missing:
        report.problem("missing-field", f"this entry of generate has no {name}", entry.place)
    kind = None if missing else _kind(entry, opened)
    fields = entry.get("fields")
    if fields is not None and not isinstance(fields, Map):
        report.problem("wrong-type", "fields must be a mapping", entry.at("fields"))
        return None
    return _split(kind, entry, fields or Map(), opened, defaults) if kind else None


def _kind(entry: Map, opened: Opened) -> KindSpec | None:
    known = opened.shared.dictionary.by_collection
    name = entry["collection"]
    if isinstance(name, str) and name in known:
        return known[name]
    near = did_you_mean(name, known) if isinstance(name, str) else ""
    message = f"there is no such collection{near}"
    opened.report.problem("unknown-collection", message, entry.at("collection"), hint=f"one of {', '.join(known)}")
    return None


def _split(kind: KindSpec, entry: Map, fields: Map, opened: Opened, defaults: Mapping[str, Layer]) -> _Generator:
    renderer = opened.shared.renderer
    fixed, varying = Map(fields.place), Map(fields.place)
    for name, value in fields.items():
        is_known = name in kind.fields or name in meta.NAMES
        part = varying if is_known and renderer.uses_row(value) else fixed
        part.put(name, value, fields.places[name])
    layer = read_layer(fixed, "generate", opened.reading(kind))
    return _Generator(
        kind=kind,
        entry=entry,
        opened=opened,
        fixed=layer,
        varying=varying,
        columns={name: renderer.columns(value) for name, value in varying.items()},
        below=(defaults[kind.name],) if kind.name in defaults else (),
        template=meta.template(entry, opened.report),
    )


def _read_all(generator: _Generator, rows: Sequence[PlacedRow], shelf: Shelf, declared: Declared) -> None:
    most = generator.opened.shared.project.limits.resources
    for row in rows:
        if declared.count >= most:
            message = f"more than {most:,} resources in one call"
            generator.opened.report.problem("too-large", message, generator.entry.at("each"))
            return
        _read_one(generator, row, shelf, declared)


def _read_one(generator: _Generator, row: PlacedRow, shelf: Shelf, declared: Declared) -> None:
    opened, kind = generator.opened, generator.kind
    at_key = row.place_of(opened.shared.renderer.columns(generator.entry["key"]))
    key = _key(generator, row, at_key)
    if key is None:
        return
    address = checked_address(kind, key, (1, 1, 0), opened.report.placed(at_key))
    if address is None:
        return
    report = opened.report.about(address).placed(row.source)
    reading = opened.reading(kind, report, row.value)
    cells = {name: row.place_of(columns) for name, columns in generator.columns.items()}
    own = read_layer(generator.varying, "generate", replace(reading, cells=cells))
    layers = [own, generator.fixed, *generator.below]
    named = next((found for found in (generator.template, *(layer.template for layer in layers)) if found), ())
    layers[0:0] = shelf.layers(kind, named, opened, row.value)
    declared.add(assemble(address, at_key, layers, report), opened.report.problems)


def _key(generator: _Generator, row: PlacedRow, at_key: Any) -> str | None:
    opened = generator.opened
    report = opened.report.placed(at_key)
    scope = {**opened.scope, "row": row.value}
    key = opened.shared.renderer.render(generator.entry["key"], generator.entry.at("key"), scope, report)
    if key is FAILED:
        return None
    if key is OMITTED or key is None or isinstance(key, bool):
        report.problem("empty-cell", "the key of this row is empty", (1, 1, 0), hint="every row needs a key")
        return None
    return str(key) if isinstance(key, int) else key
