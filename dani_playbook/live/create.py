"""New objects in bulk: one INSERT a table for many."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change
from dani_playbook.live.columns import Bound, Table
from dani_playbook.live.encode import Encoded, Row
from dani_playbook.live.ids import row_of
from dani_playbook.live.insert import insert
from dani_playbook.live.work import Work, settle

Made = dict[Table, dict[Address, models.Model]]


def create(bound: Bound, creates: Sequence[tuple[Change, Encoded]], work: Work) -> None:
    """Table by table. What objects refer to and isn't there yet is written with the updates."""
    made: Made = {}
    for table in bound.tables if creates else ():
        rows = [(change, _row(bound, change, encoded, table, made, work)) for change, encoded in _read(creates, work)]
        new = [(change.address, table.model(**row)) for change, row in rows]
        insert(table.model, new, work.using)
        made[table] = dict(new)
        if table is bound.root:
            for address, instance in new:
                work.made(address, instance.pk)
            work.as_stored(bound, [address for address, _ in new])
    work.changed.extend((change.address, encoded, 0) for change, encoded in creates)


def _read(creates: Sequence[tuple[Change, Encoded]], work: Work) -> Sequence[tuple[Change, Encoded]]:
    """Natural keys of all that is referred to, in one go."""
    work.naturals.read(
        (column, work.known[target])
        for _, encoded in creates
        for column, target in encoded.references
        if target in work.known
    )
    return creates


def _row(bound: Bound, change: Change, encoded: Encoded, table: Table, made: Made, work: Work) -> Row:
    row = constants(bound, table) | settle(change.address, encoded, table, list(made), work)
    if table is bound.root:
        row |= own_key(bound, change)
    return row | pointers(bound, table, {other: rows[change.address] for other, rows in made.items()})


def constants(bound: Bound, table: Table) -> Row:
    """What every new row of a table holds."""
    return {cell.field.attname: value for cell, value in bound.constants if cell.table is table}


def own_key(bound: Bound, change: Change) -> Row:
    """The key, where the live system keeps it, and the primary key of an object that comes back."""
    row: Row = {bound.stored_key.attname: change.address.key} if bound.stored_key else {}
    if change.live_id:
        row |= _primary(bound, row_of(bound, change.live_id))
    return row


def _primary(bound: Bound, row: Any) -> Row:
    values = row if isinstance(row, tuple) else (row,)
    return {field.attname: value for field, value in zip(bound.primary, values, strict=True)}


def pointers(bound: Bound, table: Table, made: Mapping[Table, models.Model]) -> Row:
    """What a row holds because of rows that were made before: of the parts it points at, and of its owner."""
    row: Row = {}
    if table.owner is not None and table.pointer is None:
        row[table.row.attname] = made[table.owner].pk
    for other in bound.tables:
        if other.owner is table and other.pointer is not None and other in made:
            row[other.pointer.attname] = made[other].pk
    return row
