"""Bindings -> where each field is. Every misfit is collected; nothing is read from the database."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from dani_playbook.core.binding import Binding, Birth, Blocker, Child, Step, Write
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import LiveError
from dani_playbook.live.columns import Bound, Cell, Column, Field, Stage, Table, Tie, meta
from dani_playbook.live.found import Found, Misfit, as_error
from dani_playbook.live.paths import Tables, field_of, lookup_of, model_of, own_cell, part_table
from dani_playbook.live.placing import column_of

T = TypeVar("T")
Bindings = Mapping[str, Binding]
Specs = Mapping[str, KindSpec]


def bind(bindings: Bindings, dictionary: Specs) -> dict[str, Bound]:
    """Every binding in the order in which kinds are created. Raises ``LiveError`` where one fits no model."""
    kinds, found = resolve(bindings, dictionary)
    if found:
        raise as_error(found)
    return kinds


def resolve(bindings: Bindings, dictionary: Specs) -> tuple[dict[str, Bound], list[Found]]:
    """What fits, in the order in which kinds are created, and what doesn't."""
    kinds, found = {}, []
    for kind in _creation_order(bindings, dictionary):
        binder = _Binder(bindings[kind], dictionary[kind], bindings)
        if (bound := _bound(binder)) is not None:
            kinds[kind] = bound
        found += binder.found
    return {kind: replace(bound, held=_held(bound, kinds)) for kind, bound in kinds.items()}, found


def _held(bound: Bound, kinds: Mapping[str, Bound]) -> Mapping[str, str]:
    """What others refer to an object by, and what tells its row from others."""
    columns = [column for each in kinds.values() for column in each.columns if column.target == bound.kind]
    natural = {lookup for column in columns for lookup in column.natural}
    held = {}
    for column in bound.columns:
        name = column.spec.name
        if any(cell.table is bound.root and cell.field in bound.primary for cell in column.cells):
            held[name] = "it is part of the row's primary key, which can't be changed"
        elif natural.intersection(cell.lookup for cell in column.cells):
            held[name] = "others refer to the row by it, so it can't be changed"
    return held


def _creation_order(bindings: Bindings, dictionary: Specs) -> tuple[str, ...]:
    graph = {
        kind: sorted(
            {
                str(field.references)
                for field in dictionary[kind].references
                if not field.deferred and field.name in bindings[kind].fields
            }.intersection(bindings)
            - {kind}
        )
        for kind in sorted(bindings)
    }
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise LiveError(f"the kinds {', '.join(error.args[1])} need each other before they are there") from None


@dataclass(slots=True)
class _Binder:
    """One binding on its way, and what was found wrong with it."""

    binding: Binding
    spec: KindSpec
    bindings: Bindings
    found: list[Found] = field(default_factory=list)

    def tried(self, path: str, make: Callable[..., T], *arguments: Any) -> T | None:
        """What ``make`` gives; nothing where it doesn't fit, which is noted."""
        try:
            return make(*arguments)
        except Misfit as error:
            self.found.append(
                Found(level="error", kind=self.binding.kind, path=path, message=str(error), hint=error.hint)
            )
            return None


def _bound(binder: _Binder) -> Bound | None:
    binding = binder.binding
    model = binder.tried("model", model_of, binding.model)
    if model is None:
        return None
    root = Table(model, meta(model).pk)
    tables = _tables(binder, root)
    columns = _columns(binder, tables)
    key = binder.tried("key", _key, binding, tables)
    if binding.manager and not hasattr(model, binding.manager):
        binder.tried("manager", _refuse, f"{binding.model} has no manager {binding.manager}")
    binder.tried("model", _check_write, binding, tables)
    constants = [binder.tried(path, _set, tables, path, value) for path, value in sorted(binding.constants.items())]
    return Bound(
        spec=binder.spec,
        root=root,
        tables=tuple(_in_order(root, tables)),
        columns=tuple(column for column in columns if not column.is_link),
        links=tuple(column for column in columns if column.is_link),
        places={column.spec.name: column for column in columns},
        key_lookups=key[0] if key else (),
        stored_key=key[1] if key else None,
        constants=tuple(item for item in constants if item),
        manager=binding.manager,
        where=binding.where,
        write=binding.write,
        stages=tuple(_stage(binder, tables, number, step) for number, step in enumerate(binding.steps, 1))
        or (Stage(),),
        children=_ties(binder, tables, binding.children),
        blockers=_ties(binder, tables, binding.blockers),
        deletes=binding.deletes,
    )


def _refuse(why: str) -> None:
    raise Misfit(why)


def _tables(binder: _Binder, root: Table) -> Tables:
    """Parts after their owners, however they were written down."""
    tables = {"": root}
    left = dict(binder.binding.parts)
    while ready := [name for name, part in left.items() if part.owner in tables or part.owner not in left]:
        for name in ready:
            table = binder.tried(name, part_table, name, left.pop(name), tables)
            if table is not None:
                tables[name] = table
    for name in left:
        binder.tried(name, _refuse, f"the parts {', '.join(left)} hang on each other")
    return tables


