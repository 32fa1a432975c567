"""Is everything as the plan saw it, and is everything as the plan wanted it? Both by looking."""

from collections.abc import Iterable, Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Moved, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.live import Live
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem
from dani_playbook.core.snapshot import LiveId, LiveObject
from dani_playbook.core.values import Fields, Fingerprint, same
from dani_playbook.engine.guard import guard_of
from dani_playbook.engine.observe import Renames, translated


@dataclass(frozen=True, slots=True)
class Seen:
    """Some live objects, read again, by kind and live id."""

    objects: Mapping[tuple[str, LiveId], LiveObject]

    def get(self, kind: str, id: LiveId | None) -> LiveObject | None:
        return self.objects.get((kind, id)) if id else None


def look(
    live: Live,
    kinds: Mapping[str, KindSpec],
    ids: Iterable[tuple[str, LiveId]],
    renames: Renames,
    ours: Mapping[Address, LiveId] | None = None,
) -> Seen:
    """Read what is named, one call a kind, in sets. ``ours`` are addresses that may be newer than ``renames``."""
    wanted: dict[str, list[LiveId]] = {}
    for kind, id in ids:
        wanted.setdefault(kind, []).append(id)
    found = {
        (kind, id): item
        for kind in kinds
        if kind in wanted
        for id, item in live.read_some(kind, sorted(set(wanted[kind]))).objects.items()
    }
    renames = _named(renames, found, ours or {})
    return Seen({(kind, id): translated(kinds[kind], item, renames) for (kind, id), item in found.items()})


def _named(renames: Renames, found: Mapping[tuple[str, LiveId], LiveObject], ours: Mapping[Address, LiveId]) -> Renames:
    """A live system that doesn't keep our keys suggests others for what was just written."""
    named = {kind: dict(known) for kind, known in renames.items()}
    for address, id in ours.items():
        item = found.get((address.kind, id))
        if item is not None and item.key != address.key:
            named.setdefault(address.kind, {})[item.key] = address.key
    return named


def touched(plan: Plan) -> Iterator[tuple[str, LiveId]]:
    """What exists already and the plan changes or relies on."""
    for change in plan.changes:
        if change.live_id and change.verb is not Verb.CREATE:
            yield change.address.kind, change.live_id
    for address, guard in plan.guards.items():
        yield address.kind, guard.live_id


def moved_since(plan: Plan, seen: Seen, kinds: Mapping[str, KindSpec], fingerprint: Fingerprint) -> Iterator[Problem]:
    """Touched fields and guards that aren't as the plan saw them. A field that is already as wanted is no problem."""
    for change in plan.changes:
        if change.verb is not Verb.CREATE and change.before is not None:
            yield from _changed(change, seen.get(change.address.kind, change.live_id))
    for address, guard in plan.guards.items():
        found = seen.get(address.kind, guard.live_id)
        if found is None:
            yield _stale(address, None, "is gone since the plan was made, and the plan refers to it")
        elif guard_of(kinds[address.kind], found, fingerprint) != guard:
            yield _stale(address, None, "is no longer in the state that the plan relies on")


def _changed(change: Change, found: LiveObject | None) -> Iterator[Problem]:
    if found is None:
        yield _stale(change.address, None, "is gone since the plan was made")
        return
    for field in _moved(change, found):
        yield _stale(change.address, field.name, f"{field.name} was changed since the plan was made")


def differences(plan: Plan, seen: Seen) -> Iterator[Moved]:
    """What others changed of the fields that the plan touches, in the order of the plan."""
    for change in plan.changes:
        found = seen.get(change.address.kind, change.live_id)
        if found is None or change.verb is Verb.CREATE or change.before is None:
            continue
        for field in _moved(change, found):
            yield Moved(
                address=change.address,
                title=change.title,
                name=field.name,
                planned=field.before,
                now=found.fields[field.name],
                wanted=field.after,
            )


def _moved(change: Change, found: LiveObject) -> Iterator[FieldChange]:
    """A deletion relies on every field: what it takes away must be what was shown."""
    if change.deletes and change.before is not None:
        yield from _lost(change, change.before, found)
        return
    for field in change.fields:
        now = found.fields[field.name]
        alike = field.name not in found.doubts and (same(now, field.before) or same(now, field.after))
        if field.writes and not alike:
            yield field


def _lost(change: Change, before: Fields, found: LiveObject) -> Iterator[FieldChange]:
    for name, value in before.items():
        if not same(found.fields[name], value):
            yield FieldChange(name=name, before=value, after=value, reason=change.reason)


def _stale(address: Address, field: str | None, message: str) -> Problem:
    return Problem(code="moved-since", message=message, address=address, field=field)


def not_as_wanted(
    changes: Iterable[Change], seen: Seen, ids: Mapping[Address, LiveId], kinds: Mapping[str, KindSpec]
) -> Iterator[Problem]:
    """Read-back: what the live system shows now against what was written. What it never shows (a password) passes."""
    for change in changes:
        found = seen.get(change.address.kind, ids.get(change.address))
        if change.deletes:
            if found is not None:
                yield _differs(change.address, None, "is still there after it was deleted")
        elif found is not None:
            yield from _unlike(change, found, kinds[change.address.kind])
        elif change.after is not None:
            yield _differs(change.address, None, "isn't there after it was written")


def _unlike(change: Change, found: LiveObject, spec: KindSpec) -> Iterator[Problem]:
    for name, value in change.written.items():
        field = spec.fields[name]
        wanted = () if field.is_set and value is None else value
        if name in found.doubts:
            yield _differs(change.address, name, f"{name} can't be read back: {found.doubts[name]}")
        elif not field.create_only and not same(found.fields[name], wanted):
            yield _differs(change.address, name, f"{name} isn't what was written")


def _differs(address: Address, field: str | None, message: str) -> Problem:
    return Problem(code="read-back-differs", message=message, address=address, field=field)
