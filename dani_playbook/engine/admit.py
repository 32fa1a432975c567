"""May this plan be applied now? Everything that was true of the world when it was made is asked again."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from dani_playbook.core.approval import SKEW, Authors, Demand
from dani_playbook.core.errors import PlanRefused, PlanStale
from dani_playbook.core.origin import Origin, Standing
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.engine.approve import demands, not_approved, with_given
from dani_playbook.engine.plan import Planner

_AGAIN = "make the plan again: dani plan --out FILE"


def admit(planner: Planner, plan: Plan, now: datetime, today: date) -> None:
    """Asked before anything happens, and again where the lock is held.

    Raises ``PlanStale`` where the plan's time is over, and ``PlanRefused`` where an approval is missing. ``today`` is
    the furthest day of all offices.
    """
    if gone := list(not_admitted(plan, standing(planner, plan, now, today))):
        raise PlanStale("This plan can't be applied any more", problems=in_order(gone))
    if missing := unapproved(planner, plan, now):
        raise PlanRefused("This plan isn't approved", problems=in_order(missing))


def unapproved(planner: Planner, plan: Plan, now: datetime) -> list[Problem]:
    """The approvals that are missing. Where the policy asks for none, nothing is looked up."""
    wanted = demanded(planner, plan, now)
    if not wanted or is_first(planner, wanted):
        return []
    return list(not_approved(wanted, plan.origin.authors if plan.origin else Authors()))


def demanded(planner: Planner, plan: Plan, now: datetime) -> tuple[Demand, ...]:
    """What the policy asks for this plan, and who has said yes. No query where it asks for nothing."""
    wanted = asked(planner, plan)
    given = planner.memory.approvals(plan.digest) if wanted else ()
    accounts = planner.accounts({item.approver for item in given}) if given else {}
    return with_given(wanted, given, accounts, plan, planner.specs, now)


def asked(planner: Planner, plan: Plan) -> tuple[Demand, ...]:
    """What the policy asks for this plan, worked out once a digest: it covers everything that rules ask after."""
    if plan.digest not in planner.asked:
        planner.asked[plan.digest] = demands(plan, planner.policy, planner.specs)
    return planner.asked[plan.digest]


def is_first(planner: Planner, wanted: Sequence[Demand]) -> bool:
    """Whether nobody could say yes yet: no run has made anybody who has one of the roles. Then the operator's is enough."""
    roles = {role for item in wanted for role in item.rule.roles}
    return bool(wanted) and planner.memory.serial() == 0 and not planner.can_approve(roles)


def standing(planner: Planner, plan: Plan, now: datetime, today: date) -> Standing:
    """What holds at ``now``. At most three queries."""
    memory, origin = planner.memory, plan.origin
    return Standing(
        at=now,
        today=today,
        identity=planner.live.identity,
        serial=memory.serial(),
        mac=memory.mac_at(origin.head.number) if origin else "",
        settings=planner.settings,
        is_used=bool(origin and memory.is_used(origin.plan_id)),
    )


def not_admitted(plan: Plan, now: Standing) -> Iterator[Problem]:
    """Every reason why the plan's time is over; none where it may go on to be compared with what is live."""
    origin = plan.origin
    if plan.live_identity != now.identity:
        yield _gone("other-system", "it was made for another live system", "look at database: in dani.yaml, and --env")
        return
    if origin is None or not origin.is_saved:
        return
    yield from _by_history(origin, now)
    yield from _by_time(plan, origin, now)
    if now.settings != origin.settings:
        yield _gone("other-settings", "dani.yaml says something else than when it was made", _AGAIN)


def _by_history(origin: Origin, now: Standing) -> Iterator[Problem]:
    if now.is_used:
        yield _gone("used", "it was applied already, and a saved plan is used once", "dani runs shows that run")
    if now.serial < origin.serial or now.mac != origin.head.mac:
        yield _gone(
            "restored",
            "the database was put back to an older state since it was made",
            "find out why; then make the plan again",
        )


def _by_time(plan: Plan, origin: Origin, now: Standing) -> Iterator[Problem]:
    if now.at >= origin.expires_at:
        yield _gone("expired", f"it expired at {origin.expires_at:%Y-%m-%d %H:%M} UTC", _AGAIN)
    if now.at < origin.made_at - SKEW:
        yield _gone("clock", "it comes from the future", "look at the clocks of both machines")
    if origin.crosses and now.today >= origin.crosses:
        yield _gone(
            "date-crossed",
            f"it was made as of {plan.as_of.isoformat()}, and from {origin.crosses.isoformat()} on something else holds",
            _AGAIN,
        )


def _gone(code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, message=message, hint=hint)
