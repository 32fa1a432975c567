"""New objects by the models' own save(), stage by stage: create inactive, fill, activate."""

from collections.abc import Mapping, Sequence

from django.db import models

from dani_playbook.core.binding import Joined
from dani_playbook.core.change import Change
from dani_playbook.core.errors import LiveError
from dani_playbook.core.values import Value
from dani_playbook.live.columns import Bound, Stage, Table
from dani_playbook.live.create import constants, own_key, pointers
from dani_playbook.live.currents import find_named
from dani_playbook.live.encode import Encoded, Row, encode
from dani_playbook.live.save import is_born, not_born, save, update_saved
from dani_playbook.live.update import Target, Targets
from dani_playbook.live.work import Work, said, settle

Staged = list[tuple[Change, Encoded]]
Updates = dict[Table, Targets]


def create_saved(bound: Bound, creates: Sequence[tuple[Change, Encoded]], work: Work) -> None:
    """All objects through the first stage, then all through the second: parts that a save bears are read in sets."""
    waiting: Updates = {}
    waits = [table for table in bound.tables if is_born(table)]
    for number in range(len(bound.stages) if creates else 0):
        staged = _staged(bound, [change for change, _ in creates], number, work)
        updates = _later(bound, staged, work) if number else _first(bound, staged, work)
        waiting = update_saved(bound, _joined(waiting, updates), work, waits=waits)
        work.changed.extend((change.address, encoded, number) for change, encoded in staged)
    if error := not_born(waiting):
        raise error


def _staged(bound: Bound, changes: Sequence[Change], number: int, work: Work) -> Staged:
    """What one stage writes of each object."""
    staged = [(change, _encoded(bound, change, number)) for change in changes]
    for address, named, why in find_named([(change.address, encoded) for change, encoded in staged], work.using):
        raise LiveError(f"{address}: {named.name} can't be stored: {why}")
    return staged


def _encoded(bound: Bound, change: Change, number: int) -> Encoded:
    written = said(change)
    encoded = encode(bound, change.address, of_stage(bound, written, number))
    _release(bound, written, number, encoded)
    return encoded


def of_stage(bound: Bound, written: Mapping[str, Value], number: int) -> Mapping[str, Value]:
    """The fields that a stage writes: those it names; what nobody names goes with the one that names none, or the
    last. Fields that share one column go together."""
    own = bound.stages[number].fields
    named = {name for stage in bound.stages for name in stage.fields}
    rest = next((at for at, stage in enumerate(bound.stages) if not stage.fields), len(bound.stages) - 1)
    placed = [name for name in written if name in bound.places]
    chosen = {name for name in placed if name in own or (number == rest and name not in named)}
    earlier = {name for stage in bound.stages[:number] for name in stage.fields}
    shared = [column.place for name in chosen if isinstance((column := bound.places[name]).place, Joined)]
    chosen |= {name for name, column in bound.places.items() if column.place in shared and name not in earlier}
    return {name: value for name, value in written.items() if name in chosen or name not in bound.places}


def _release(bound: Bound, written: Mapping[str, Value], number: int, encoded: Encoded) -> None:
    """What an earlier stage set, and this one would write if anything were said, goes back to the column's default."""
    held = [(cell.table, cell.field) for stage in bound.stages[:number] for cell, _ in stage.sets]
    names = [name for name in bound.stages[number].fields if name not in written and name in bound.places]
    for cell in [cell for name in names for cell in bound.places[name].cells]:
        if (cell.table, cell.field) in held and cell.field.has_default():
            encoded.put(cell, cell.field.get_default())


def _first(bound: Bound, staged: Staged, work: Work) -> Updates:
    """Rows that are ours to make, object by object; what is left to write into those that a save has borne."""
    updates: Updates = {}
    for change, encoded in staged:
        made: dict[Table, models.Model] = {}
        for table in bound.tables:
            row = constants(bound, table) | _sets(bound.stages[0], table)
            row |= settle(change.address, encoded, table, list(made), work)
            if _is_ours(bound, table, row, made):
                made[table] = _made(bound, table, change, row, made, work)
            elif row:
                updates.setdefault(table, {})[change.address] = Target(change.address, row)
    work.as_stored(bound, [change.address for change, _ in staged])
    return _by_row(updates, work)


def _later(bound: Bound, staged: Staged, work: Work) -> Updates:
    updates: Updates = {}
    for change, encoded in staged:
        for table in bound.tables:
            settle(change.address, encoded, table, (), work)
        for table, row in encoded.rows.items():
            updates.setdefault(table, {})[change.address] = Target(change.address, row)
    return _by_row(updates, work)


def _by_row(updates: Updates, work: Work) -> Updates:
    """By primary key of the root, which is known now."""
    return {
        table: {work.known[address]: target for address, target in targets.items()}
        for table, targets in updates.items()
    }


def _is_ours(bound: Bound, table: Table, row: Row, made: Mapping[Table, models.Model]) -> bool:
    """Whether a row is made now: a later stage makes a part that it is the first to write."""
    if table is bound.root or table.pointer is not None:
        return not is_born(table)
    return not is_born(table) and table.owner in made and (bool(row) or len(bound.stages) == 1)


def _made(
    bound: Bound, table: Table, change: Change, row: Row, made: dict[Table, models.Model], work: Work
) -> models.Model:
    row = row | (own_key(bound, change) if table is bound.root else {}) | pointers(bound, table, made)
    instance = table.model(**row)
    save(instance, change.address, work, new=True)
    if table is bound.root:
        work.made(change.address, instance.pk)
    return instance


def _sets(stage: Stage, table: Table) -> Row:
    return {cell.field.attname: value for cell, value in stage.sets if cell.table is table}


def _joined(one: Updates, other: Updates) -> Updates:
    """Both; the later value of a cell counts."""
    for table, targets in one.items():
        for row, target in targets.items():
            later = other.setdefault(table, {}).setdefault(row, Target(target.address, {}))
            later.values = target.values | later.values
    return other
