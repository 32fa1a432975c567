"""Plan -> a changed live system and a journal of it. The only place that writes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Reason
from dani_playbook.core.errors import ApplyFailed, DaniError, LiveError, PlanRefused, PlanStale, PlaybookError
from dani_playbook.core.memory import REFRESH, Entry, InventoryItem, Memory, Run, RunState
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.plan import Plan, Refresh
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.values import Secret, SecretRef, Value
from dani_playbook.engine.limits import over_now
from dani_playbook.engine.merge import Overtaken, merged
from dani_playbook.engine.plan import Planner
from dani_playbook.engine.token import Tokens, read_secret
from dani_playbook.engine.verify import Seen, look, moved_since, not_as_wanted, touched

Resolve = Callable[[SecretRef], Value]
"""Reads a secret. Raises ``LookupError`` with a sentence that says what is missing, never the secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an apply needs from outside: who reads secrets, what time it is, who wants to hear how it goes."""

    resolve: Resolve
    now: Callable[[], datetime]
    tell: Callable[[str], None] = lambda step: None


def apply(planner: Planner, plan: Plan, run: Run, around: Surroundings) -> Run:
    """Make a plan's changes happen: all of them, or none.

    Raises ``PlanRefused`` for a plan with blockers and ``PlaybookError`` for a secret that can't be read, before
    anything is written anywhere; ``PlanStale`` where a touched field moved; ``ApplyFailed`` where the live system
    refused or shows something else than what was written. In the last two cases the run stands in the journal, and
    nothing of it in the live system.
    """
    if plan.blockers:
        raise PlanRefused(
            "This plan can't be applied as it is",
            problems=[
                Problem(code=f.code, message=f.message, address=f.address, source=f.source, hint=f.hint)
                for f in plan.blockers
            ],
        )
    changes = _with_secrets(planner, plan.changes, around.resolve)
    if not changes:
        _refresh(planner, plan)
        return replace(run, state=RunState.SUCCEEDED, finished_at=around.now())
    planner.memory.begin(run)
    try:
        return _pivot(planner, replace(plan, changes=changes), run, around)
    except BaseException as error:
        with suppress(LiveError):  # a run that can't be closed now is closed by the next one
            planner.memory.fail(run.id, around.now(), _why(error))
        raise _as_failure(error) from error


def _refresh(planner: Planner, plan: Plan) -> None:
    """What nothing was planned for is only remembered, where no other run has said more about it."""
    if plan.refreshed:
        with planner.live.transaction():
            now = planner.memory.inventory({item.before.address for item in plan.refreshed})
            still = [item.after for item in plan.refreshed if now.get(item.before.address) == item.before]
            planner.memory.record((), still)


def _pivot(planner: Planner, plan: Plan, run: Run, around: Surroundings) -> Run:
    """One transaction: look, write, look again, remember."""
    live, memory, specs = planner.live, planner.memory, planner.specs
    with live.transaction():
        memory.lock(run.id)
        around.tell("checking that nothing moved")
        before = look(live, specs, touched(plan), plan.renames)
        plan, overtaken = _remembered_now(plan, memory)
        if moved := [*moved_since(plan, before, specs, planner.tokens.fingerprint), *overtaken]:
            raise PlanStale("Something moved since the plan was made", problems=in_order(moved))
        _still_within(planner, plan, around.now())
        around.tell("writing")
        ids = ids_of(plan)
        ids |= live.write(plan.changes, ids)
        around.tell("reading back")
        after = look(live, specs, written_ids(plan.changes, ids), renames_after(plan))
        if wrong := list(not_as_wanted(plan.changes, after, ids, specs)):
            raise ApplyFailed("The live system doesn't show what was written", problems=in_order(wrong))
        around.tell("writing the journal")
        entries = _entries(planner.tokens, run, plan.changes, before, after, ids)
        memory.record([*entries, *_refreshes(run, plan.refreshed, len(entries))], ())
        finished = around.now()
        memory.succeed(run.id, finished)
    return replace(run, state=RunState.SUCCEEDED, finished_at=finished)


def _still_within(planner: Planner, plan: Plan, now: datetime) -> None:
    """Other runs may have used up the day since the plan was made."""
    over = over_now(planner.limits, plan, planner.memory, now)
    if problems := [Problem(code="limit", message=message, hint=hint) for message, hint in over]:
        raise PlanRefused("Other runs have used up what one day may do", problems=problems)


def _remembered_now(plan: Plan, memory: Memory) -> tuple[Plan, list[Problem]]:
    """The plan with inventories merged with what other runs did meanwhile, and the addresses where that can't be."""
    pairs = [(change.inventory_before, change.inventory_after) for change in plan.changes]
    pairs += [(refresh.before, refresh.after) for refresh in plan.refreshed]
    now = memory.inventory({item.address for pair in pairs for item in pair if item})
    vacated = {change.previous for change in plan.changes if change.previous}
    overtaken, changes = [], []
    for change in plan.changes:
        before, after = change.inventory_before, change.inventory_after
        found = now.get(before.address) if before else None
        if before is None and after is not None and after.address not in vacated:
            found = now.get(after.address)
        try:
            after = merged(before, after, found)
        except Overtaken:
            message = "another run has changed what dani knows of it since the plan was made"
            overtaken.append(Problem(code="moved-since", message=message, address=change.address))
        changes.append(replace(change, inventory_before=found, inventory_after=after))
    refreshed = tuple(item for item in plan.refreshed if now.get(item.before.address) == item.before)
    return replace(plan, changes=tuple(changes), refreshed=refreshed), overtaken


