"""All or nothing, seen from the engine."""

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import ApplyFailed, PlanStale, PlaybookError
from dani_playbook.core.memory import RunState
from dani_playbook.core.values import SecretRef
from tests.engine.fakes import Bench, wanted
from tests.engine.test_plan import lines, user


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.make(wanted("department.ops", name="Ops"), user("ada", department="ops"), user("bob"))
    return bench


def company(**ada: object) -> list[object]:
    return [wanted("department.ops", name="Ops"), user("ada", department="ops", **ada), user("bob")]


def test_a_refused_write_leaves_everything_as_it_was_and_a_record(bench: Bench) -> None:
    before = bench.live.picture()
    plan = bench.plan(*company(job_title="X"), user("cyd"))
    bench.live.fail_on = Address("user", "cyd")
    with pytest.raises(ApplyFailed) as caught:
        bench.apply(plan)
    assert (bench.live.picture(), caught.value.exit_code) == (before, 8)
    assert bench.memory.runs()[0].state is RunState.ROLLED_BACK
    assert bench.memory.entries(bench.memory.runs()[0].id) == ()


def test_a_write_that_did_not_happen_is_found_by_reading_back(bench: Bench) -> None:
    before = bench.live.picture()
    plan = bench.plan(*company(job_title="X"))
    bench.live.lie_about = Address("user", "ada")
    with pytest.raises(ApplyFailed) as caught:
        bench.apply(plan)
    assert [p.code for p in caught.value.problems] == ["read-back-differs"]
    assert bench.live.picture() == before


@pytest.mark.parametrize(
    "move",
    [
        lambda live: live.put("user.ada", job_title="Y"),
        lambda live: live.drop("user.ada"),
        lambda live: live.put("department.ops", status="closed"),
    ],
    ids=["a touched field", "the object", "a guard"],
)
def test_a_plan_is_stale_when_what_it_touches_or_relies_on_moved(bench: Bench, move: object) -> None:
    plan = bench.plan(*company(job_title="X"))
    move(bench.live)
    before = bench.live.picture()
    with pytest.raises(PlanStale) as caught:
        bench.apply(plan)
    assert (caught.value.exit_code, bench.live.picture()) == (6, before)


def test_an_untouched_neighbour_may_move(bench: Bench) -> None:
    plan = bench.plan(*company(job_title="X"))
    bench.live.put("user.ada", office="Berlin")
    bench.live.put("user.bob", job_title="Z")
    bench.live.put("department.ops", location="Berlin")
    bench.apply(plan)
    assert bench.live.field("user.ada", "job_title") == "X"
    assert bench.live.field("user.ada", "office") == "Berlin"


def test_what_is_already_as_wanted_is_no_reason_to_stop(bench: Bench) -> None:
    plan = bench.plan(*company(job_title="X"))
    bench.live.put("user.ada", job_title="X")
    assert bench.apply(plan).state is RunState.SUCCEEDED


def test_secrets_that_can_not_be_read_are_named_together_before_anything_is_written(bench: Bench) -> None:
    plan = bench.plan(*company(salary=SecretRef("env:A"), birth_date=SecretRef("env:B")))
    with pytest.raises(PlaybookError) as caught:
        bench.apply(plan)
    assert [p.code for p in caught.value.problems] == ["secret-unreadable"] * 2
    assert len(bench.memory.runs()) == 1


def test_a_secret_of_the_wrong_shape_is_refused_without_showing_it(bench: Bench) -> None:
    bench.secrets["env:A"] = "a lot"
    with pytest.raises(PlaybookError) as caught:
        bench.apply(bench.plan(*company(salary=SecretRef("env:A"))))
    assert "a lot" not in caught.value.problems[0].message


def test_a_plan_without_changes_makes_no_run(bench: Bench) -> None:
    bench.apply(bench.plan(*company()))
    assert len(bench.memory.runs()) == 1


def test_entries_hold_what_was_really_there(bench: Bench) -> None:
    plan = bench.plan(*company(job_title="X"))
    bench.live.put("user.ada", office="Berlin")
    run = bench.apply(plan)
    (entry,) = bench.memory.entries(run.id)
    assert (entry.before["office"], entry.after["office"], entry.changed) == ("Berlin", "Berlin", ("job_title",))
    assert lines(bench.plan(*company(job_title="X"))) == []


def test_what_another_run_came_to_own_meanwhile_is_kept(bench: Bench) -> None:
    slow = bench.plan(*company(job_title="X"))
    bench.make(*company(office="Berlin"))
    bench.apply(slow)
    assert {"job_title", "office"} <= set(bench.memory.inventory()[Address("user", "ada")].applied)


def test_a_plan_is_stale_when_another_run_let_the_object_go(bench: Bench) -> None:
    slow = bench.plan(*company(job_title="X"))
    bench.memory.items.pop(Address("user", "ada"))
    with pytest.raises(PlanStale):
        bench.apply(slow)
