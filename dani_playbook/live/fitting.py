"""What of a plan doesn't fit the live system, by the same code that would write it. Writes nothing."""

from collections.abc import Iterator, Mapping, Sequence

from dani_playbook.core.change import Change, Verb
from dani_playbook.core.live import Unfit
from dani_playbook.core.values import SecretRef, SetEdit, Unknown, Value
from dani_playbook.live.columns import Bound, Cell, Kinds
from dani_playbook.live.currents import currents, find_named
from dani_playbook.live.demands import demands, filled
from dani_playbook.live.encode import Encoded, put_all
from dani_playbook.live.ids import row_of


def unfit(kinds: Kinds, changes: Sequence[Change], using: str) -> Iterator[Unfit]:
    """Every value of ``changes`` that no column takes, and what a new row can't be without."""
    tried: list[tuple[Change, Encoded]] = []
    for kind, bound in kinds.items():
        written = [change for change in changes if change.address.kind == kind and _writes(change)]
        yield from _unfit(bound, written, tried, using)
    named = find_named([(change.address, encoded) for change, encoded in tried], using)
    yield from (Unfit(address, item.name, why) for address, item, why in named)


def _writes(change: Change) -> bool:
    is_kept = change.deletes or change.verb is Verb.RELEASE
    return not is_kept and (change.verb is Verb.MOVE or bool(change.written))


def _unfit(bound: Bound, changes: Sequence[Change], tried: list[tuple[Change, Encoded]], using: str) -> Iterator[Unfit]:
    rows = {
        change.address: row_of(bound, change.live_id)
        for change in changes
        if change.live_id is not None and change.verb is not Verb.CREATE
    }
    said = {change.address: _known(change) for change in changes}
    there = currents(bound, {row: said[address] for address, row in rows.items()}, using)
    demanded = _demanded(bound)
    for change in changes:
        encoded = Encoded()
        for name, why in put_all(encoded, bound, said[change.address], there.get(rows.get(change.address))):
            yield Unfit(change.address, name, why)
        if change.verb is Verb.CREATE:
            yield from _missing(bound, demanded, change)
        else:
            yield from _computed(bound, change)
            yield from (Unfit(change.address, name, why) for name, why in held(bound, change))
        tried.append((change, encoded))


def held(bound: Bound, change: Change) -> Iterator[tuple[str, str]]:
    """What of a change would give a row another identity."""
    yield from ((name, why) for name, why in bound.held.items() if name in change.written)
    if change.verb is Verb.MOVE and bound.stored_key is not None and bound.stored_key.primary_key:
        yield "key", "the live system keeps it as the row's primary key, which can't be changed"


def _known(change: Change) -> Mapping[str, Value]:
    """What is to be written, without what is known only when it is written. A new object isn't emptied."""
    return {
        name: value
        for name, value in change.written.items()
        if not isinstance(value, SecretRef | SetEdit | Unknown) and not (change.verb is Verb.CREATE and value is None)
    }


def _demanded(bound: Bound) -> Mapping[str, Sequence[Cell]]:
    """By field of ours, the cells that a new row can't be without."""
    cells = {name: [cell for cell in column.cells if demands(bound, cell)] for name, column in bound.places.items()}
    return {name: demanded for name, demanded in cells.items() if demanded}


def _missing(bound: Bound, demanded: Mapping[str, Sequence[Cell]], change: Change) -> Iterator[Unfit]:
    """Fields of ours whose columns a new row needs."""
    written = change.written
    unsaid = [name for name in demanded if name not in written]
    have = filled(bound, written) if unsaid else ()
    for name in unsaid:
        lacking = [cell for cell in demanded[name] if (cell.table, cell.field) not in have]
        if lacking:
            yield Unfit(change.address, name, f"it is missing, and {lacking[0].label} must not be empty")


def _computed(bound: Bound, change: Change) -> Iterator[Unfit]:
    """Where nothing else is written, what the live system computes can't become another value."""
    names = [name for name in change.written if (column := bound.column(name)) and column.is_derived]
    if names and len(names) == len(change.written):
        for name in names:
            yield Unfit(change.address, name, "the live system computes it, and nothing that it comes from changes")
