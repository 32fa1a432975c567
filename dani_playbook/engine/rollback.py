"""Journal -> a plan that goes back. There is no second way to write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding, Reason, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import PlanRefused
from dani_playbook.core.inventory import as_inventory
from dani_playbook.core.live import Live
from dani_playbook.core.memory import REFRESH, Entry, InventoryItem, Run
from dani_playbook.core.plan import Plan, Refresh
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Fields
from dani_playbook.engine.brakes import braked
from dani_playbook.engine.correlate import identity_index
from dani_playbook.engine.guard import referred_to
from dani_playbook.engine.hanging import blocked, hanging, irreversible, unfit
from dani_playbook.engine.observe import Observed, Renames, Snapshots, place, read_all, translated
from dani_playbook.engine.plan import Planner, assemble, broken, sealed
from dani_playbook.engine.predict import predicted
from dani_playbook.engine.undo import Today, undo


def make_rollback(planner: Planner, run: Run, entries: Sequence[Entry], as_of: date) -> Plan:
    """What nobody touched since goes back; what was changed since is listed in ``skipped`` and left alone.

    The before-images are what was really there, so drift that was there before the run survives. Who was purged since
    is left out. Raises ``PlanRefused`` for the run of a purge.
    """
    specs, purged = planner.specs, [entry for entry in entries if entry.purged]
    _refuse_purge(run, entries, specs)
    entries = [entry for entry in entries if not entry.purged]
    inventory, snapshots = planner.memory.inventory(), read_all(specs.values(), planner.live)
    homes = _homes(entries, inventory, snapshots)
    known = as_inventory(inventory).owners()
    for home, today in homes.items():
        known[home.kind][inventory[today].live_id] = home.key
    observed = place(specs.values(), snapshots, known)
    names = _names(homes, planner.memory.moves_since(run.id))
    entries = [_renamed(specs[entry.address.kind], entry, names) for entry in entries]
    now = Today(
        observed=observed,
        inventory=inventory,
        index=identity_index(specs.values(), observed),
        returning=frozenset(entry.address for entry in entries if entry.deletes),
        homes=homes,
    )
    carried_out = [entry for entry in reversed(entries) if entry.verb != REFRESH]
    found = [item for entry in carried_out for item in undo(specs[entry.address.kind], entry, now)]
    changes, findings = _possible(planner, [item for item in found if isinstance(item, Change)], observed)
    findings += [item for item in found if isinstance(item, Finding)]
    findings += _unreadable(purged)
    marked = [_marked(change, planner) for change in changes]
    state = DesiredState(as_of=as_of, resources={})
    findings += broken(planner, predicted(state, observed, marked, specs))
    plan = assemble(planner, marked, findings, observed, state, inventory=inventory)
    plan = braked(plan, planner.limits, observed, specs, planner.memory, undoes=run)
    return sealed(planner, replace(plan, undoes=run.id, refreshed=_refreshed_back(entries, inventory)))


def _refuse_purge(run: Run, entries: Sequence[Entry], specs: Mapping[str, KindSpec]) -> None:
    gone = [
        str(entry.address) for entry in entries if entry.reason == Reason.PURGED and specs[entry.address.kind].people
    ]
    if gone:
        raise PlanRefused(
            f"run {run.id} purged {', '.join(gone)}, and that can't be taken back",
            hint="the keys that could read what was there are destroyed; who comes back is declared anew",
        )


def _unreadable(purged: Sequence[Entry]) -> list[Finding]:
    """Each address once. What a run only remembered isn't worth a word."""
    addresses = sorted({entry.address for entry in purged if entry.verb != REFRESH})
    message = "was purged, its before-image can't be read"
    return [Finding(code="skipped", message=message, address=address) for address in addresses]


def _homes(
    entries: Sequence[Entry], inventory: Mapping[Address, InventoryItem], snapshots: Snapshots
) -> dict[Address, Address]:
    """Moves that can be made back: the object is still where the run put it, and its old address is free."""
    leaving = {(entry.address.kind, entry.live_id) for entry in entries if entry.previous}
    if not leaving:
        return {}
    holders = {
        Address(kind, key): (kind, id)
        for kind, snapshot in snapshots.items()
        for id, key in snapshot.found.suggested().items()
    } | {address: (address.kind, item.live_id) for address, item in inventory.items()}
    return {
        entry.previous: entry.address
        for entry in entries
        if entry.previous
        and entry.address in inventory
        and inventory[entry.address].live_id == entry.live_id
        and (entry.previous not in holders or holders[entry.previous] in leaving)
    }


def _names(
    homes: Mapping[Address, Address], later: Sequence[tuple[Address, Address]]
) -> Mapping[str, Mapping[str, str]]:
    """By kind: a key as the journal wrote it, and the one that counts once the way back is made."""
    names: dict[Address, Address] = {}
    for before, after in later:
        names = {key: after if now == before else now for key, now in names.items()} | {before: after}
    for home, today in homes.items():
        names = {key: home if now == today else now for key, now in names.items()} | {today: home}
    found: dict[str, dict[str, str]] = {}
    for before, after in names.items():
        found.setdefault(before.kind, {})[before.key] = after.key
    return found


def _renamed(spec: KindSpec, entry: Entry, names: Renames) -> Entry:
    def again(image: Fields | None) -> Fields | None:
        return None if image is None else translated(spec, LiveObject("", "", image), names).fields

    return replace(entry, before=again(entry.before), after=again(entry.after))


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


def _possible(planner: Planner, changes: list[Change], observed: Observed) -> tuple[list[Change], list[Finding]]:
    """Leave out deletions of what rows hang on or others have come to refer to, what only hangs on those, and what the
    live system wouldn't take again."""
    specs = planner.specs
    kept: list[Finding] = []
    found = hanging(changes, planner.live, specs)
    changes = irreversible(changes, found, planner.live, specs)
    stopping = [
        *blocked(changes, found),
        *referred_to(changes, observed, specs),
        *_unfit(changes, planner.live),
    ]
    while stopped := {change.address: finding for change, finding in stopping}:
        changes = [change for change in changes if change.address not in stopped]
        kept += [replace(finding, code="skipped", hint=None) for finding in stopped.values()]
        stopping = [*referred_to(changes, observed, specs)]
    return changes, kept


def _unfit(changes: Sequence[Change], live: Live) -> Iterator[tuple[Change, Finding]]:
    """What was there before our run, and somebody else's hand had put there, may not be writable."""
    by_address = {change.address: change for change in changes}
    for problem in unfit(changes, live):
        assert problem.address is not None
        message = f"can't be put back as it was: {problem.message}"
        yield by_address[problem.address], Finding(code="skipped", message=message, address=problem.address)
