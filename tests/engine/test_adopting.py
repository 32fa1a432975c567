"""A system in use is taken over: nothing is removed by the first run, and a doubt shows all who could be meant."""

import json
from typing import Any

import pytest

from dani_playbook.core.change import Candidate
from dani_playbook.core.plan import Plan
from dani_playbook.engine.codec import pack, unpack
from dani_playbook.runner.first_run import first_run
from dani_playbook.runner.plan_document import plan_document
from tests.engine.fakes import SPECS, Bench, wanted


def user(key: str, **fields: Any) -> Any:
    return wanted(f"user.{key}", **{"email": f"{key}@a.example", "first_name": key.title(), **fields})


@pytest.fixture
def bench() -> Bench:
    return Bench()


def evidence(candidate: Candidate) -> list[tuple[str, bool]]:
    return [(item.name, item.agrees) for item in candidate.evidence]


def candidates(plan: Plan, number: int = 0) -> tuple[Candidate, ...]:
    return plan.blockers[number].candidates


def test_the_first_run_removes_nothing_even_where_somebody_is_declared_absent(bench: Bench) -> None:
    bench.live.put("user.eve", email="eve@a.example", first_name="Eve", status="active")
    bench.live.put("user.zoe", email="zoe@a.example", first_name="Zoe")
    gone = wanted("user.eve", absent=True)
    plan = bench.plan(gone, user("zoe"))
    assert [(str(change.address), change.verb) for change in plan.changes] == [("user.zoe", "adopt")]
    assert [(str(item.address), item.code) for item in plan.held] == [("user.eve", "held")]
    bench.apply(plan)
    later = bench.plan(gone, user("zoe"))
    assert [(str(change.address), change.verb) for change in later.changes] == [("user.eve", "remove")]
    assert later.held == ()


@pytest.mark.parametrize(("policy", "kind"), [("delete", "group"), ("close", "department")])
def test_no_removal_policy_takes_anything_away_in_a_first_run(bench: Bench, policy: str, kind: str) -> None:
    bench.live.put(f"{kind}.g", name="G")
    plan = bench.plan(wanted(f"{kind}.g", absent=True, name="G"))
    assert (plan.changes, [item.code for item in plan.held]) == ((), ["held"])


def test_a_first_run_says_in_a_sentence_what_it_adopts_and_leaves_alone(bench: Bench) -> None:
    for key in ("ada", "bob", "eve"):
        bench.live.put(f"user.{key}", email=f"{key}@a.example", first_name=key.title())
    bench.live.put("group.choir", name="Choir")
    plan = bench.plan(user("ada"), user("bob"))
    assert first_run(SPECS, plan) == {
        "sentence": "First run: adopts 2 people and removes nothing; "
        "1 live person and 1 live group that nobody declares are left alone.",
        "adopts": {"user": 2},
        "creates": {},
        "removes": 0,
        "left_alone": {"user": 1, "group": 1},
    }
    bench.apply(plan)
    assert first_run(SPECS, bench.plan(user("ada"), user("bob"), user("eve"))) is None


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        (["ada"], "First run: adopts 1 person and removes nothing."),
        (["ada", "new"], "First run: adopts 1 person, creates 1 person, and removes nothing."),
        (
            ["new"],
            (
                "First run: adopts nothing, creates 1 person, and removes nothing; "
                "1 live person that nobody declares is left alone."
            ),
        ),
    ],
)
def test_the_sentence_of_a_first_run_fits_what_it_does(bench: Bench, declared: list[str], sentence: str) -> None:
    bench.live.put("user.ada", email="ada@a.example", first_name="Ada")
    told = first_run(SPECS, bench.plan(*(user(key) for key in declared)))
    assert told is not None
    assert told["sentence"] == sentence


def test_nothing_is_said_of_a_first_run_on_an_empty_system(bench: Bench) -> None:
    assert first_run(SPECS, bench.plan(user("ada"))) is None


def test_two_objects_that_could_be_meant_are_shown_with_what_speaks_for_each(bench: Bench) -> None:
    jane = bench.live.put("user.jane", email="jane@a.example", employee_id="7", first_name="Jane", last_name="Doe")
    other = bench.live.put("user.x9", email="ada@a.example", employee_id="9", first_name="Ada")
    plan = bench.plan(user("ada", employee_id="7"))
    first, second = candidates(plan)
    assert (str(first.address), first.live_id, first.title) == ("user.jane", jane, "Jane Doe")
    assert evidence(first) == [("employee_id", True), ("email", False)]
    assert (str(second.address), second.live_id, second.title) == ("user.x9", other, "Ada")
    assert evidence(second) == [("employee_id", False), ("email", True)]
    assert (plan.blockers[0].title, first.source) == ("Ada", None)
    packed = pack(plan, SPECS)
    assert unpack(json.loads(b"".join(packed.pieces)), packed.hidden) == plan


def test_a_key_speaks_for_an_object_too_and_where_it_is_declared_is_told(bench: Bench) -> None:
    bench.live.put("user.ada", email="old@a.example", first_name="Ada")
    bench.live.put("user.bob", email="ada@a.example", first_name="Bob")
    plan = bench.plan(user("ada"), user("bob", email="ada@a.example", file="playbooks/bob.yaml"))
    first, second = candidates(plan)
    assert (first.same_key, evidence(first), str(first.source)) == (True, [("email", False)], "playbooks/all.yaml:1:1")
    assert (second.same_key, evidence(second), str(second.source)) == (
        False,
        [("email", True)],
        "playbooks/bob.yaml:1:1",
    )


def test_two_resources_that_claim_one_object_are_both_shown(bench: Bench) -> None:
    live = bench.live.put("user.x", email="ada@a.example", employee_id="7", first_name="Ada")
    plan = bench.plan(user("ada"), user("lovelace", employee_id="7", file="playbooks/l.yaml"))
    for number in (0, 1):
        ada, lovelace = candidates(plan, number)
        assert [str(ada.address), str(lovelace.address)] == ["user.ada", "user.lovelace"]
        assert {ada.live_id, lovelace.live_id} == {live}
        assert (evidence(ada), evidence(lovelace)) == (
            [("email", True)],
            [("employee_id", True), ("email", False)],
        )
        assert str(lovelace.source) == "playbooks/l.yaml:1:1"


def test_who_is_managed_already_is_shown_beside_who_seems_to_be_the_same(bench: Bench) -> None:
    bench.make(user("ada"))
    plan = bench.plan(user("lovelace", email="ada@a.example"), user("ada"))
    new, ada = candidates(plan)
    assert [str(new.address), str(ada.address)] == ["user.lovelace", "user.ada"]
    assert (ada.managed, ada.same_key, evidence(ada)) == (True, True, [("email", True)])


def test_a_document_shows_both_candidates_and_masks_what_is_masked(bench: Bench) -> None:
    bench.live.put("user.jane", email="jane@a.example", employee_id="7", first_name="Jane")
    bench.live.put("user.x9", email="ada@a.example", first_name="Ada")
    document = plan_document(SPECS, bench.plan(user("ada", employee_id="7")), reveal=False)
    one, other = document["blockers"][0]["candidates"]
    assert one["evidence"][1] == {
        "name": "email",
        "title": "Email",
        "class": "internal",
        "declared": "ada@a.example",
        "live": "jane@a.example",
        "agrees": False,
    }
    assert other["live_id"] == "2"
