"""Beyond: what rows and links hold that no field of ours does. Nobody brings it back once it is gone."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models

from dani_playbook.core.live import Attached
from dani_playbook.live.columns import Bound, Cell, Field, meta, stored
from dani_playbook.live.demands import filled
from dani_playbook.live.statements import batches


def unsaid(bound: Bound, roots: Collection[Any], using: str) -> Iterator[tuple[Any, Attached]]:
    """Objects whose rows have something in columns that the binding knows nothing of. One query."""
    cells = list(_beyond(bound))
    for batch in batches(roots) if cells else ():
        found = stored(bound.root.model, using).filter(pk__in=batch).order_by()
        for root, *values in found.values_list("pk", *(cell.lookup for cell in cells)):
            names = [cell.field.name for cell, value in zip(cells, values, strict=True) if _says(cell.field, value)]
            if names:
                yield root, Attached(what=f"what no field holds of it: {', '.join(names)}", count=len(names))


def loose_links(bound: Bound) -> Collection[str]:
    """Sets whose links carry more than whom they link."""
    return frozenset(column.spec.name for column in bound.links if any(carried(column.field)))


def carried(field: Field) -> Iterator[Field]:
    """The columns of a many-to-many field's table that are a project's own."""
    own = field if field.concrete else field.field
    through = meta(own.remote_field.through)
    ends = {own.m2m_field_name(), own.m2m_reverse_field_name()}
    return (each for each in through.concrete_fields if each.name not in ends and not _is_made(each))


def _beyond(bound: Bound) -> Iterator[Cell]:
    have = filled(bound, list(bound.places))
    for table in bound.tables:
        for field in meta(table.model).concrete_fields:
            cell = Cell(table, field)
            is_ours = (table, field) in have or field is table.row or cell.lookup in bound.key_lookups
            if not is_ours and not _is_made(field):
                yield cell


def _is_made(field: Field) -> bool:
    """Whether a new row gets it by itself: a number, a stamp, what is worked out."""
    is_own = type(field).pre_save is not models.Field.pre_save or isinstance(field, models.GeneratedField)
    return is_own or isinstance(field, models.AutoField) or field.primary_key


def _says(field: Field, value: Any) -> bool:
    """Whether a row made anew wouldn't have it."""
    return value not in (None, "", [], {}) and not (field.has_default() and value == field.get_default())
