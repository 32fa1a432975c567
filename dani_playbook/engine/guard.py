"""Findings that stop a plan, and what its changes rely on."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.plan import Guard
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Fingerprint
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.order import references


def empty_source(state: DesiredState, inventory: Mapping[Address, InventoryItem]) -> Iterator[Finding]:
    """Files that declare nothing while we manage something are a mistake, not a wish to remove everything."""
    if inventory and not state.resources:
        yield Finding(
            code="empty-source",
            message=f"the playbooks declare nothing, and dani manages {len(inventory)} resources",
            hint="check the path; to stop managing them, set removal to forget and remove them step by step",
        )


def taken_keys(changes: Iterable[Change], observed: Observed) -> Iterator[Finding]:
    """Keys that a new or moved resource needs and another live object has."""
    changes = [change for change in changes if change.verb in (Verb.CREATE, Verb.MOVE) or change.deletes]
    holders = {
        Address(kind, suggested): Address(kind, key)
        for kind in sorted({change.address.kind for change in changes if not change.deletes})
        for suggested, key in observed.suggested(kind)
    }
    moving = {change.previous for change in changes if change.previous}
    going = {change.address for change in changes if change.deletes}
    for change in changes:
        holder = holders.get(change.address)
        free = holder is None or holder == change.address or holder in going or change.address in moving
        if change.verb in (Verb.CREATE, Verb.MOVE) and not free:
            yield Finding(
                code="key-taken",
                message=f"the live system has given this key to {holder}",
                address=change.address,
                title=change.title,
                source=change.source,
                hint="choose another key, or rename that one with moved:",
            )


def referred_to(
    changes: Iterable[Change], observed: Observed, kinds: Mapping[str, KindSpec]
) -> Iterator[tuple[Change, Finding]]:
    """Deletions of objects that others, which stay, still point at."""
    by_address = {change.address: change for change in changes}
    going = {address: change for address, change in by_address.items() if change.deletes}
    if not going:
        return
    users: dict[Address, list[Address]] = {}
    for address, other in _pointing(by_address, observed, kinds, {address.kind for address in going}):
        if other in going and address != other:
            users.setdefault(other, []).append(address)
    for address, found_users in sorted(users.items()):
        yield going[address], _referred_to(going[address], sorted(found_users))


def _pointing(
    changes: Mapping[Address, Change], observed: Observed, kinds: Mapping[str, KindSpec], targets: Collection[str]
) -> Iterator[tuple[Address, Address]]:
    """Who points at whom of ``targets`` once the changes are made, what is live by columns."""
    for address, change in changes.items():
        yield from ((address, other) for other in references(kinds[address.kind], change.after, deferred=True))
    for kind in observed.by_id:
        for field in kinds[kind].references:
            if field.references in targets:
                for key, value in observed.of(kind).column(field.name).items():
                    if value is not None and Address(kind, key) not in changes:
                        for other in value if isinstance(value, tuple) else (value,):
                            yield Address(kind, key), Address(field.references or "", other)


def _referred_to(change: Change, users: list[Address]) -> Finding:
    shown = ", ".join(map(str, users[:5])) + (f" and {len(users) - 5} more" if len(users) > 5 else "")
    return Finding(
        code="referred-to",
        message=f"can't be deleted: {shown} still {'refers' if len(users) == 1 else 'refer'} to it",
        address=change.address,
        title=change.title,
        source=change.source,
        hint="point them elsewhere first",
    )


def guards(
    changes: Iterable[Change], observed: Observed, kinds: Mapping[str, KindSpec], fingerprint: Fingerprint
) -> dict[Address, Guard]:
    """What the changes refer to and don't change, with a fingerprint of whether it is still in force."""
    changes = list(changes)
    changed = {change.address for change in changes}
    needed = {
        other
        for change in changes
        for other in references(kinds[change.address.kind], change.after, deferred=True)
        if other not in changed and other in observed.objects
    }
    return {
        address: guard_of(kinds[address.kind], observed.objects[address], fingerprint) for address in sorted(needed)
    }


def guard_of(spec: KindSpec, found: LiveObject, fingerprint: Fingerprint) -> Guard:
    """What a removal of this kind would set is what tells that the object is in force: a status, an enabled flag."""
    names = sorted({name for fields in spec.removals.values() for name in fields or ()})
    return Guard(live_id=found.id, fingerprint=fingerprint.of({name: found.fields[name] for name in names}))
