"""Limits, protected addresses and freezes: at, below and above; and each goes red when it is taken out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.errors import PlanRefused
from dani_playbook.core.memory import RunState
from dani_playbook.core.plan import Measured, Plan
from dani_playbook.core.resource import Desired
from dani_playbook.engine import apply as engine_apply
from dani_playbook.engine import brakes
from dani_playbook.engine import limits as engine_limits
from dani_playbook.engine.limits import STANDING, Freeze, Limit, Limits
from dani_playbook.engine.removal import Policies
from tests.engine.fakes import NOW, TODAY, Bench, wanted


def person(number: int, **fields: object) -> Desired:
    key = f"u{number:03}"
    email, begun = f"{key}@a.example", "2020-01-01"
    return wanted(
        f"user.{key}", **{"email": email, "first_name": key, "status": "active", "start_date": begun} | fields
    )


def company(size: int, limits: Limits | None = None, *others: Desired, **rest: object) -> Bench:
    """So many people at work, applied long ago."""
    bench = Bench(**rest)
    bench.make(*(person(number, enabled=True) for number in range(size)), *others)
    forget_the_day(bench)
    bench.limits = limits or Limits(now=NOW)
    return bench


def forget_the_day(bench: Bench) -> None:
    """What ran so far ran two days ago."""
    old = NOW - timedelta(days=2)
    bench.memory.all = {id: replace(run, started_at=old) for id, run in bench.memory.all.items()}


def without(bench: Bench, size: int, leavers: int) -> Plan:
    """The plan that lets the first so many go."""
    return bench.plan(*(person(number, enabled=True) for number in range(leavers, size)))


def codes(plan: Plan) -> list[str]:
    return [finding.code for finding in plan.blockers]


def of(plan: Plan, measure: str) -> Measured:
    return next(item for item in plan.limits if item.measure == measure)


@pytest.mark.parametrize(
    ("size", "allowed"),
    [*enumerate([1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]), (99, 2), (100, 2), (150, 3), (1250, 25), (5000, 25)],
)
def test_leavers_are_few_and_one_is_always_possible(size: int, allowed: int) -> None:
    assert STANDING["leavers"].allowed(size) == allowed


@pytest.mark.parametrize(
    ("measure", "size", "allowed"),
    [
        ("removals", 3, 1),
        ("removals", 9, 2),
        ("removals", 10, 2),
        ("removals", 15, 3),
        ("memberships", 3, 5),
        ("memberships", 25, 5),
        ("memberships", 30, 6),
        ("field", 16, 5),
        ("field", 20, 6),
        ("creates", 5, 10),
        ("creates", 20, 10),
        ("creates", 40, 20),
    ],
)
def test_what_is_allowed_is_a_number_or_a_share(measure: str, size: int, allowed: int) -> None:
    assert STANDING[measure].allowed(size) == allowed


def test_a_ceiling_holds_and_a_configured_number_counts_in_small_companies_too() -> None:
    assert Limit(number=2, share=90, ceiling=30).allowed(1000) == 30
    assert [Limit(number=4, share=5, careful=True).allowed(size) for size in (3, 8, 9, 10)] == [1, 4, 4, 4]


@pytest.mark.parametrize("size", range(1, 13))
@pytest.mark.parametrize("beyond", [0, 1])
def test_a_plan_with_too_many_leavers_is_blocked_and_names_them(size: int, beyond: int) -> None:
    allowed = STANDING["leavers"].allowed(size)
    leavers = min(size, allowed + beyond)
    keeper = wanted("department.d", name="D")
    bench = company(size, None, keeper)
    plan = bench.plan(keeper, *(person(number, enabled=True) for number in range(leavers, size)))
    assert codes(plan) == (["limit"] if leavers > allowed else [])
    assert (of(plan, "leavers").count, of(plan, "leavers").of) == (leavers, size)


def test_the_message_has_the_numbers_the_first_five_and_how_to_raise() -> None:
    plan = without(company(40), 40, 7)
    [blocker] = plan.blockers
    assert blocker.message == (
        "7 people would leave, of 40; 2 are allowed: user.u000, user.u001, user.u002, user.u003, user.u004 and 2 more"
    )
    assert "--raise-limit leavers=7 --reason WHY" in (blocker.hint or "")


@pytest.mark.parametrize(
    "leaves", [{"status": "left", "enabled": False}, {"status": "left"}, {"status": "left", "job_title": "Gone"}]
)
def test_leavers_count_by_effect_and_not_by_name(leaves: dict[str, object]) -> None:
    bench = company(12)
    plan = bench.plan(*(person(n, **({"enabled": True} | (leaves if n < 3 else {}))) for n in range(12)))
    assert of(plan, "leavers").tripped


def test_deleted_people_are_leavers() -> None:
    bench = company(12, policies=Policies(project={"user": "delete"}))
    assert of(without(bench, 12, 3), "leavers").tripped


@pytest.mark.parametrize(("count", "tripped"), [(2, False), (3, True)])
def test_other_kinds_that_are_removed_count_by_kind(count: int, tripped: bool) -> None:
    departments = [wanted(f"department.d{number}", name=f"D {number}") for number in range(12)]
    bench = company(1, None, *departments)
    plan = bench.plan(person(0, enabled=True), *departments[count:])
    assert of(plan, "removals-department").tripped is tripped


@pytest.mark.parametrize(("lost", "tripped"), [(5, False), (6, True)])
@pytest.mark.parametrize("how", ["fewer", "deleted"])
def test_memberships_that_go_count_also_where_the_group_goes(lost: int, tripped: bool, how: str) -> None:
    people = [person(number, enabled=True) for number in range(6)]
    keys = [f"u{number:03}" for number in range(6)]
    bench = company(6, None, wanted("group.g", name="G", members=tuple(keys[:lost])))
    group = () if how == "deleted" else (wanted("group.g", name="G", members=()),)
    assert of(bench.plan(*people, *group), "memberships").tripped is tripped


@pytest.mark.parametrize(("count", "tripped"), [(5, False), (6, True)])
def test_roles_that_go_are_memberships(count: int, tripped: bool) -> None:
    bench = Bench()
    bench.make(*(person(number, roles=("admin", "employee")) for number in range(7)))
    bench.limits = Limits()
    plan = bench.plan(*(person(n, roles=("employee",) if n < count else ("admin", "employee")) for n in range(7)))
    assert of(plan, "memberships").tripped is tripped


@pytest.mark.parametrize(("count", "tripped"), [(5, False), (6, True)])
def test_one_field_of_many_people_counts_by_field(count: int, tripped: bool) -> None:
    titles = [{"job_title": "New"} if number < count else {} for number in range(12)]
    plan = company(12).plan(*(person(number, enabled=True, **fields) for number, fields in enumerate(titles)))
    assert of(plan, "field-job-title").tripped is tripped


@pytest.mark.parametrize(("live", "new", "tripped"), [(0, 40, False), (2, 10, False), (2, 11, True), (30, 16, True)])
def test_creates_count_but_not_into_an_empty_system(live: int, new: int, tripped: bool) -> None:
    bench = company(live)
    plan = bench.plan(*(person(number, enabled=True) for number in range(live + new)))
    assert of(plan, "creates-user").tripped is tripped


def test_a_rolling_day_counts_what_ran_before() -> None:
    bench = company(40)
    bench.apply(without(bench, 40, 1))
    assert not codes(without(bench, 40, 2))
    [blocker] = without(bench, 40, 3).blockers
    assert "2 people would leave, and 1 in the last 24 hours already" in blocker.message
    bench.limits = Limits(now=NOW + timedelta(hours=24))
    assert not codes(without(bench, 40, 3))


def test_a_run_that_was_taken_back_or_failed_does_not_count() -> None:
    bench = company(40)
    run = bench.apply(without(bench, 40, 2))
    assert of(without(bench, 40, 3), "leavers").earlier == 2
    bench.apply(bench.rollback(run))
    assert of(without(bench, 40, 2), "leavers").earlier == 0
    bench.memory.all = {id: replace(item, state=RunState.ROLLED_BACK) for id, item in bench.memory.all.items()}
    assert of(without(bench, 40, 2), "leavers").earlier == 0


def test_a_rollback_of_what_ran_long_ago_makes_no_room_for_leavers() -> None:
    bench = company(40)
    run = bench.apply(without(bench, 40, 2))
    forget_the_day(bench)
    bench.apply(bench.rollback(run))
    assert codes(without(bench, 40, 3)) == ["limit"]


def test_a_rollback_is_not_limited_but_a_rollback_of_it_makes_leavers_again() -> None:
    bench = company(40)
    bench.limits = Limits(now=NOW, raised={"leavers": 9}, reason="a branch closes")
    run = bench.apply(without(bench, 40, 9))
    assert bench.memory.run(run.id).reason == "a branch closes"
    bench.limits = Limits(now=NOW)
    back = bench.rollback(run)
    assert not back.blockers
    assert bench.rollback(bench.apply(back)).blockers


def test_a_first_run_can_be_taken_back_whatever_it_created() -> None:
    bench = Bench(limits=Limits(now=NOW))
    run = bench.make(*(person(number) for number in range(30)))
    assert not bench.rollback(run).blockers


@pytest.mark.parametrize(("ceiling", "blocked"), [(6, True), (7, False), (40, False)])
def test_a_raised_limit_holds_up_to_its_ceiling_and_for_its_measure(ceiling: int, blocked: bool) -> None:
    bench = company(40, Limits(raised={"leavers": ceiling}, reason="agreed"))
    plan = without(bench, 40, 7)
    assert bool(plan.blockers) is blocked
    assert plan.reason == "agreed"
    bench.limits = Limits(raised={"creates-user": 100}, reason="agreed")
    other = without(bench, 40, 7)
    assert (codes(other), other.reason) == (["limit"], "")


def test_two_plans_made_at_once_do_not_both_use_the_day() -> None:
    bench = company(40)
    keep = [person(number, enabled=True) for number in range(40)]
    one, other = bench.plan(*keep[2:]), bench.plan(*keep[:2], *keep[4:])
    bench.apply(one)
    with pytest.raises(PlanRefused, match="one day"):
        bench.apply(other)
    assert bench.live.field("user.u002", "status") == "active"


@pytest.mark.parametrize(
    ("pattern", "wants", "blocked"),
    [
        ("user.u000", None, True),
        ("user.*", None, True),
        ("user", None, True),
        ("user.u001", None, False),
        ("user.u000", {"status": "left"}, True),
        ("user.u000", {"enabled": False}, True),
        ("user.u000", {"roles": ("employee",)}, True),
        ("user.u000", {"roles": ("admin", "auditor", "employee")}, False),
        ("user.u000", {"job_title": "Chair"}, False),
    ],
)
def test_a_protected_address_keeps_its_place_and_roles(
    pattern: str, wants: dict[str, object] | None, blocked: bool
) -> None:
    bench = Bench()
    begin = {"enabled": True, "roles": ("admin", "employee")}
    bench.make(person(0, **begin), person(1, **begin))
    bench.limits = Limits(protected=(pattern,))
    plan = bench.plan(*(() if wants is None else (person(0, **begin | wants),)), person(1, **begin))
    assert codes(plan) == (["protected"] if blocked else [])


@pytest.mark.parametrize(
    ("start", "until", "only", "today", "blocked"),
    [
        (0, 1, (), None, True),
        (-1, 1, (), None, True),
        (-1, 0, (), None, False),
        (1, 2, (), None, False),
        (1, 2, (), 1, True),
        (0, 1, ("user.*",), None, True),
        (0, 1, ("group.*",), None, False),
    ],
)
def test_a_freeze_holds_from_its_first_day_until_the_first_free_one(
    start: int, until: int, only: tuple[str, ...], today: int | None, blocked: bool
) -> None:
    begins, ends = TODAY + timedelta(days=start), TODAY + timedelta(days=until)
    freeze = Freeze(start=begins, until=ends, why="payroll", only=only)
    now: date | None = None if today is None else TODAY + timedelta(days=today)
    plan = Bench(limits=Limits(freezes=(freeze,), today=now)).plan(person(0))
    assert [item.message for item in plan.blockers] == ([f"frozen until {ends}: payroll"] if blocked else [])


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 30), gone=st.sets(st.integers(0, 29)), how=st.sampled_from(["absent", "left", "missing"]))
def test_a_plan_that_passes_makes_no_more_leavers_than_allowed(size: int, gone: set[int], how: str) -> None:
    bench = company(size)
    ways: dict[str, Callable[[int], list[Desired]]] = {
        "absent": lambda n: [replace_absent(n)],
        "left": lambda n: [person(n, enabled=False, status="left")],
        "missing": lambda n: [],
    }
    wants = [item for n in range(size) for item in (ways[how](n) if n in gone else [person(n, enabled=True)])]
    plan = bench.plan(*wants)
    if not plan.blockers:
        bench.apply(plan)
        left = sum(found.fields["status"] == "left" for found in bench.live.read("user").objects.values())
        assert left <= max(1, 2, size * 2 // 100)
        assert size >= 10 or left <= max(1, size // 2)


def replace_absent(number: int) -> Desired:
    return wanted(f"user.u{number:03}", absent=True)


@pytest.mark.parametrize(
    ("module", "guard", "case"),
    [
        (engine_limits, "earlier", test_a_rolling_day_counts_what_ran_before),
        (brakes, "over", test_the_message_has_the_numbers_the_first_five_and_how_to_raise),
        (brakes, "protected", lambda: test_a_protected_address_keeps_its_place_and_roles("user", None, True)),
        (
            brakes,
            "frozen",
            lambda: test_a_freeze_holds_from_its_first_day_until_the_first_free_one(0, 1, (), None, True),
        ),
        (engine_apply, "over_now", test_two_plans_made_at_once_do_not_both_use_the_day),
    ],
)
def test_the_cases_go_red_without_the_guard(
    module: object, guard: str, case: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from collections import Counter

    nothing: object = Counter() if guard == "earlier" else ()
    monkeypatch.setattr(module, guard, lambda *arguments: nothing)
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        case()
