"""One journal entry, what is there now -> the way back of that entry."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Finding, Reason, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.memory import Entry, InventoryItem
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Value, canonical_set, same
from dani_playbook.engine.correlate import IdentityIndex, having
from dani_playbook.engine.nested import nested_changes
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.order import references


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What is there now, under the addresses that it will have again, and what we manage now.

    ``homes`` maps the address that a moved object goes back to, to the one that it has today; ``returning`` are the
    addresses that come back.
    """

    observed: Observed
    inventory: Mapping[Address, InventoryItem]
    index: IdentityIndex
    returning: frozenset[Address]
    homes: Mapping[Address, Address]

    def item(self, address: Address) -> InventoryItem | None:
        """What the inventory says today of the object that will have ``address``."""
        return self.inventory.get(self.homes.get(address, address))

    def has(self, address: Address) -> bool:
        """Whether a reference to ``address`` will lead somewhere."""
        return address in self.observed.objects or address in self.returning


def undo(spec: KindSpec, entry: Entry, now: Today) -> Iterator[Change | Finding]:
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


def _current_address(entry: Entry, now: Today) -> Address | None:
    """Where the object is today: a later run may have moved it."""
    return now.observed.by_id.get(entry.address.kind, {}).get(entry.live_id or "")


def _gone(entry: Entry, now: Today) -> Iterator[Change | Finding]:
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


def _bring_back(spec: KindSpec, entry: Entry, now: Today) -> Iterator[Change | Finding]:
    before = entry.before or {}
    if entry.address in now.observed.objects:
        yield _skipped(entry.address, entry.title, "was made anew since")
        return
    for field in spec.identities:
        if others := having(spec, field, before, now.index):
            yield _skipped(entry.address, entry.title, f"can't come back: {others[0]} has its {field.name} now")
            return
    lost = [item for item in references(spec, before, deferred=True) if not now.has(item)]
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


def _take_away(
    spec: KindSpec, entry: Entry, live: LiveObject, address: Address, now: Today
) -> Iterator[Change | Finding]:
    """A created object goes only where nobody has touched it since."""
    if (item := now.item(address)) and item.protect:
        yield _skipped(address, entry.title, "is protected, so it stays")
        return
    touched = [name for name, value in (entry.after or {}).items() if not same(live.fields[name], value)]
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
    spec: KindSpec, entry: Entry, live: LiveObject, address: Address, now: Today
) -> Iterator[Change | Finding]:
    fields: list[FieldChange] = []
    conflicts: list[FieldChange] = []
    for name in entry.changed:
        rule, current = spec.fields[name], live.fields[name]
        was, became = (entry.before or {}).get(name), (entry.after or {}).get(name)
        after = _merged(current, was, became) if rule.is_set else was
        if same(current, after):
            continue
        change = _change(rule, current, after)
        lost = [item for item in references(spec, {name: after}, deferred=True) if not now.has(item)]
        possible = rule.is_set or same(current, became)
        (fields if possible and not lost else conflicts).append(change)
    if entry.previous and address not in now.homes:
        yield _skipped(address, entry.title, f"can't have its old key back: {entry.previous} is in use")
    if conflicts:
        finding = _skipped(address, entry.title, "was changed since, or refers to what is gone; it stays as it is")
        yield replace(finding, fields=tuple(conflicts))
    yield from _back(spec, entry, live, address, now, tuple(fields), frozenset(f.name for f in conflicts))


def _merged(current: Value, was: Value, became: Value) -> Value:
    """A set goes back item by item: what the run put in goes out, what it took out comes in, the rest stays."""
    added, removed = canonical_set(became or (), without=was or ()), canonical_set(was or (), without=became or ())
    return canonical_set([*(current or ()), *removed], without=added)


def _change(rule: FieldSpec, before: Value, after: Value) -> FieldChange:
    nested = nested_changes(before, after) if rule.is_nested else ()
    return FieldChange(name=rule.name, before=before, after=after, reason=Reason.ROLLBACK, nested=nested)


def _back(
    spec: KindSpec,
    entry: Entry,
    live: LiveObject,
    address: Address,
    now: Today,
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
