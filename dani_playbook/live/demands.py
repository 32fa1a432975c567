"""Columns that a new row can't be without, and who fills them."""

from collections.abc import Collection, Iterator

from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.db.models.signals import pre_save

from dani_playbook.live.columns import Bound, Cell, Field, Model, Table, meta
from dani_playbook.live.save import is_born


def demands(bound: Bound, cell: Cell) -> bool:
    """Whether a row that we make can't be without the cell: nothing of the live system's own fills it."""
    if is_born(cell.table) or (bound.saves and computes(cell.table.model)):
        return False
    return is_demanded(cell.table, cell.field)


def is_demanded(table: Table, field: Field) -> bool:
    """Whether the database refuses a row without it. A text is empty where nothing is said."""
    if not field.concrete or field.many_to_many or field.null or field.has_default() or field.auto_created:
        return False
    if (field.primary_key and isinstance(field, models.AutoField)) or field is table.row or _leads_here(table, field):
        return False
    own = type(field).pre_save is not models.Field.pre_save or isinstance(field, models.GeneratedField)
    by_database = getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    is_filled = field.empty_strings_allowed and not field.unique  # a second empty text would be one too many
    return not (is_filled or own or by_database)


def _leads_here(table: Table, field: Field) -> bool:
    """A pointer to a part is filled when the part is made."""
    return bool(field.is_relation and field.one_to_one and field.remote_field.parent_link)


def computes(model: Model) -> bool:
    """Whether saving runs code that isn't Django's: a save() of the model's own, or a handler."""
    return overrides(model, "save") or bool(pre_save.has_listeners(model))


def overrides(model: Model, method: str) -> bool:
    """Whether a model has a method of its own where Django has one, a save() or a delete()."""
    return getattr(model, method) is not getattr(models.Model, method)


def filled(bound: Bound, written: Collection[str]) -> set[tuple[Table, Field]]:
    """Cells that these fields, constants, first steps and parts fill."""
    cells = [
        cell for name, column in bound.places.items() if name in written for cell in (*column.cells, *column.folds)
    ]
    cells += [cell for cell, _ in bound.constants] + [cell for cell, _ in bound.stages[0].sets]
    found = {(cell.table, cell.field) for cell in cells}
    found |= {(table.owner, table.pointer) for table in bound.parts if table.pointer and table.owner}
    if bound.stored_key is not None:
        found.add((bound.root, bound.stored_key))
    return found


def unfilled(bound: Bound) -> Iterator[Cell]:
    """Columns of tables whose rows we make that are demanded, and that no field, constant or step fills."""
    have = filled(bound, list(bound.places))
    for table in bound.tables:
        for field in meta(table.model).concrete_fields if not is_born(table) else ():
            if is_demanded(table, field) and (table, field) not in have:
                yield Cell(table, field)