def _with_secrets(planner: Planner, changes: Sequence[Change], resolve: Resolve) -> tuple[Change, ...]:
    """Every reference to a secret replaced by the secret; all that can't be read are named together."""
    problems: list[Problem] = []
    done = []
    for change in changes:
        fields = []
        for field in change.fields:
            if isinstance(field.after, SecretRef):
                field = _resolved(planner, change, field, resolve, problems)
            fields.append(field)
        done.append(_with_fields(change, tuple(fields)))
    if problems:
        raise PlaybookError("Secrets that this plan needs can't be read", problems=in_order(problems))
    return tuple(done)


def _with_fields(change: Change, fields: tuple[FieldChange, ...]) -> Change:
    if fields == change.fields or change.after is None:
        return change
    return replace(change, fields=fields, after={**change.after, **{f.name: f.after for f in fields if f.writes}})


def _resolved(
    planner: Planner, change: Change, field: FieldChange, resolve: Resolve, problems: list[Problem]
) -> FieldChange:
    spec = planner.specs[change.address.kind].fields[field.name]
    try:
        return replace(field, after=Secret(normalize_value(spec, resolve(field.after))))
    except LookupError as error:
        is_a_sentence = type(error) is LookupError
        message = str(error.args[0]) if is_a_sentence else f"{field.after.uri} can't be read: {type(error).__name__}"
    except ValueError:
        message = f"{field.after.uri} doesn't hold a {spec.type} as {field.name} needs it"
    problems.append(
        Problem(
            code="secret-unreadable",
            message=message,
            address=change.address,
            field=field.name,
            source=field.source,
        )
    )
    return field


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


def _entries(
    tokens: Tokens,
    run: Run,
    changes: Sequence[Change],
    before: Seen,
    after: Seen,
    ids: Mapping[Address, LiveId],
) -> list[Entry]:
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


def _refreshes(run: Run, refreshed: Sequence[Refresh], first: int) -> list[Entry]:
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


def _why(error: BaseException) -> str:
    """For the journal: our own words, or only the name of a foreign error, which may carry data."""
    if isinstance(error, DaniError):
        shown = "; ".join(f"{p.address}: {p.message}" if p.address else p.message for p in error.problems[:5])
        return f"{error.message}: {shown}" if shown else error.message
    return f"{type(error).__name__} while writing"


def _as_failure(error: BaseException) -> BaseException:
    if isinstance(error, PlanRefused | ApplyFailed):
        return error
    if isinstance(error, LiveError):
        return ApplyFailed(error.message, hint=error.hint, problems=error.problems)
    if isinstance(error, Exception):
        return ApplyFailed(
            f"A handler of the live system raised {type(error).__name__} while dani was writing",
            hint="nothing of this run is left; set DANI_DEBUG=1 to see where it came from",
        )
    return error
