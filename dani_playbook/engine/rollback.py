"""Journal -> a plan that goes back. There is no second way to write."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Finding, Reason, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import REFRESH, Entry, InventoryItem, Run
from dani_playbook.core.plan import Plan, Refresh
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Fields
from dani_playbook.engine.guard import referred_to
from dani_playbook.engine.nested import nested_changes
from dani_playbook.engine.observe import Observed, Renames, owners, place, read_all, translated
from dani_playbook.engine.order import references
from dani_playbook.engine.plan import Planner, assemble, sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """What is there now, under the addresses that it will have again, and what we manage now.

    ``homes`` maps the address that a moved object goes back to, to the one that it has today.
    """

    observed: Observed
    inventory: Mapping[Address, InventoryItem]
    returning: frozenset[Address]
    homes: Mapping[Address, Address]

    def item(self, address: Address) -> InventoryItem | None:
        return self.inventory.get(self.homes.get(address, address))


def make_rollback(planner: Planner, run: Run, entries: Sequence[Entry], as_of: date) -> Plan:
    """What nobody touched since goes back; what was changed since is listed in ``skipped`` and left alone.

    The before-images are what was really there, so drift that was there before the run survives.
    """
    specs = planner.specs
    inventory = planner.memory.inventory()
    homes = _homes(entries, inventory)
    known = owners(inventory.values())
    for home, today in homes.items():
        known[home.kind][inventory[today].live_id] = home
    observed = place(specs.values(), read_all(specs.values(), planner.live), known)
    back = {kind: {today.key: home.key for home, today in homes.items() if home.kind == kind} for kind in specs}
    entries = [_under_old_names(specs[entry.address.kind], entry, back) for entry in entries]
    returning = frozenset(entry.address for entry in entries if entry.deletes)
    now = _Now(observed=observed, inventory=inventory, returning=returning, homes=homes)
    carried_out = [entry for entry in reversed(entries) if entry.verb != REFRESH]
    found = [item for entry in carried_out for item in undo(specs[entry.address.kind], entry, now)]
    findings = [item for item in found if isinstance(item, Finding)]
    changes = [item for item in found if isinstance(item, Change)]
    changes, kept = _without_needed(changes, observed, specs)
    marked = [_marked(change, planner) for change in changes]
    state = DesiredState(as_of=as_of, resources={})
    plan = assemble(planner, marked, [*findings, *kept], observed, state, inventory=inventory)
    return sealed(planner, replace(plan, undoes=run.id, refreshed=_refreshed_back(entries, inventory)))


def _homes(entries: Sequence[Entry], inventory: Mapping[Address, InventoryItem]) -> dict[Address, Address]:
    """Moves that can be made back: the object is still where the run put it, and its old address is free."""
    return {
        entry.previous: entry.address
        for entry in entries
        if entry.previous
        and entry.address in inventory
        and inventory[entry.address].live_id == entry.live_id
        and (entry.previous not in inventory or any(other.address == entry.previous for other in entries))
    }


def _under_old_names(spec: KindSpec, entry: Entry, back: Renames) -> Entry:
    """The journal names what a run moved by the new key; on the way back the old one counts."""

    def old(image: Fields | None) -> Fields | None:
        return None if image is None else translated(spec, LiveObject("", "", image), back).fields

    return replace(entry, before=old(entry.before), after=old(entry.after))


def _refreshed_back(entries: Sequence[Entry], inventory: Mapping[Address, InventoryItem]) -> tuple[Refresh, ...]:
    """What the run only remembered is forgotten again, where no later run has said more."""
    return tuple(
        Refresh(before=entry.inventory_after, after=entry.inventory_before)
        for entry in entries
        if entry.verb == REFRESH
        and entry.inventory_before
        and entry.inventory_after
        and inventory.get(entry.address) == entry.inventory_after
    )


def _marked(change: Change, planner: Planner) -> Change:
    """Taking back a hire makes no leaver, and bringing back what was deleted no hire."""
    if change.verb in (Verb.CREATE, Verb.REMOVE):
        return change
    return replace(change, mark=planner.kinds[change.address.kind].mark(change))


def _without_needed(
    changes: list[Change], observed: Observed, specs: Mapping[str, KindSpec]
) -> tuple[list[Change], list[Finding]]:
    """Leave out deletions of what others have come to refer to, and what only hangs on those."""
    kept: list[Finding] = []
    while blocked := {change.address: finding for change, finding in referred_to(changes, observed, specs)}:
        changes = [change for change in changes if change.address not in blocked]
        kept += [replace(finding, code="skipped", hint=None) for finding in blocked.values()]
    return changes, kept


def undo(spec: KindSpec, entry: Entry, now: _Now) -> Iterator[Change | Finding]:
    """The way back of one entry."""
    address = _current_address(entry, now)
    live = now.observed.objects.get(address) if address else None
    if live is not None and live.id != entry.live_id:
        live = None
    if entry.deletes:
        yield from _bring_back(spec, entry, now)
    elif live is None:
        yield from _gone(entry, now)
    elif entry.before is None:
        yield from _take_away(spec, entry, live, address or entry.address, now)
    else:
        yield from _put_back(spec, entry, live, address or entry.address, now)


def _current_address(entry: Entry, now: _Now) -> Address | None:
    """Where the object is today: a later run may have moved it."""
    return now.observed.by_id.get(entry.address.kind, {}).get(entry.live_id or "")


def _gone(entry: Entry, now: _Now) -> Iterator[Change | Finding]:
    """Nothing there to put back; what we still remember of it is dropped."""
    item = now.item(entry.address)
    if item is not None and entry.inventory_before is None and item.live_id == entry.live_id:
        yield Change(
            address=entry.address,
            verb=Verb.RELEASE,
            reason=Reason.ROLLBACK,
            title=entry.title,
            live_id=entry.live_id,
            inventory_before=item,
        )
    elif entry.before is not None and entry.changed:
        yield _skipped(entry.address, entry.title, "is gone since, so there is nothing to put back")


def _bring_back(spec: KindSpec, entry: Entry, now: _Now) -> Iterator[Change | Finding]:
    before = entry.before or {}
    if entry.address in now.observed.objects:
        yield _skipped(entry.address, entry.title, "was made anew since")
        return
    lost = [item for item in references(spec, before, deferred=True) if not _is_there(item, now)]
    if lost:
        yield _skipped(entry.address, entry.title, f"referred to {lost[0]}, which is gone")
        return
    yield Change(
        address=entry.address,
        verb=Verb.CREATE,
        reason=Reason.ROLLBACK,
        title=entry.title,
        live_id=entry.live_id,
        after=before,
        fields=tuple(
            FieldChange(name=name, before=None, after=value, reason=Reason.ROLLBACK)
            for name, value in before.items()
            if value is not None and not (spec.fields[name].is_set and value == ())
        ),
        inventory_before=now.item(entry.address),
        inventory_after=entry.inventory_before,
    )


def _is_there(address: Address, now: _Now) -> bool:
    return address in now.observed.objects or address in now.returning


def _take_away(
    spec: KindSpec, entry: Entry, live: LiveObject, address: Address, now: _Now
) -> Iterator[Change | Finding]:
    """A created object goes only where nobody has touched it since."""
    touched = [name for name, value in (entry.after or {}).items() if live.fields[name] != value]
    if touched:
        names = ", ".join(touched)
        yield _skipped(address, entry.title, f"was changed since it was created ({names}), so it stays")
        return
    yield Change(
        address=address,
        verb=Verb.REMOVE,
        reason=Reason.ROLLBACK,
        title=spec.shown_name(live.fields),
        live_id=live.id,
        before=live.fields,
        policy="delete",
        deletes=True,
        inventory_before=now.item(address),
    )


def _put_back(
    spec: KindSpec, entry: Entry, live: LiveObject, address: Address, now: _Now
) -> Iterator[Change | Finding]:
    fields: list[FieldChange] = []
    conflicts: list[FieldChange] = []
    for name in entry.changed:
        was, became, current = (entry.before or {})[name], (entry.after or {})[name], live.fields[name]
        change = FieldChange(
            name=name,
            before=current,
            after=was,
            reason=Reason.ROLLBACK,
            nested=nested_changes(current, was) if spec.fields[name].is_nested else (),
        )
        if current == was:
            continue
        lost = [item for item in references(spec, {name: was}, deferred=True) if not _is_there(item, now)]
        (fields if current == became and not lost else conflicts).append(change)
    if entry.previous and address not in now.homes:
        yield _skipped(address, entry.title, f"can't have its old key back: {entry.previous} is in use")
    if conflicts:
        finding = _skipped(address, entry.title, "was changed since, or refers to what is gone; it stays as it is")
        yield replace(finding, fields=tuple(conflicts))
    yield from _back(spec, entry, live, address, now, tuple(fields), frozenset(f.name for f in conflicts))


def _back(
    spec: KindSpec,
    entry: Entry,
    live: LiveObject,
    address: Address,
    now: _Now,
    fields: tuple[FieldChange, ...],
    conflicts: frozenset[str],
) -> Iterator[Change]:
    current, today = now.item(address), now.homes.get(address)
    item = _item_before(entry, current, conflicts)
    if item is not None and today:
        item = replace(item, address=address)
    if not fields and item == current:
        return
    after = {**live.fields, **{field.name: field.after for field in fields}}
    yield Change(
        address=address,
        verb=_verb_back(fields, current, item, today),
        reason=Reason.ROLLBACK,
        title=spec.shown_name(after),
        live_id=live.id,
        previous=today,
        before=live.fields,
        after=after,
        fields=fields,
        inventory_before=current,
        inventory_after=item,
    )


def _verb_back(
    fields: Iterable[FieldChange], current: InventoryItem | None, item: InventoryItem | None, today: Address | None
) -> Verb:
    if today:
        return Verb.MOVE
    if fields:
        return Verb.UPDATE
    if item is None:
        return Verb.RELEASE
    return Verb.ADOPT if current is None or len(item.applied) >= len(current.applied) else Verb.RELEASE


def _item_before(entry: Entry, current: InventoryItem | None, conflicts: frozenset[str]) -> InventoryItem | None:
    """The inventory's item as the run found it, but for fields that a later run, or a conflict, has taken over."""
    before, after = entry.inventory_before, entry.inventory_after
    if current is None:
        return before if after is None else None
    if before is None:
        return current if conflicts else None
    known = after.applied if after else {}
    applied = dict(current.applied)
    for name in sorted({*before.applied, *known}):
        if name in conflicts or applied.get(name) != known.get(name):
            continue
        if name in before.applied:
            applied[name] = before.applied[name]
        else:
            applied.pop(name, None)
    if current == after:
        return replace(before, applied=applied, live_id=current.live_id, address=current.address)
    return replace(current, applied=applied)


def _skipped(address: Address, title: str, message: str) -> Finding:
    return Finding(code="skipped", message=message, address=address, title=title)
