"""What was written -> the journal of it, and the ids that it was written under."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Reason
from dani_playbook.core.memory import REFRESH, Entry, InventoryItem, Run
from dani_playbook.core.plan import Plan, Refresh
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.values import Value
from dani_playbook.engine.token import Tokens, read_secret
from dani_playbook.engine.verify import Seen


def ids_of(plan: Plan) -> dict[Address, LiveId]:
    """Live ids of what the plan changes and refers to; a re-created object brings the id it had."""
    known = {address: guard.live_id for address, guard in plan.guards.items()}
    return known | {change.address: change.live_id for change in plan.changes if change.live_id}


def written_ids(changes: Sequence[Change], ids: Mapping[Address, LiveId]) -> list[tuple[str, LiveId]]:
    """Kind and live id of everything that ``changes`` wrote, for reading back."""
    return [(change.address.kind, ids[change.address]) for change in changes if change.address in ids]


def renames_after(plan: Plan) -> dict[str, dict[str, str]]:
    """Moved objects carry their new key now."""
    moved = {change.address for change in plan.changes if change.previous}
    return {
        kind: {old: new for old, new in known.items() if Address(kind, new) not in moved}
        for kind, known in plan.renames.items()
    }


def entries(
    tokens: Tokens,
    run: Run,
    changes: Sequence[Change],
    before: Seen,
    after: Seen,
    ids: Mapping[Address, LiveId],
) -> list[Entry]:
    """One for each change, with what was and what is there."""
    out = []
    for position, change in enumerate(changes):
        kind, id = change.address.kind, ids.get(change.address)
        was = before.get(kind, change.live_id)
        now = after.get(kind, id)
        out.append(
            Entry(
                run=run.id,
                position=position,
                address=change.address,
                verb=change.verb.value,
                reason=change.reason.value,
                title=change.title,
                mark=change.mark,
                live_id=id,
                previous=change.previous,
                before=was.fields if was else None,
                after=now.fields if now else None,
                changed=tuple(change.written),
                deletes=change.deletes,
                inventory_before=change.inventory_before,
                inventory_after=_remembered(tokens, change, id, now.fields if now else {}),
                reasons={field.name: field.reason.value for field in change.fields},
            )
        )
    return out


def refreshes(run: Run, refreshed: Sequence[Refresh], first: int) -> list[Entry]:
    """One for each item of the inventory that only caught up; ``first`` is the position of the first one."""
    return [
        Entry(
            run=run.id,
            position=first + offset,
            address=refresh.after.address,
            verb=REFRESH,
            reason=Reason.DECLARED.value,
            title="",
            mark=None,
            live_id=refresh.after.live_id,
            previous=None,
            before=None,
            after=None,
            changed=(),
            deletes=False,
            inventory_before=refresh.before,
            inventory_after=refresh.after,
        )
        for offset, refresh in enumerate(refreshed)
    ]


def _remembered(tokens: Tokens, change: Change, id: LiveId | None, now: Mapping[str, Value]) -> InventoryItem | None:
    """The inventory's item with the live id it got, and fingerprints of the secrets that were written."""
    item = change.inventory_after
    if item is None:
        return None
    applied = dict(item.applied)
    for name in change.written:
        if secret := read_secret(applied.get(name, "")):
            applied[name] = tokens.of_secret(secret[0], now.get(name))
    return replace(item, live_id=id or item.live_id, applied=applied)
