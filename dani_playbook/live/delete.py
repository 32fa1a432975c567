"""Deleted rows. Nothing goes that the binding doesn't know of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import DatabaseError, models
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from dani_playbook.core.address import Address
from dani_playbook.core.errors import LiveError
from dani_playbook.live.actor import Acting
from dani_playbook.live.alone import delete_alone, is_quiet, used_relations
from dani_playbook.live.columns import Bound, Model, Table, meta, stored
from dani_playbook.live.links import sides
from dani_playbook.live.signals import handler_refused
from dani_playbook.live.statements import batches
from dani_playbook.live.ties import hanging
from dani_playbook.live.update import located

Gone = Mapping[Any, Address]
"""Primary key -> address."""


def let_go(bound: Bound, gone: Gone, kinds: frozenset[str], using: str) -> None:
    """Empties the references of rows that are about to go to other rows that are: else they'd protect each other."""
    for table in bound.tables:
        names = [
            cell.field.attname
            for column in bound.columns
            for cell in column.cells
            if cell.table is table and column.target in kinds and not column.natural and cell.field.null
        ]
        for rows in batches(gone) if names else ():
            owned = [row for row in located(table, rows, using).values() if row is not None]
            stored(table.model, using).filter(**{f"{table.row.attname}__in": owned}).update(**dict.fromkeys(names))


def delete(bound: Bound, gone: Gone, acting: Acting, using: str) -> None:
    """Takes objects away with their parts and links. Raises ``LiveError`` where anything else would go or change."""
    if gone and not bound.deletes:
        raise LiveError(
            f"{_some(gone)} can't be deleted: the binding of {bound.kind} says that its rows stay",
            hint="use another removal policy",
        )
    relations = used_relations(bound, using) if gone and is_quiet(bound) else []
    for rows in batches(gone):
        if not delete_alone(bound, rows, relations, using):
            _Deletion(bound, {row: gone[row] for row in rows}, acting, using).carry_out()


class _Deletion:
    """Some objects of one kind on their way out."""

    def __init__(self, bound: Bound, gone: Gone, acting: Acting, using: str) -> None:
        self._bound = bound
        self._gone = gone
        self._acting = acting
        self._using = using
        self._known = {table.model for table in bound.tables}
        self._known |= {parent for table in bound.tables for parent in meta(table.model).all_parents}
        self._known |= {sides(link)[0] for link in bound.links} | {tie.model for tie in bound.children}

    def carry_out(self) -> None:
        """Children and parts that wouldn't go by themselves, the roots, and last what those pointed at."""
        rows = {table: located(table, self._gone, self._using) for table in self._bound.parts}
        for tie in self._bound.children:
            if not tie.goes_along:
                hanging_rows = hanging(self._bound, tie, self._gone, self._using).values()
                self._take(tie.model, "pk", [row for found in hanging_rows for row in found])
        for table in reversed(self._bound.parts):
            if table.pointer is None and not _goes_along(table):
                self._take(table.model, table.row.attname, rows[table].values())
        self._take(self._bound.root.model, "pk", self._gone)
        for table in reversed(self._bound.parts):
            if table.pointer is not None:
                self._take(table.model, table.row.attname, rows[table].values())

    def _take(self, model: Model, name: str, values: Iterable[Any]) -> None:
        there = [value for value in values if value is not None]
        if not there:
            return
        found = stored(model, self._using).filter(**{f"{name}__in": there})
        collector = Collector(using=self._using, origin=found)
        try:
            collector.collect(found)
        except (ProtectedError, RestrictedError) as error:
            raise _protected(self._gone, error) from error
        self._check_reach(collector)
        try:
            self._carry_out(collector, found)
        except (LiveError, DatabaseError):
            raise
        except (ProtectedError, RestrictedError) as error:
            raise _protected(self._gone, error) from error
        except (Exception, SystemExit) as error:
            raise handler_refused(model, error) from error

    def _carry_out(self, collector: Collector, found: models.QuerySet[Any]) -> None:
        if not self._bound.saves:
            collector.delete()
            return
        for instance in found:
            self._acting.mark(instance)
            instance.delete()

    def _check_reach(self, collector: Collector) -> None:
        """What Django would take along is only allowed where the plan shows it."""
        along = [(model, len(instances)) for model, instances in collector.data.items() if model not in self._known]
        along += [(found.model, found.count()) for found in collector.fast_deletes if found.model not in self._known]
        changed = [(field.model, _size(groups)) for (field, _), groups in collector.field_updates.items()]
        touched = [f"{count} of {meta(model).label}" for model, count in (*along, *changed) if count]
        if touched:
            raise LiveError(
                f"{_some(self._gone)} can't be deleted: rows of other tables would go or change with it, "
                f"{', '.join(touched)}",
                hint="remove what refers to it first, or use another removal policy",
            )


def _goes_along(table: Table) -> bool:
    """Whether a part goes by itself when its owner does."""
    return bool(table.row.remote_field.on_delete is models.CASCADE)


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
