"""Plan -> a changed live system and a journal of it. The only place that writes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import (
    ApplyFailed,
    DaniError,
    LiveError,
    LiveLocked,
    NeedsPerson,
    PlanRefused,
    PlanStale,
)
from dani_playbook.core.failpoint import failpoint
from dani_playbook.core.memory import Memory, Run, RunState
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.engine.admit import admit
from dani_playbook.engine.brakes import frozen
from dani_playbook.engine.hanging import blocked, hanging
from dani_playbook.engine.journal import entries, ids_of, refreshes, renames_after, written_ids
from dani_playbook.engine.limits import over_now
from dani_playbook.engine.merge import Overtaken, merged
from dani_playbook.engine.plan import Planner
from dani_playbook.engine.resolve import Resolve, with_secrets
from dani_playbook.engine.verify import Seen, differences, look, moved_since, not_as_wanted, touched


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an apply needs from outside: who reads secrets, what time it is, who wants to hear how it goes.

    ``today`` gives the furthest day of all offices at a moment, ``wait_s`` is how long it waits for another run.
    ``first`` and ``last`` are what else belongs into the one transaction: before anything is written, and after the
    journal was.
    """

    resolve: Resolve
    now: Callable[[], datetime]
    tell: Callable[[str], None] = lambda step: None
    today: Callable[[datetime], date] = datetime.date
    wait_s: float = 0
    first: Callable[[str], None] = lambda run: None
    last: Callable[[str], None] = lambda run: None


def apply(planner: Planner, plan: Plan, run: Run, around: Surroundings) -> Run:
    """Make a plan's changes happen: all of them, or none.

    Raises ``PlanRefused`` for a plan with blockers, ``PlaybookError`` for a secret that can't be read and
    ``LiveLocked`` where another run writes, before anything is written anywhere; ``PlanStale`` where a touched field
    moved; ``ApplyFailed`` where the live system refused or shows something else than what was written; ``LockLost``
    where another took the lock over. In the last three cases the run stands in the journal, and nothing of it in the
    live system. ``NeedsPerson`` where the commit gave no answer and nobody can be asked.
    """
    _refuse_blocked(plan)
    _admit(planner, plan, around)
    failpoint("verify.plan")
    plan = replace(plan, changes=with_secrets(planner, plan.changes, around.resolve))
    failpoint("verify.secrets")
    memory = planner.memory
    if not (plan.changes or plan.refreshed or memory.unfinished()):
        return replace(run, state=RunState.SUCCEEDED, finished_at=around.now())
    with memory.hold(run.actor, run.id if plan.changes else "", around.wait_s, around.tell):
        memory.recover()
        if plan.changes:
            return _run(planner, plan, run, around)
        _refresh(planner, plan, run, around.now())
        return replace(run, state=RunState.SUCCEEDED, finished_at=around.now())


def _refuse_blocked(plan: Plan) -> None:
    if plan.blockers:
        raise PlanRefused(
            "This plan can't be applied as it is",
            problems=[
                Problem(code=f.code, message=f.message, address=f.address, source=f.source, hint=f.hint)
                for f in plan.blockers
            ],
        )


def _admit(planner: Planner, plan: Plan, around: Surroundings) -> None:
    now = around.now()
    admit(planner, plan, now, around.today(now))


def _refresh(planner: Planner, plan: Plan, run: Run, at: datetime) -> None:
    """What nothing was planned for is only remembered, where no other run has said more about it."""
    if plan.refreshed:
        with planner.live.transaction():
            planner.memory.lock()
            now = planner.memory.inventory({item.before.address for item in plan.refreshed})
            still = [item.after for item in plan.refreshed if now.get(item.before.address) == item.before]
            planner.memory.catch_up(still, run.actor, at)
            failpoint("refresh.before_commit")


@dataclass(slots=True)
class _Commit:
    """Whether the commit was asked for: from then on only the run's row knows what became of it."""

    asked: bool = False


def _run(planner: Planner, plan: Plan, run: Run, around: Surroundings) -> Run:
    """Begin, pivot, and close what failed."""
    planner.memory.begin(run)
    commit = _Commit()
    try:
        done = _pivot(planner, plan, run, around, commit)
        failpoint("pivot.after_commit")
        _confirm(planner, run)
        return done
    except BaseException as error:
        if commit.asked and _did_succeed(planner, run) and isinstance(error, Exception):
            if isinstance(error, NeedsPerson):
                raise NeedsPerson(f"run {run.id} was carried out, but {error.message}", hint=error.hint) from error
            return replace(run, state=RunState.SUCCEEDED, finished_at=around.now())
        with suppress(LiveError):  # a run that can't be closed now is closed by the next one
            planner.memory.fail(run.id, around.now(), _why(error))
        raise _as_failure(error) from error


def _confirm(planner: Planner, run: Run) -> None:
    """A handler of the live system may end our transaction without a word; success is what a second look shows."""
    if planner.memory.run(run.id).state is not RunState.SUCCEEDED:
        raise ApplyFailed(
            "The database took back what was written",
            hint="a handler of the live system may have closed its connection",
        )


