"""One place of a binding -> a column, checked against the dictionary and the models."""

from collections.abc import Hashable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from dani_playbook.core.binding import Binding, Joined, Moment, Money, Place, Plain, Reference, Split
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.live.columns import Cell, Column, Field, Table, meta
from dani_playbook.live.found import Misfit
from dani_playbook.live.holding import TEXT, check_several, check_type
from dani_playbook.live.joining import between, braces
from dani_playbook.live.paths import Tables, cell_of, lookup_of, model_of, own_cell, part_table

Bindings = Mapping[str, Binding]


def column_of(spec: FieldSpec, place: Place, tables: Tables, bindings: Bindings) -> Column:
    """Raises ``Misfit``."""
    match place:
        case Money():
            return _several(spec, place, tables, (place.minor, place.currency))
        case Moment():
            return _several(spec, place, tables, (place.date, place.time))
        case Split():
            return _several(spec, place, tables, place.columns)
        case Joined():
            return _joined(spec, place, tables)
        case Reference():
            return _natural(spec, place, tables, bindings)
    return _plain(spec, Plain(columns=(place,)) if isinstance(place, str) else place, tables, bindings)


def _several(spec: FieldSpec, place: Place, tables: Tables, paths: tuple[str, ...]) -> Column:
    if spec.references:
        raise Misfit(f"{spec.name} refers to {spec.references}, and this is no place for a reference")
    cells = tuple(own_cell(tables, path) for path in paths)
    check_several(place, cells, spec.name)
    return Column(spec, place, cells, tuple(cell.lookup for cell in cells))


def _joined(spec: FieldSpec, place: Joined, tables: Tables) -> Column:
    names = braces(place.format)
    if spec.name not in names:
        raise Misfit(f"{place.format} has no place for {spec.name}")
    if not all(between(place.format)[1:-1]):
        raise Misfit(f"{place.format} has nothing between two fields, so that they couldn't be told apart")
    return _several(spec, place, tables, (place.column,))


def _plain(spec: FieldSpec, place: Plain, tables: Tables, bindings: Bindings) -> Column:
    if not place.columns:
        raise Misfit(f"{spec.name} has no column")
    cells = tuple(cell_of(tables, path) for path in place.columns)
    if spec.references:
        return _reference(spec, place, cells, bindings)
    for cell in cells:
        _check_plain(spec, place, cell)
    parts = [cell.table.lookup("pk") for cell in cells if cell.table.is_part] if len(cells) > 1 else []
    return Column(
        spec,
        place,
        cells,
        tuple(dict.fromkeys([*(cell.lookup for cell in cells), *parts])),
        folds=tuple(own_cell(tables, path) for path in place.fold),
        theirs=_theirs(place, cells),
    )


def _check_plain(spec: FieldSpec, place: Plain, cell: Cell) -> None:
    if not cell.field.concrete or (cell.field.is_relation and cell.other is None):
        raise Misfit(f"{cell.label} is a relation, and {spec.name} refers to nothing")
    if not place.values:
        check_type(cell, spec.name, spec.type)
        if spec.type in ("boolean", "integer") and isinstance(cell.other or cell.field, TEXT):
            raise Misfit(f"{cell.label} holds text: values: has to say what stands for each {spec.type}")


def _theirs(place: Plain, cells: tuple[Cell, ...]) -> Mapping[Any, Any]:
    """Our value -> the live system's, as its first column takes it. No two may look alike there."""
    kept = cells[0].other or cells[0].field
    theirs: dict[Any, Any] = {}
    for ours, value in place.values.items():
        if not isinstance(ours, Hashable):
            raise Misfit("values: maps single values only")
        try:
            theirs[ours] = value if value is None else kept.to_python(value)
        except (ValidationError, ValueError, TypeError):
            raise Misfit(f"{cells[0].label} can't hold what values: has for {ours}") from None
    if len(set(theirs.values())) < len(theirs):
        raise Misfit("values: has the same live value twice, so that it couldn't be told which of ours it is")
    return theirs


def _reference(spec: FieldSpec, place: Plain, cells: tuple[Cell, ...], bindings: Bindings) -> Column:
    target = _target(spec, bindings)
    key = target.key.columns[0] if target.key.stored and target.key.columns else ""
    for cell in cells:
        _check_relation(spec, cell, target)
    first = cells[0]
    if first.field.many_to_many:
        if len(cells) > 1:
            raise Misfit(f"{spec.name} is a set, which has one place")
        return Column(spec, place, cells, (first.table.lookup("pk"),), target=spec.references, key=key)
    lookups = tuple(cell.table.lookup(cell.field.name, key) if key else cell.lookup for cell in cells)
    return Column(spec, place, cells, lookups, target=spec.references, key=key)


def _target(spec: FieldSpec, bindings: Bindings) -> Binding:
    target = bindings.get(str(spec.references))
    if target is None:
        raise Misfit(f"{spec.name} refers to {spec.references}, which isn't bound")
    return target


def _check_relation(spec: FieldSpec, cell: Cell, target: Binding) -> None:
    model, field = model_of(target.model), cell.field
    if cell.other is not None or not field.is_relation or field.related_model is not model:
        raise Misfit(f"{spec.name} must lead to {target.model}")
    if field.many_to_many is not spec.is_set:
        raise Misfit(f"{spec.name} must be {'a many-to-many field' if spec.is_set else 'a relation to one row'}")
    if not field.many_to_many and not (field.concrete and field.target_field.primary_key):
        raise Misfit(f"{spec.name} must point at the primary key of {target.model}")


def _natural(spec: FieldSpec, place: Reference, tables: Tables, bindings: Bindings) -> Column:
    if not spec.references or spec.is_set:
        raise Misfit(f"{spec.name} is no reference to one object")
    target = _target(spec, bindings)
    if len(place.columns) != len(place.target) or not place.columns:
        raise Misfit(f"{len(place.columns)} columns can't hold a key of {len(place.target)}")
    cells = tuple(own_cell(tables, path) for path in place.columns)
    natural = tuple(lookup_of(_tables_of(target), path) for path in place.target)
    key = target.key.columns[0] if target.key.stored and target.key.columns else ""
    lookups = tuple(cell.lookup for cell in cells)
    return Column(spec, place, cells, lookups, target=spec.references, key=key, natural=natural)


def _tables_of(binding: Binding) -> Tables:
    """The tables of another kind, for paths that start there."""
    model = model_of(binding.model)
    tables = {"": Table(model, _pk(model))}
    left = dict(binding.parts)
    while ready := [name for name, part in left.items() if part.owner in tables]:
        for name in ready:
            tables[name] = part_table(name, left.pop(name), tables)
    return tables


def _pk(model: Any) -> Field:
    return meta(model).pk