def _in_order(table: Table, tables: Tables) -> list[Table]:
    """What a row points at, the row, what points at it."""
    owned = [item for item in tables.values() if item.owner is table]
    before = [found for item in owned if item.pointer for found in _in_order(item, tables)]
    after = [found for item in owned if not item.pointer for found in _in_order(item, tables)]
    return [*before, table, *after]


def _columns(binder: _Binder, tables: Tables) -> list[Column]:
    binding, spec = binder.binding, binder.spec
    for name in binding.fields:
        if name not in spec.fields:
            binder.tried(name, _refuse, f"{spec.name} has no field {name}")
    found = [
        binder.tried(name, column_of, spec.fields[name], binding.fields[name], tables, binder.bindings)
        for name in spec.fields
        if name in binding.fields
    ]
    columns = [column for column in found if column]
    users = Counter((cell.table, cell.field) for column in columns for cell in column.cells)
    for column in columns:
        own = tuple(cell for cell in column.cells if users[cell.table, cell.field] == 1)
        object.__setattr__(column, "own", own)
        if column.natural and not own:
            binder.tried(column.spec.name, _refuse, "other fields hold all of its columns, so it can't be cleared")
    return columns


def _key(binding: Binding, tables: Tables) -> tuple[tuple[str, ...], Field]:
    if not binding.key.columns:
        raise Misfit("nothing says what its keys are made from")
    if not binding.key.stored:
        return tuple(lookup_of(tables, path) for path in binding.key.columns), None
    model, name = tables[""].model, binding.key.columns[0]
    key = field_of(model, name)
    if len(binding.key.columns) > 1 or not key.concrete or key.null or not key.unique:
        raise Misfit(f"{meta(model).label}.{name} must be unique and never empty to hold the key")
    return (key.attname,), key


def _check_write(binding: Binding, tables: Tables) -> None:
    """Rows in bulk are single rows with a single primary key, and nobody's code makes any beside them."""
    if binding.write is Write.SAVE:
        return
    if binding.steps:
        raise Misfit("steps are saves, which only write: save does")
    if born := [name for name, part in binding.parts.items() if part.birth is Birth.SAVE]:
        raise Misfit(f"part {born[0]} is born by a save, which only write: save does")
    for table in tables.values():
        if meta(table.model).parents:
            raise Misfit(f"{meta(table.model).label} is kept in several tables, which only write: save can do")
        if len(meta(table.model).pk_fields) > 1:
            raise Misfit(f"{meta(table.model).label} has a primary key of several columns: use write: save")


def _set(tables: Tables, path: str, value: Any) -> tuple[Cell, Any]:
    cell = own_cell(tables, path)
    target = cell.field.target_field if cell.field.is_relation else cell.field
    try:
        return cell, value if value is None else target.to_python(value)
    except (ValidationError, ValueError, TypeError):
        raise Misfit(f"{path} can't hold the value it is to be set to") from None


def _stage(binder: _Binder, tables: Tables, number: int, step: Step) -> Stage:
    for name in step.fields:
        if name not in binder.binding.fields:
            binder.tried(name, _refuse, f"step {number} writes {name}, which has no place")
    sets = [binder.tried(path, _set, tables, path, value) for path, value in sorted(step.sets.items())]
    return Stage(step.fields, tuple(item for item in sets if item))


def _ties(binder: _Binder, tables: Tables, said: tuple[Child, ...] | tuple[Blocker, ...]) -> tuple[Tie, ...]:
    found = [binder.tried(item.model, _tie, tables, item) for item in said]
    return tuple(tie for tie in found if tie)


def _tie(tables: Tables, said: Child | Blocker) -> Tie:
    model = model_of(said.model)
    names = (said.link,) if isinstance(said.link, str) else said.link
    fields = tuple(field_of(model, name) for name in names)
    table = tables.get(said.part)
    if table is None:
        raise Misfit(f"{said.part} is no part")
    target = tuple(lookup_of(tables, path) for path in said.target)
    if not target:
        target = (table.lookup(_pointed_at(fields, table)),)
    if len(target) != len(fields):
        raise Misfit(f"{said.model} is tied by {len(fields)} columns to {len(target)}")
    more = (said.where, said.says, said.deactivation) if isinstance(said, Blocker) else ({}, "", False)
    return Tie(model, fields, table, target, *more)


def _pointed_at(fields: tuple[Field, ...], table: Table) -> str:
    relation = fields[0]
    if not relation.is_relation:
        return "pk"
    if not issubclass(table.model, relation.related_model):
        raise Misfit(f"{meta(relation.model).label}.{relation.name} doesn't point at {meta(table.model).label}")
    return "pk" if relation.target_field.primary_key else str(relation.target_field.attname)
