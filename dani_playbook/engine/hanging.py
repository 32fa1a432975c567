"""What hangs on objects in the live system: it keeps them from being removed, or goes along with them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from dani_playbook.core.change import Change, Finding, Reason, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.live import Attached, Live
from dani_playbook.core.problem import Problem
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.values import SetEdit, Value

Specs = Mapping[str, KindSpec]
Hanging = Mapping[tuple[str, LiveId], Sequence[Attached]]
"""By kind and live id."""


def hanging(changes: Sequence[Change], live: Live, specs: Specs) -> Hanging:
    """What hangs on the objects that would be deleted or deactivated: one question a kind, none where there are none."""
    wanted: dict[str, set[LiveId]] = {}
    for change in changes:
        if change.live_id is not None and _takes_away(change, specs):
            wanted.setdefault(change.address.kind, set()).add(change.live_id)
    return {
        (kind, id): rows
        for kind in sorted(wanted)
        for id, rows in live.attached(kind, sorted(wanted[kind])).items()
        if rows
    }


def blocked(changes: Sequence[Change], found: Hanging) -> Iterator[tuple[Change, Finding]]:
    """Removals that can't be: one finding for all that keeps an object."""
    for change in changes:
        keeping = [item for item in _on(change, found) if _keeps(change, item)]
        if keeping:
            yield change, _finding(change, keeping)


def irreversible(changes: Sequence[Change], found: Hanging, live: Live, specs: Specs) -> list[Change]:
    """The same changes. What a deletion takes along can't be brought back, nor what only a link knew."""
    loose = {
        kind: live.loose(kind)
        for kind in sorted({change.address.kind for change in changes})
        if any(spec.is_set and spec.references for spec in specs[kind].fields.values())
    }
    return [
        replace(change, reversible=False)
        if _takes_along(change, found) or _unlinks(change, loose.get(change.address.kind, ()))
        else change
        for change in changes
    ]


def unfit(changes: Sequence[Change], live: Live) -> Iterator[Problem]:
    """What the live system couldn't take, each where it is declared."""
    by_address = {change.address: change for change in changes}
    for address, name, why in live.unfit(changes):
        change = by_address[address]
        source = next((item.source for item in change.fields if item.name == name and item.source), change.source)
        yield Problem(code="does-not-fit", message=f"{name}: {why}", source=source, address=address, field=name)


def _keeps(change: Change, item: Attached) -> bool:
    if item.unknown and change.reason is Reason.PURGED:
        return False
    return item.stops_leaving or (change.deletes and item.stops)


def _on(change: Change, found: Hanging) -> Sequence[Attached]:
    return found.get((change.address.kind, change.live_id or ""), ())


def _takes_along(change: Change, found: Hanging) -> bool:
    return change.deletes and any(not (item.stops or item.stops_leaving) for item in _on(change, found))


def _unlinks(change: Change, names: Collection[str]) -> bool:
    """Whether somebody is taken out of one of these sets."""
    if change.deletes:
        return any((change.before or {}).get(name) for name in names)
    return any(_loses(item.before, item.after) for item in change.fields if item.writes and item.name in names)


def _loses(before: Value, after: Value) -> bool:
    if isinstance(after, SetEdit):
        return bool(after.remove)
    return not isinstance(before, tuple) or not set(before) <= set(after if isinstance(after, tuple) else ())


def _takes_away(change: Change, specs: Specs) -> bool:
    if change.deletes:
        return True
    if change.verb not in (Verb.REMOVE, Verb.UPDATE, Verb.ADOPT, Verb.MOVE):
        return False
    policies = (fields for fields in specs[change.address.kind].removals.values() if fields)
    return any(_becomes(change, fields) for fields in policies)


def _becomes(change: Change, fields: Mapping[str, object]) -> bool:
    """Whether a change brings an object where a removal would leave it: a person who has left."""
    before, after = change.before or {}, change.after or {}
    is_there = all(after.get(name) == value for name, value in fields.items())
    return is_there and any(before.get(name) != value for name, value in fields.items())


def _finding(change: Change, keeping: Sequence[Attached]) -> Finding:
    told = ", ".join(f"{item.what} ({item.count})" if item.count > 1 else item.what for item in keeping)
    return Finding(
        code="removal-blocked",
        message=f"can't {'be deleted' if change.deletes else 'leave'}: {told}",
        address=change.address,
        title=change.title,
        source=change.source,
        hint="settle that in the live system first, or take the removal back",
    )
