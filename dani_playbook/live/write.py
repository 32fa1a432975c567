"""Changes -> rows, in the order in which nothing is missing and nothing is in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.transaction import atomic

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Verb
from dani_playbook.core.errors import LiveError
from dani_playbook.core.snapshot import LiveId
from dani_playbook.live.columns import Bound, Column, Table
from dani_playbook.live.delete import delete, let_go
from dani_playbook.live.encode import Encoded, Row, encode
from dani_playbook.live.insert import insert
from dani_playbook.live.links import set_links
from dani_playbook.live.parking import park
from dani_playbook.live.refusal import Refused
from dani_playbook.live.update import Target, Targets, update

Kinds = Mapping[str, Bound]


@dataclass(slots=True)
class Work:
    """All changes of one call, sorted by what is done with them.

    ``known`` maps addresses to primary keys and grows with what is created. ``updates`` holds rows by table, in the
    order of the kinds; references to objects that aren't there yet wait in it, too.
    """

    known: dict[Address, Any]
    creates: dict[str, list[tuple[Change, Encoded]]] = field(default_factory=dict)
    deletes: dict[str, dict[Any, Address]] = field(default_factory=dict)
    updates: dict[Table, Targets] = field(default_factory=dict)
    links: dict[Column, dict[Any, tuple[Address, tuple[str, ...]]]] = field(default_factory=dict)
    changed: list[tuple[Change, Encoded]] = field(default_factory=list)
    created: dict[Address, LiveId] = field(default_factory=dict)

    def target(self, table: Table, row: Any, address: Address) -> Target:
        """The row of ``table`` that will be written, made when it is first asked for."""
        return self.updates.setdefault(table, {}).setdefault(row, Target(address, {}))


def write(
    kinds: Kinds, changes: Sequence[Change], ids: Mapping[Address, LiveId], using: str
) -> Mapping[Address, LiveId]:
    """Carries out all changes and gives the live ids of what was created.

    Values that rows hand to each other (two people swap their email) are refused by the database row by row; then
    everything is done again with the old values out of the way.
    """
    try:
        with atomic(using):
            return _carry_out(kinds, changes, ids, using, parked=False)
    except Refused as error:
        if error.kind != "UNIQUE":
            raise
        return _carry_out(kinds, changes, ids, using, parked=True)


def _carry_out(
    kinds: Kinds, changes: Sequence[Change], ids: Mapping[Address, LiveId], using: str, *, parked: bool
) -> Mapping[Address, LiveId]:
    work = _sorted(kinds, changes, ids)
    if parked:
        _park(kinds, work, using)
    for kind, creates in work.creates.items():
        _create(kinds[kind], creates, work, using)
    for change, encoded in work.changed:
        _resolve(change.address, encoded, work)
    for table in [table for bound in kinds.values() for table in bound.tables]:
        update(table, work.updates.get(table, {}), using)
    for column, wanted in work.links.items():
        set_links(column, {row: (by, _linked(column, by, keys, work)) for row, (by, keys) in wanted.items()}, using)
    _delete(kinds, work, using)
    _check(using)
    return work.created


def _sorted(kinds: Kinds, changes: Sequence[Change], ids: Mapping[Address, LiveId]) -> Work:
    known = {address: row_of(kinds[address.kind], live_id) for address, live_id in ids.items() if address.kind in kinds}
    work = Work(known, creates={kind: [] for kind in kinds}, deletes={kind: {} for kind in kinds})
    for change in changes:
        if change.verb is Verb.RELEASE:
            continue
        bound = kinds[change.address.kind]
        if change.deletes:
            work.deletes[bound.kind][_row(change, work)] = change.address
        elif change.verb is Verb.CREATE:
            work.known.pop(change.address, None)
            work.creates[bound.kind].append((change, encode(bound, change.address, _said(change))))
        else:
            _sort_update(bound, change, work)
    return work


def _said(change: Change) -> Mapping[str, Any]:
    """A new object is empty where nothing is said: the columns' own defaults hold."""
    return {name: value for name, value in change.written.items() if value is not None}


