"""Changed rows: grouped by the set of columns that change, one UPDATE for many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Any

from django.db import models

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import LiveError
from dani_playbook.live import signals
from dani_playbook.live.columns import Field, Table, meta, stored
from dani_playbook.live.encode import Row
from dani_playbook.live.insert import insert
from dani_playbook.live.refusal import carry_out
from dani_playbook.live.statements import batches, rows_per_statement, update_rows

MOST_GROUPS = 8
"""Above it the rest of each row is read and written back, so that statements don't multiply."""


@dataclass(slots=True)
class Target:
    """One row to be written, and for whom."""

    address: Address
    values: Row
    instance: models.Model | None = field(default=None)


Targets = dict[Any, Target]
"""By the root's primary key."""


def located(table: Table, roots: Collection[Any], using: str) -> Mapping[Any, Any]:
    """By the root's primary key: the value of ``table.row``, nothing where there is none."""
    if table.anchor == "pk":
        return {row: row for row in roots}
    found: dict[Any, Any] = {}
    for batch in batches(roots):
        found.update(stored(table.root.model, using).filter(pk__in=batch).values_list("pk", table.anchor))
    return found


def update(table: Table, targets: Targets, using: str, *, aside: bool = False) -> None:
    """Writes ``targets``; a part that isn't there yet is made. Raises ``LiveError`` where a root is gone.

    ``aside`` is for values that are only in between: nothing is made for them.
    """
    present = _parts(table, targets, using, make=not aside) if table.is_part else targets
    for batch in batches(list(present.items())):
        _update_batch(table, dict(batch), using)


def _parts(table: Table, targets: Targets, using: str, *, make: bool) -> Targets:
    """The same by the value of ``table.row``, without those that had to be made."""
    if not targets:
        return {}
    rows = located(table, targets, using)
    there: set[Any] = set()
    for batch in batches([row for row in rows.values() if row is not None]):
        there.update(_rows(table, batch, using).values_list(table.row.attname, flat=True))
    if make:
        _make_parts(table, {root: at for root, at in targets.items() if rows.get(root) not in there}, rows, using)
    return {rows[root]: target for root, target in targets.items() if rows.get(root) in there}


def _make_parts(table: Table, missing: Targets, rows: Mapping[Any, Any], using: str) -> None:
    if not missing:
        return
    new = [
        (
            target.address,
            table.model(
                **({} if table.pointer else {table.row.attname: link(table, rows, root, target)}), **target.values
            ),
        )
        for root, target in missing.items()
    ]
    insert(table.model, new, using)
    if table.pointer and table.owner:
        name = table.pointer.attname
        made = {
            root: Target(address, {name: part.pk})
            for (root, _), (address, part) in zip(missing.items(), new, strict=True)
        }
        update(table.owner, made, using)


def link(table: Table, rows: Mapping[Any, Any], root: Any, target: Target) -> Any:
    """What a new row of a part points at. Raises ``LiveError`` where that isn't there."""
    if rows.get(root) is None:
        owner = table.owner.name if table.owner else ""
        raise LiveError(f"{target.address}: its {owner or 'row'} isn't there, and {table.name} hangs on it")
    return rows[root]


def _rows(table: Table, rows: Sequence[Any], using: str) -> Any:
    return stored(table.model, using).filter(**{f"{table.row.attname}__in": rows})


def _update_batch(table: Table, targets: Targets, using: str) -> None:
    heard = signals.saving_is_heard(table.model)
    computed = [item for item in meta(table.model).concrete_fields if is_computed(item)]
    if heard or any(_concerns(item, target.values) for item in computed for target in targets.values()):
        _load(table, targets, using)
    if heard:
        _announce(targets, using)
    _compute(table, computed, targets)
    for names, group in _groups(table, targets, using).items():
        for batch in batches(group, rows_per_statement(using, len(names) + 1)):
            carry_out(using, table.model, batch, partial(_write, table, names, using))
    for target in targets.values():
        if heard and target.instance is not None:
            signals.after_saving([target.instance], using, created=False, names=_names(target))