def _did_succeed(planner: Planner, run: Run) -> bool:
    """What the run's row says, after a commit that didn't say. Raises ``NeedsPerson`` where it can't be read."""
    try:
        return planner.memory.outcome(run.id) is RunState.SUCCEEDED
    except LiveError as error:
        raise NeedsPerson(
            f"run {run.id} was written, and the database didn't say whether it keeps it",
            hint=f"when the database can be reached again: dani settle {run.id} tells what became of it",
        ) from error


def _pivot(planner: Planner, plan: Plan, run: Run, around: Surroundings, commit: _Commit) -> Run:
    """One transaction: look, write, look again, remember."""
    live, memory, specs = planner.live, planner.memory, planner.specs
    failpoint("pivot.begin")
    with live.transaction():
        memory.lock()
        failpoint("pivot.after_lock")
        _admit(planner, plan, around)
        around.tell("checking that nothing moved")
        plan, before = _still_as_seen(planner, plan)
        _still_free(planner, plan)
        _still_within(planner, plan, around)
        failpoint("pivot.after_look")
        around.tell("writing")
        around.first(run.id)
        ids = ids_of(plan)
        ids |= live.write(plan.changes, ids)
        failpoint("pivot.after_rows")
        around.tell("reading back")
        after = look(live, specs, written_ids(plan.changes, ids), renames_after(plan), ids)
        if wrong := list(not_as_wanted(plan.changes, after, ids, specs)):
            raise ApplyFailed("The live system doesn't show what was written", problems=in_order(wrong))
        failpoint("pivot.after_readback")
        around.tell("writing the journal")
        done = entries(planner.tokens, run, plan.changes, before, after, ids)
        memory.record([*done, *refreshes(run, plan.refreshed, len(done))], ())
        around.last(run.id)
        failpoint("pivot.after_journal")
        finished = around.now()
        saved = plan.origin.plan_id if plan.origin and plan.origin.is_saved else None
        memory.use(plan.digest, run.id, finished, saved)
        memory.succeed(run.id, finished)
        failpoint("pivot.before_commit")
        commit.asked = True
    return replace(run, state=RunState.SUCCEEDED, finished_at=finished)


def _still_free(planner: Planner, plan: Plan) -> None:
    """Since the plan was made rows may have come to hang on what it removes. Raises ``PlanRefused``."""
    found = hanging(plan.changes, planner.live, planner.specs)
    if problems := [
        Problem(code=item.code, message=item.message, address=item.address, source=item.source, hint=item.hint)
        for _, item in blocked(plan.changes, found)
    ]:
        raise PlanRefused("Something keeps what this plan removes", problems=in_order(problems))


def _still_within(planner: Planner, plan: Plan, around: Surroundings) -> None:
    """Since the plan was made a freeze may have begun, and other runs may have used up the day."""
    now = around.now()
    if problems := [
        Problem(code=item.code, message=item.message, address=item.address, hint=item.hint)
        for item in frozen(plan.changes, planner.limits.freezes, [around.today(now)])
    ]:
        raise PlanRefused("A freeze has begun since the plan was made", problems=in_order(problems))
    over = over_now(planner.limits, plan, planner.memory, now)
    if problems := [Problem(code="limit", message=message, hint=hint) for message, hint in over]:
        raise PlanRefused("Other runs have used up what one day may do", problems=problems)


def _still_as_seen(planner: Planner, plan: Plan) -> tuple[Plan, Seen]:
    """The plan with what other runs came to know meanwhile, and what it touches as it is now. Raises ``PlanStale``."""
    before = look(planner.live, planner.specs, touched(plan), plan.renames)
    plan, overtaken = _remembered_now(plan, planner.memory)
    if moved := [*moved_since(plan, before, planner.specs, planner.tokens.fingerprint), *overtaken]:
        stale = PlanStale("Something moved since the plan was made", problems=in_order(moved))
        stale.moved = tuple(differences(plan, before))
        raise stale
    return plan, before


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


def _why(error: BaseException) -> str:
    """For the journal: our own words, or only the name of a foreign error, which may carry data."""
    if isinstance(error, DaniError):
        shown = "; ".join(f"{p.address}: {p.message}" if p.address else p.message for p in error.problems[:5])
        return f"{error.message}: {shown}" if shown else error.message
    return f"{type(error).__name__} while writing"


def _as_failure(error: BaseException) -> BaseException:
    if isinstance(error, PlanRefused | ApplyFailed | LiveLocked):
        return error
    if isinstance(error, LiveError):
        return ApplyFailed(error.message, hint=error.hint, problems=error.problems)
    if isinstance(error, Exception):
        return ApplyFailed(
            f"A handler of the live system raised {type(error).__name__} while dani was writing",
            hint="nothing of this run is left; set DANI_DEBUG=1 to see where it came from",
        )
    return error
