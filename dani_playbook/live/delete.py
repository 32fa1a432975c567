"""Deleted rows. Nothing goes that the binding doesn't know of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import DatabaseError, models
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from dani_playbook.core.address import Address
from dani_playbook.core.errors import LiveError
from dani_playbook.live.alone import delete_alone, is_quiet, used_relations
from dani_playbook.live.columns import Bound, Model, meta, stored
from dani_playbook.live.signals import handler_refused
from dani_playbook.live.statements import batches

Gone = Mapping[Any, Address]
"""Primary key -> address."""


def let_go(bound: Bound, gone: Gone, kinds: frozenset[str], using: str) -> None:
    """Empties the references of rows that are about to go to other rows that are: else they'd protect each other."""
    for table in bound.tables:
        names = [
            column.field.attname
            for column in bound.columns
            if column.table is table and column.target in kinds and column.field.null
        ]
        for rows in batches(gone) if names else ():
            found = stored(table.model, using).filter(**{f"{table.row.attname}__in": rows})
            found.update(**dict.fromkeys(names))


def delete(bound: Bound, gone: Gone, using: str) -> None:
    """Takes objects away with their parts and links. Raises ``LiveError`` where anything else would go or change."""
    relations = used_relations(bound, using) if gone and is_quiet(bound) else []
    for rows in batches(gone):
        if not delete_alone(bound, rows, relations, using):
            _delete_batch(bound, {row: gone[row] for row in rows}, using)


def _delete_batch(bound: Bound, gone: Gone, using: str) -> None:
    found = stored(bound.root.model, using).filter(pk__in=list(gone))
    collector = Collector(using=using, origin=found)
    try:
        collector.collect(found)
    except (ProtectedError, RestrictedError) as error:
        raise _protected(gone, error) from error
    _check_reach(bound, collector, gone)
    try:
        collector.delete()
    except (LiveError, DatabaseError):
        raise
    except Exception as error:
        raise handler_refused(bound.root.model, error) from error


def _check_reach(bound: Bound, collector: Collector, gone: Gone) -> None:
    """What Django would take along is only allowed where the plan shows it."""
    known = {table.model for table in bound.tables} | {link.field.remote_field.through for link in bound.links}
    along = [(model, len(instances)) for model, instances in collector.data.items() if model not in known]
    along += [(found.model, found.count()) for found in collector.fast_deletes if found.model not in known]
    changed = [(field.model, _size(groups)) for (field, _), groups in collector.field_updates.items()]
    touched = [f"{count} of {meta(model).label}" for model, count in (*along, *changed) if count]
    if touched:
        raise LiveError(
            f"{_some(gone)} can't be deleted: rows of other tables would go or change with it, {', '.join(touched)}",
            hint="remove what refers to it first, or use another removal policy",
        )


def _size(groups: Sequence[Any]) -> int:
    return sum(group.count() if isinstance(group, models.QuerySet) else len(group) for group in groups)


def _protected(gone: Gone, error: Exception) -> LiveError:
    objects: Iterable[Any] = (
        getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", None) or ()
    )
    tables = sorted({_label(type(item)) for item in objects})
    return LiveError(
        f"{_some(gone)} can't be deleted: rows of {', '.join(tables)} still refer to it",
        hint="change what refers to it in the same run, or use another removal policy",
    )


def _label(model: Model) -> str:
    return str(meta(model).label)


def _some(gone: Gone) -> str:
    shown = sorted(map(str, gone.values()))
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more