def _write(table: Table, names: Sequence[str], using: str, rows: list[tuple[Any, Row]]) -> None:
    done = update_rows(using, table, names, [(row, [values[name] for name in names]) for row, values in rows])
    if done != len(rows):
        raise LiveError(f"{len(rows) - done} of {len(rows)} rows of {meta(table.model).label} are gone")


def is_computed(item: Field) -> bool:
    """Whether a column follows from other columns, or from the clock, whenever a row is saved."""
    if isinstance(item, models.DateField | models.TimeField):
        return bool(item.auto_now)
    return type(item).pre_save is not _PLAIN and not isinstance(item, models.FileField | models.GeneratedField)


_PLAIN = models.Field.pre_save


def _concerns(item: Field, written: Row) -> bool:
    """The clock needs no row. A computed column may name in ``sources`` what it is made of."""
    if isinstance(item, models.DateField | models.TimeField):
        return False
    sources = getattr(item, "sources", None)
    return sources is None or not set(sources).isdisjoint(written)


def _load(table: Table, targets: Targets, using: str) -> None:
    for instance in _rows(table, list(targets), using):
        target = targets[getattr(instance, table.row.attname)]
        for name, value in target.values.items():
            setattr(instance, name, value)
        target.instance = instance
    for target in targets.values():
        if target.instance is None:
            raise gone(target.address)


def gone(address: Address) -> LiveError:
    """A row that is to be changed isn't there any more."""
    return LiveError(f"{address}: its row is gone from the live system", hint="plan again")


def _announce(targets: Targets, using: str) -> None:
    """``pre_save``; what a handler changes is written, too."""
    for target in targets.values():
        if target.instance is not None:
            before = _columns(target.instance)
            signals.before_saving([target.instance], using, _names(target))
            after = _columns(target.instance)
            target.values |= {name: after[name] for name in after if after[name] != before[name]}


def _columns(instance: models.Model) -> Row:
    return {item.attname: getattr(instance, item.attname) for item in meta(type(instance)).concrete_fields}


def _names(target: Target) -> frozenset[str]:
    return frozenset(target.values)


def _compute(table: Table, computed: Sequence[Field], targets: Targets) -> None:
    blank = table.model.__new__(table.model)
    for item in computed:
        for target in targets.values():
            if _concerns(item, target.values):
                target.values[item.attname] = item.pre_save(target.instance, False)
            elif getattr(item, "auto_now", False):
                target.values[item.attname] = item.pre_save(blank, False)


def _groups(
    table: Table, targets: Targets, using: str
) -> Mapping[tuple[str, ...], list[tuple[Address, tuple[Any, Row]]]]:
    groups: dict[tuple[str, ...], list[tuple[Address, tuple[Any, Row]]]] = {}
    for row, target in targets.items():
        if target.values:
            groups.setdefault(tuple(sorted(target.values)), []).append((target.address, (row, target.values)))
    if len(groups) <= MOST_GROUPS:
        return groups
    names = tuple(sorted({name for group in groups for name in group}))
    return {names: _completed(table, names, [item for group in groups.values() for item in group], using)}


def _completed(
    table: Table, names: Sequence[str], group: list[tuple[Address, tuple[Any, Row]]], using: str
) -> list[tuple[Address, tuple[Any, Row]]]:
    """Whole rows: what isn't changed is read under a lock and written back as it is."""
    rows = [row for _, (row, _) in group]
    locked = _rows(table, rows, using).select_for_update().values_list(table.row.attname, *names)
    there = {row: dict(zip(names, values, strict=True)) for row, *values in locked}
    for address, (row, _) in group:
        if row not in there:
            raise gone(address)
    return [(address, (row, there[row] | values)) for address, (row, values) in group]
