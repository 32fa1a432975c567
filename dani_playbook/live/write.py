"""Changes -> rows, in the order in which nothing is missing and nothing is in the way."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.transaction import atomic

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Verb
from dani_playbook.core.errors import LiveError
from dani_playbook.core.snapshot import LiveId
from dani_playbook.live.actor import Acting
from dani_playbook.live.columns import Bound, Column, Kinds, stored
from dani_playbook.live.create import create
from dani_playbook.live.currents import currents, find_named
from dani_playbook.live.delete import delete, let_go
from dani_playbook.live.encode import encode
from dani_playbook.live.fitting import held
from dani_playbook.live.links import set_links
from dani_playbook.live.parking import park
from dani_playbook.live.refusal import Refused
from dani_playbook.live.save import update_saved
from dani_playbook.live.stages import create_saved, of_stage
from dani_playbook.live.update import update
from dani_playbook.live.work import Work, linked, resolve, said


def write(
    kinds: Kinds, changes: Sequence[Change], ids: Mapping[Address, LiveId], acting: Acting, using: str
) -> Mapping[Address, LiveId]:
    """Carries out all changes and gives the live ids of what was created.

    Values that rows hand to each other (two people swap their email) are refused by the database row by row; then
    everything is done again with the old values out of the way.
    """
    try:
        with atomic(using):
            return _carry_out(kinds, changes, ids, acting, using, parked=False)
    except Refused as error:
        if error.kind != "UNIQUE":
            raise
        return _carry_out(kinds, changes, ids, acting, using, parked=True)


def _carry_out(
    kinds: Kinds, changes: Sequence[Change], ids: Mapping[Address, LiveId], acting: Acting, using: str, *, parked: bool
) -> Mapping[Address, LiveId]:
    work = _sorted(Work.begun(kinds, ids, acting, using), changes)
    if parked:
        _park(work)
    for kind, creates in work.creates.items():
        (create_saved if kinds[kind].saves else create)(kinds[kind], creates, work)
    resolve(work)
    for bound in kinds.values():
        _update(bound, work)
    for column, wanted in work.links.items():
        _link(column, wanted, work)
    _delete(work)
    _check(using)
    return work.created


def _sorted(work: Work, changes: Sequence[Change]) -> Work:
    updates: dict[str, list[Change]] = {kind: [] for kind in work.kinds}
    for change in changes:
        bound = work.kinds[change.address.kind]
        if change.deletes:
            work.deletes[bound.kind][work.row(change.address)] = change.address
        elif change.verb is Verb.CREATE:
            work.known.pop(change.address, None)
            work.creates[bound.kind].append(
                (change, encode(bound, change.address, {} if bound.saves else said(change)))
            )
        elif change.verb is not Verb.RELEASE:
            updates[bound.kind].append(change)
    for kind, changed in updates.items():
        _sort_updates(work.kinds[kind], changed, work)
    _find_named(work)
    return work


def _sort_updates(bound: Bound, changes: Sequence[Change], work: Work) -> None:
    there = currents(bound, {work.row(change.address): change.written for change in changes}, work.using)
    for change in changes:
        row = work.known[change.address] = work.row(change.address)
        for name, why in held(bound, change):
            raise LiveError(f"{change.address}: {name} can't be stored: {why}")
        for stage in range(len(bound.stages)):
            encoded = encode(bound, change.address, of_stage(bound, change.written, stage), there.get(row))
            if stage == 0 and change.verb is Verb.MOVE and bound.stored_key:
                encoded.row(bound.root)[bound.stored_key.attname] = change.address.key
            work.changed.append((change.address, encoded, stage))


def _find_named(work: Work) -> None:
    created = [(change.address, encoded) for creates in work.creates.values() for change, encoded in creates]
    changed = [(address, encoded) for address, encoded, _ in work.changed]
    for address, named, why in find_named([*created, *changed], work.using):
        raise LiveError(f"{address}: {named.name} can't be stored: {why}")
    for address, encoded, stage in work.changed:
        for table, values in encoded.rows.items():
            work.target(table, work.known[address], address, stage).values.update(values)


def _update(bound: Bound, work: Work) -> None:
    """Stage by stage, too: who is activated has all that a new one would have by then."""
    if bound.saves:
        for stage in sorted(work.updates):
            update_saved(bound, work.updates[stage], work)
        return
    for table in bound.tables:
        update(table, work.all_targets(table), work.using)


def _link(column: Column, wanted: Mapping[Any, tuple[Address, tuple[str, ...]]], work: Work) -> None:
    """Links of a part hang on its own row."""
    rows = {row: row for row in wanted}
    if column.table.is_part:
        found = stored(column.table.root.model, work.using).filter(pk__in=list(wanted))
        rows = dict(found.values_list("pk", column.lookups[0]))
    links = {rows.get(row): (by, linked(column, by, keys, work)) for row, (by, keys) in wanted.items()}
    for address, _ in (item for row, item in links.items() if row is None):
        raise LiveError(f"{address}: {column.spec.name} can't be stored: its {column.table.name} isn't there")
    set_links(column, links, work.using)


def _park(work: Work) -> None:
    for bound in work.kinds.values():
        for table in bound.tables:
            park(table, work.all_targets(table), work.deletes[bound.kind], work.using)


def _delete(work: Work) -> None:
    """Kinds the other way round: what refers goes before what is referred to."""
    going = frozenset(kind for kind, gone in work.deletes.items() if gone)
    backwards = [work.kinds[kind] for kind in reversed(list(work.kinds)) if kind in going]
    for bound in backwards:
        let_go(bound, work.deletes[bound.kind], going, work.using)
    for bound in backwards:
        delete(bound, work.deletes[bound.kind], work.acting, work.using)


def _check(using: str) -> None:
    """Constraints that PostgreSQL would look at only when the transaction ends; SQLite would look at every row."""
    if connections[using].vendor == "postgresql":
        connections[using].check_constraints()