def _sort_update(bound: Bound, change: Change, work: Work) -> None:
    encoded = encode(bound, change.address, change.written)
    if change.verb is Verb.MOVE:
        encoded.row(bound.root)[bound.key.attname] = change.address.key
    row = _row(change, work)
    work.known[change.address] = row
    for table, values in encoded.rows.items():
        work.target(table, row, change.address).values.update(values)
    for column, _ in encoded.references:
        work.target(column.table, row, change.address)
    work.changed.append((change, encoded))


def _row(change: Change, work: Work) -> Any:
    if change.address in work.known:
        return work.known[change.address]
    raise LiveError(f"{change.address}: it isn't known which live object this is")


def row_of(bound: Bound, live_id: LiveId) -> Any:
    """The primary key that a live id stands for."""
    return bound.root.row.to_python(live_id)


def _create(bound: Bound, creates: Sequence[tuple[Change, Encoded]], work: Work, using: str) -> None:
    """Roots, then parts. What they refer to and isn't there yet is written with the updates."""
    new = [(change.address, bound.root.model(**_root_row(bound, change, encoded, work))) for change, encoded in creates]
    insert(bound.root.model, new, using)
    encodings = [encoded for _, encoded in creates]
    for address, instance in new:
        work.known[address] = instance.pk
        work.created[address] = str(instance.pk)
    for table in bound.parts:
        parts = [
            (by, table.model(**_part_row(bound, table, by, encoded, work)))
            for (by, _), encoded in zip(new, encodings, strict=True)
        ]
        insert(table.model, parts, using)
    work.changed.extend(creates)


def _root_row(bound: Bound, change: Change, encoded: Encoded, work: Work) -> Row:
    row = _new_row(bound, bound.root, change.address, encoded, work) | {bound.key.attname: change.address.key}
    if change.live_id:
        row[bound.root.row.attname] = row_of(bound, change.live_id)
    return row


def _part_row(bound: Bound, table: Table, address: Address, encoded: Encoded, work: Work) -> Row:
    return _new_row(bound, table, address, encoded, work) | {table.row.attname: work.known[address]}


def _new_row(bound: Bound, table: Table, address: Address, encoded: Encoded, work: Work) -> Row:
    row: Row = {name: value for owner, name, value in bound.constants if owner is table}
    row |= encoded.rows.get(table, {})
    waiting = []
    for column, target in encoded.references:
        if column.table is table and target in work.known:
            row[column.field.attname] = work.known[target]
        elif column.table is table and not column.field.null:
            raise LiveError(f"{address}: {column.spec.name} must not be empty, and {target} isn't there yet")
        else:
            waiting.append((column, target))
    encoded.references = waiting
    return row


def _resolve(address: Address, encoded: Encoded, work: Work) -> None:
    """References and links of one change, now that everything is there. What a create wrote at once isn't repeated."""
    row = work.known[address]
    for column, target in encoded.references:
        work.target(column.table, row, address).values[column.field.attname] = _known(address, column, target, work)
    for column, keys in encoded.links:
        work.links.setdefault(column, {})[row] = (address, keys)


def _known(address: Address, column: Column, target: Address, work: Work) -> Any:
    if target not in work.known:
        raise LiveError(f"{address}: {column.spec.name} refers to {target}, which isn't there")
    return work.known[target]


def _linked(column: Column, address: Address, keys: tuple[str, ...], work: Work) -> frozenset[Any]:
    return frozenset(_known(address, column, Address(str(column.target), key), work) for key in keys)


def _park(kinds: Kinds, work: Work, using: str) -> None:
    for bound in kinds.values():
        for table in bound.tables:
            park(table, work.updates.get(table, {}), work.deletes[bound.kind], using)


def _delete(kinds: Kinds, work: Work, using: str) -> None:
    """Kinds the other way round: what refers goes before what is referred to."""
    going = frozenset(kind for kind, gone in work.deletes.items() if gone)
    backwards = [kind for kind in reversed(list(kinds)) if kind in going]
    for kind in backwards:
        let_go(kinds[kind], work.deletes[kind], going, using)
    for kind in backwards:
        delete(kinds[kind], work.deletes[kind], using)


def _check(using: str) -> None:
    """Constraints that PostgreSQL would look at only when the transaction ends; SQLite would look at every row."""
    if connections[using].vendor == "postgresql":
        connections[using].check_constraints()
