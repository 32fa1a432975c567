"""Names in a binding -> models, tables and cells of the live system. Raises ``Misfit`` with a sentence."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from dani_playbook.core.binding import Part
from dani_playbook.core.names import did_you_mean
from dani_playbook.live.columns import Cell, Field, Model, Table, meta
from dani_playbook.live.found import Misfit

Tables = Mapping[str, Table]


def model_of(label: str) -> Model:
    """The model called ``app_label.Model``."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        known = [meta(model).label for model in apps.get_models()]
        raise Misfit(f"there is no model {label}{did_you_mean(label, known)}") from None


def field_of(model: Model, name: str) -> Field:
    """A field, or a relation that points here, by its name; ``attname`` works, too."""
    try:
        return meta(model).get_field(name)
    except FieldDoesNotExist:
        near = did_you_mean(name, [item.name for item in meta(model).get_fields()])
        raise Misfit(f"{meta(model).label} has no field {name}{near}") from None


def part_table(name: str, part: Part, known: Tables) -> Table:
    """The table of one part, whose owner is known."""
    owner = known.get(part.owner)
    if owner is None:
        raise Misfit(f"part {name} hangs on {part.owner}, which is no part")
    model = model_of(part.model)
    if part.link:
        return _pointing(name, part, model, owner)
    pointer = field_of(owner.model, part.path.replace("__", ".").rpartition(".")[2])
    if not (pointer.is_relation and pointer.concrete) or pointer.related_model is not model:
        raise Misfit(f"{meta(owner.model).label}.{pointer.name} doesn't point at {part.model}")
    if not (pointer.unique and pointer.target_field.primary_key):
        raise Misfit(f"part {name} must belong to one row only: {meta(owner.model).label}.{pointer.name} isn't unique")
    path = owner.lookup(pointer.name)
    return Table(model, meta(model).pk, name, path, owner, pointer, part.birth)


def _pointing(name: str, part: Part, model: Model, owner: Table) -> Table:
    link = field_of(model, part.link)
    if not (link.is_relation and link.concrete) or not issubclass(owner.model, link.related_model):
        raise Misfit(f"{part.model}.{part.link} doesn't point at {meta(owner.model).label}")
    if not (link.unique and link.target_field.primary_key):
        raise Misfit(f"part {name} must be one row an object: {part.model}.{part.link} isn't unique")
    if link.remote_field.hidden:
        raise Misfit(f"{part.model}.{part.link} has no way back: its related_name hides it")
    path = owner.lookup(link.related_query_name())
    if part.path and part.path.replace(".", "__") != path:
        raise Misfit(f"the way to part {name} is {path.replace('__', '.')}, not {part.path}")
    return Table(model, link, name, path, owner, None, part.birth)


def cell_of(tables: Tables, path: str) -> Cell:
    """A column by its path: through parts, and at most one step through a relation that leads to no part."""
    steps = path.split(".")
    owner = ".".join(steps[:-1])
    if owner in tables:
        return Cell(tables[owner], field_of(tables[owner].model, steps[-1]))
    table, relation = tables.get(".".join(steps[:-2])), steps[-2]
    if table is None:
        raise Misfit(f"{path} leads through {'.'.join(steps[:-2])}, which is no part")
    try:
        field = field_of(table.model, relation)
    except Misfit:
        raise Misfit(f"{path} leads through {relation}, which is no part") from None
    if not (field.is_relation and field.concrete) or field.many_to_many:
        raise Misfit(f"{path} leads through {relation}, which is no part")
    other = field_of(field.related_model, steps[-1])
    if other.is_relation or not other.concrete:
        raise Misfit(f"{path} must end in a plain column of {meta(field.related_model).label}")
    return Cell(table, field, other)


def own_cell(tables: Tables, path: str) -> Cell:
    """A column of the object itself: of its root or a part."""
    cell = cell_of(tables, path)
    if cell.other is not None or not cell.field.concrete or cell.field.many_to_many:
        raise Misfit(f"{path} is no column of the object itself")
    return cell


def lookup_of(tables: Tables, path: str) -> str:
    """A path as Django spells it, for reading only: it may go through any relations to one row."""
    steps = path.split(".")
    for cut in range(len(steps) - 1, -1, -1):
        if (table := tables.get(".".join(steps[:cut]))) is not None:
            return table.lookup(*_followed(table.model, steps[cut:]))
    raise Misfit(f"{path} leads nowhere")


def _followed(model: Model, steps: list[str]) -> list[str]:
    names: list[str] = []
    here: Any = model
    for name in steps:
        if here is None:
            raise Misfit(f"{'.'.join(steps)} goes beyond a plain column")
        field = meta(here).pk if name == "pk" else field_of(here, name)
        if field.many_to_many or field.one_to_many:
            raise Misfit(f"{name} leads to many rows")
        names.append(name)
        here = field.related_model if field.is_relation and name == field.name else None
    return names
