"""What hangs on objects in the live system, what can't be read for sure, and what doesn't fit."""

from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import PlanRefused, PlaybookError
from dani_playbook.core.live import Attached, Unfit
from dani_playbook.engine.removal import Policies
from tests.engine.fakes import Bench, wanted

OPEN = Attached(what="an open contract", count=2, stops=True)


def user(key: str, **fields: Any) -> Any:
    return wanted(f"user.{key}", email=f"{key}@a.example", first_name=key.title(), **fields)


def active(key: str, **fields: Any) -> Any:
    return user(key, status="active", enabled=True, **fields)


def made(*people: str, policy: str = "delete") -> Bench:
    bench = Bench(policies=Policies(project={"user": policy}))
    bench.make(*map(active, people))
    return bench


def hang(bench: Bench, address: str, what: Attached) -> None:
    bench.live.hangs[Address.parse(address)] = [what]


def test_a_deletion_that_rows_stand_against_is_blocked() -> None:
    bench = made("ada", "bob")
    hang(bench, "user.bob", OPEN)
    plan = bench.plan(active("ada"))
    assert [(b.code, str(b.address), b.message) for b in plan.blockers] == [
        ("removal-blocked", "user.bob", "can't be deleted: an open contract (2)")
    ]


@pytest.mark.parametrize(
    ("loose", "signs"), [(("members",), [False, True]), ((), [True, True]), (("owners",), [True, True])]
)
def test_who_is_taken_out_of_a_set_whose_links_know_more_is_not_put_back(
    loose: tuple[str, ...], signs: list[bool]
) -> None:
    def groups(first: tuple[str, ...], second: tuple[str, ...]) -> list[Any]:
        return [wanted("group.a", name="a", members=first), wanted("group.b", name="b", members=second)]

    bench = Bench()
    people = [active("ada"), active("bob")]
    bench.make(*people, *groups(("ada", "bob"), ("ada",)))
    bench.live.loosely = {"group": loose}
    plan = bench.plan(*people, *groups(("ada",), ("ada", "bob")))
    assert [(str(change.address), change.reversible) for change in plan.changes] == [
        ("group.a", signs[0]),
        ("group.b", signs[1]),
    ]


def test_nobody_is_asked_where_nothing_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, asked = made("ada"), []
    monkeypatch.setattr(bench.live, "attached", lambda kind, ids: asked.append((kind, len(ids))) or {})
    assert bench.plan(active("ada", job_title="Chief"), user("bob")).changes
    assert asked == []


def test_one_question_a_kind_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, asked = made("ada", "bob", "cyd"), []
    monkeypatch.setattr(bench.live, "attached", lambda kind, ids: asked.append((kind, len(ids))) or {})
    bench.plan(active("ada"))
    assert asked == [("user", 2)]


@pytest.mark.parametrize(("also", "blockers"), [(True, ["removal-blocked"]), (False, [])])
def test_rows_may_keep_a_person_from_leaving(also: bool, blockers: list[str]) -> None:
    bench = made("ada", "bob", policy="deactivate")
    hang(bench, "user.bob", Attached(what="a loan", count=1, stops=True, stops_leaving=also))
    by_policy = bench.plan(active("ada"))
    declared = bench.plan(active("ada"), user("bob", status="left", enabled=False))
    assert [[b.code for b in plan.blockers] for plan in (by_policy, declared)] == [blockers, blockers]


def test_a_deletion_that_takes_rows_along_can_not_be_taken_back() -> None:
    bench = Bench(policies=Policies(project={"group": "delete"}))
    bench.make(wanted("group.a", name="A"), wanted("group.b", name="B"))
    hang(bench, "group.a", Attached(what="rows of org.Note", count=1))
    plan = bench.plan(wanted("group.c", name="C"))
    told = {str(change.address): change.reversible for change in plan.changes if change.deletes}
    assert told == {"group.a": False, "group.b": True}


def test_rows_that_came_since_the_plan_was_made_stop_its_apply() -> None:
    bench = made("ada", "bob")
    plan, before = bench.plan(active("ada")), bench.live.picture()
    hang(bench, "user.bob", OPEN)
    with pytest.raises(PlanRefused) as refused:
        bench.apply(plan)
    assert [item.code for item in refused.value.problems] == ["removal-blocked"]
    assert bench.live.picture() == before


def test_a_rollback_leaves_alone_what_rows_hang_on_and_what_it_refers_to() -> None:
    bench = Bench()
    run = bench.make(wanted("department.ops", name="Ops"), user("ada", department="ops"), user("bob"))
    hang(bench, "user.ada", OPEN)
    back = bench.rollback(run)
    assert sorted(str(item.address) for item in back.skipped) == ["department.ops", "user.ada"]
    assert [str(change.address) for change in back.changes] == ["user.bob"]


def test_a_declared_field_that_can_not_be_read_blocks_its_resource_alone() -> None:
    bench = made("ada", "bob")
    bench.live.doubts[Address.parse("user.ada")] = {"email": "its columns disagree"}
    plan = bench.plan(*(active(key, job_title="Chief") for key in ("ada", "bob")))
    assert [(b.code, str(b.address)) for b in plan.blockers] == [("unreadable", "user.ada")]
    assert [str(change.address) for change in plan.changes] == ["user.bob"]


def test_a_doubtful_field_that_nobody_declares_blocks_nothing() -> None:
    bench = made("ada")
    bench.live.doubts[Address.parse("user.ada")] = {"office": "its columns disagree"}
    assert bench.plan(active("ada")).blockers == ()


def test_all_that_the_live_system_can_not_take_is_told_together() -> None:
    bench = Bench()
    people = [user("ada", job_title="x"), user("bob", office="y")]
    bench.live.narrow = [
        Unfit(Address.parse("user.ada"), "job_title", "takes 40 characters"),
        Unfit(Address.parse("user.bob"), "office", "takes 30 characters"),
    ]
    with pytest.raises(PlaybookError) as refused:
        bench.plan(*people)
    assert [(item.code, str(item.address), item.field) for item in refused.value.problems] == [
        ("does-not-fit", "user.ada", "job_title"),
        ("does-not-fit", "user.bob", "office"),
    ]
