"""Rows written by the models' own save(): whole, under a lock, so that what a save computes is stored, too.

``update_fields`` would leave out whatever a model's own save() or a handler sets besides; a whole row that was read
under a lock takes nothing back that somebody else wrote.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, models

from dani_playbook.core.address import Address
from dani_playbook.core.binding import Birth
from dani_playbook.core.errors import LiveError
from dani_playbook.live.beside import written_beside
from dani_playbook.live.columns import Bound, Table, meta, stored
from dani_playbook.live.refusal import refused
from dani_playbook.live.statements import batches
from dani_playbook.live.update import Target, Targets, gone, link, located
from dani_playbook.live.work import Work

Updates = Mapping[Table, Targets]


def save(instance: models.Model, address: Address, work: Work, *, new: bool = False) -> None:
    """As a form of its own would. A foreign model's own words may hold personal values; only its kind of error is told."""
    work.acting.mark(instance)
    options: dict[str, Any] = {} if work.using == "default" else {"using": work.using}
    if new and instance.pk is not None and not _is_empty(instance.pk):
        options["force_insert"] = True
    try:
        instance.save(**options)
    except (IntegrityError, DataError) as error:
        raise refused(error, type(instance), address) from error
    except (LiveError, DatabaseError):
        raise
    except (Exception, SystemExit) as error:
        raise model_refused(instance, address, "saved", error) from error


def _is_empty(pk: Any) -> bool:
    return isinstance(pk, tuple) and any(item is None for item in pk)


def model_refused(instance: models.Model, address: Address, what: str, error: BaseException) -> LiveError:
    """Whatever a model or a handler raises while a row is written."""
    return LiveError(
        f"{address}: {meta(type(instance)).label} refused to be {what} ({type(error).__name__})",
        hint="the log of the live system says why",
    )


def update_saved(bound: Bound, updates: Updates, work: Work, *, waits: Collection[Table] = ()) -> dict[Table, Targets]:
    """Table by table, each read when its turn comes, so that what one save changes elsewhere isn't overwritten. Once a
    save has written into its own table more than its row, the other rows are read again, each when its turn comes.

    Rows of ``waits`` that the live system hasn't made yet are given back; any other part that is missing is made.
    """
    left: dict[Table, Targets] = {}
    for table in bound.tables:
        for batch in batches(list(updates.get(table, {}).items())):
            waiting = _save_batch(table, dict(batch), work, wait=table in waits)
            if waiting:
                left.setdefault(table, {}).update(waiting)
    return left


def _save_batch(table: Table, targets: Targets, work: Work, *, wait: bool) -> Targets:
    rows = located(table, targets, work.using)
    there = _locked(table, [row for row in rows.values() if row is not None], work.using)
    waiting: Targets = {}
    with written_beside(table.model, work.using) as beside:
        for root, target in targets.items():
            row = rows.get(root)
            if beside.is_stale and row is not None:
                there = _locked(table, [row], work.using)
            instance = there.get(row)
            if instance is None and wait:
                waiting[root] = target
            elif instance is None:
                _make(table, rows, root, target, work)
            elif _differs(instance, target):
                _fill(instance, target)
                with beside.one_save():
                    save(instance, target.address, work)
    return waiting


def _locked(table: Table, rows: Collection[Any], using: str) -> Mapping[Any, models.Model]:
    if not rows:
        return {}
    found = stored(table.model, using).filter(**{f"{table.row.attname}__in": rows}).select_for_update()
    return {getattr(instance, table.row.attname): instance for instance in found}


def _differs(instance: models.Model, target: Target) -> bool:
    return any(not _alike(getattr(instance, name), value) for name, value in target.values.items())


def _alike(there: Any, wanted: Any) -> bool:
    """A database may have filled up a text with blanks."""
    if isinstance(there, str) and isinstance(wanted, str):
        return there.rstrip() == wanted.rstrip()
    return bool(there == wanted)


def _fill(instance: models.Model, target: Target) -> None:
    for name, value in target.values.items():
        setattr(instance, name, value)


def _make(table: Table, rows: Mapping[Any, Any], root: Any, target: Target, work: Work) -> None:
    """A part that isn't there yet."""
    if not table.is_part:
        raise gone(target.address)
    instance = table.model()
    if table.pointer is None:
        setattr(instance, table.row.attname, link(table, rows, root, target))
    _fill(instance, target)
    save(instance, target.address, work, new=True)
    if table.pointer is not None and table.owner is not None:
        pointing = Target(target.address, {table.pointer.attname: instance.pk})
        _save_batch(table.owner, {root: pointing}, work, wait=False)


def not_born(waiting: Mapping[Table, Targets]) -> LiveError | None:
    """The live system was to make a row by itself, and didn't."""
    for table, targets in waiting.items():
        for target in targets.values():
            return LiveError(
                f"{target.address}: the live system made no row of {meta(table.model).label}, "
                f"and its binding says that part {table.name} is born by a save",
                hint="correct born: in the bindings",
            )
    return None


def is_born(table: Table) -> bool:
    """Whether the live system makes the rows of a part by itself."""
    return table.birth is Birth.SAVE
