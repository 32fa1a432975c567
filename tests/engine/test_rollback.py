"""The way back, three-way merged with what changed since."""

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.live import Unfit
from dani_playbook.core.values import SecretRef
from dani_playbook.engine.removal import Policies
from tests.engine.fakes import Bench, wanted
from tests.engine.test_plan import lines, user


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.make(wanted("department.ops", name="Ops"), user("ada", job_title="A", department="ops"), user("bob"))
    return bench


def company(**ada: object) -> list[object]:
    fields = {"job_title": "A", "department": "ops"} | ada
    return [wanted("department.ops", name="Ops"), user("ada", **fields), user("bob")]


@pytest.mark.parametrize(
    "next_resources",
    [
        company(job_title="B", mobile="+491"),
        [*company(), user("cyd", department="ops", manager="ada"), wanted("group.g", name="g", members=("cyd",))],
        company()[:2],
        [company()[0], wanted("user.ada", absent=True), user("bob")],
        [company()[0], user("ada", department="ops"), user("bob")],
    ],
    ids=["update", "create", "remove", "absent", "release"],
)
def test_apply_and_its_rollback_leave_live_and_memory_as_before(bench: Bench, next_resources: list[object]) -> None:
    live, memory = bench.live.picture(), bench.memory.inventory()
    run = bench.make(*next_resources)
    back = bench.rollback(run)
    assert (back.skipped, back.undoes) == ((), run.id)
    bench.apply(back)
    assert (bench.live.picture(), bench.memory.inventory()) == (live, memory)
    assert lines(bench.plan(*company())) == []


def test_a_deleted_object_comes_back_as_itself(bench: Bench) -> None:
    bench.policies = Policies(project={"user": "delete"})
    live = bench.live.picture()
    run = bench.make(*company()[:2])
    assert "bob" not in [o.key for o in bench.live.read("user").objects.values()]
    bench.apply(bench.rollback(run))
    assert bench.live.picture() == live


def test_a_move_is_moved_back(bench: Bench) -> None:
    live, memory = bench.live.picture(), bench.memory.inventory()
    run = bench.make(
        company()[0],
        company()[1],
        user("rob", email="bob@a.example", first_name="Bob"),
        moves=[("user.bob", "user.rob")],
    )
    back = bench.rollback(run)
    assert lines(back) == ["> user.bob"]
    bench.apply(back)
    assert (bench.live.picture(), bench.memory.inventory()) == (live, memory)


def test_an_adoption_is_let_go_again(bench: Bench) -> None:
    bench.live.put("user.cyd", email="cyd@a.example", first_name="Cyd", job_title="Old")
    live, memory = bench.live.picture(), bench.memory.inventory()
    run = bench.make(*company(), user("cyd", job_title="New"))
    bench.apply(bench.rollback(run))
    assert (bench.live.picture(), bench.memory.inventory()) == (live, memory)


def test_what_was_changed_since_is_listed_and_left_alone(bench: Bench) -> None:
    run = bench.make(*company(job_title="B", mobile="+491"))
    bench.live.put("user.ada", job_title="C")
    back = bench.rollback(run)
    assert [(s.code, [f.name for f in s.fields]) for s in back.skipped] == [("skipped", ["job_title"])]
    bench.apply(back)
    assert bench.live.field("user.ada", "job_title") == "C"
    assert bench.live.field("user.ada", "mobile") is None


def test_drift_that_was_there_before_the_run_survives_its_rollback(bench: Bench) -> None:
    bench.live.put("user.ada", job_title="Drifted")
    run = bench.make(*company())
    assert bench.live.field("user.ada", "job_title") == "A"
    bench.apply(bench.rollback(run))
    assert bench.live.field("user.ada", "job_title") == "Drifted"


def test_a_created_object_that_somebody_works_with_stays(bench: Bench) -> None:
    run = bench.make(*company(), user("cyd"), wanted("department.new", name="New"))
    bench.live.put("user.cyd", job_title="Busy")
    bench.live.put("user.bob", department="new")
    back = bench.rollback(run)
    assert sorted(str(s.address) for s in back.skipped) == ["department.new", "user.cyd"]
    assert lines(back) == []


def test_rolling_back_a_rollback_is_a_rollback_like_any_other(bench: Bench) -> None:
    run = bench.make(*company(job_title="B"), user("cyd"))
    after = bench.live.picture()
    back = bench.apply(bench.rollback(run))
    again = bench.apply(bench.rollback(back))
    assert bench.live.picture() == after
    assert lines(bench.plan(*company(job_title="B"), user("cyd"))) == []
    assert again.undoes == back.id


def test_a_later_run_keeps_what_it_took_over(bench: Bench) -> None:
    first = bench.make(*company(job_title="B"))
    bench.make(*company(job_title="C"))
    back = bench.rollback(first)
    assert ([f.name for s in back.skipped for f in s.fields], lines(back)) == (["job_title"], [])


def test_a_secret_goes_back_to_what_it_was(bench: Bench) -> None:
    bench.secrets = {"file:a": "1.00 EUR", "file:b": "2.00 EUR"}
    bench.make(*company(salary=SecretRef("file:a")))
    live, memory = bench.live.picture(), bench.memory.inventory()
    run = bench.make(*company(salary=SecretRef("file:b")))
    bench.apply(bench.rollback(run))
    assert (bench.live.picture(), bench.memory.inventory()) == (live, memory)
    assert lines(bench.plan(*company(salary=SecretRef("file:a")))) == []


def test_an_object_that_is_gone_has_nothing_to_be_put_back(bench: Bench) -> None:
    run = bench.make(*company(job_title="B"))
    bench.live.drop("user.ada")
    back = bench.rollback(run)
    assert ([s.code for s in back.skipped], lines(back)) == (["skipped"], [])


def test_an_old_key_that_is_in_use_again_is_not_taken_back(bench: Bench) -> None:
    moved = [company()[0], company()[1], user("rob", email="bob@a.example", first_name="Bob")]
    run = bench.make(*moved, moves=[("user.bob", "user.rob")])
    bench.make(*moved, user("bob", email="bob2@a.example"))
    back = bench.rollback(run)
    assert ([str(s.address) for s in back.skipped], lines(back)) == (["user.rob"], [])


def test_references_are_taken_back_under_the_keys_that_count_then(bench: Bench) -> None:
    live, memory = bench.live.picture(), bench.memory.inventory()
    run = bench.make(
        company()[0],
        company(manager="rob")[1],
        user("rob", email="bob@a.example", first_name="Bob", department="ops"),
        wanted("group.g", name="g", members=("rob",)),
        moves=[("user.bob", "user.rob")],
    )
    bench.apply(bench.rollback(run))
    assert (bench.live.picture(), bench.memory.inventory()) == (live, memory)


def test_a_set_goes_back_item_by_item(bench: Bench) -> None:
    team = [*company(), user("cyd"), wanted("group.g", name="g", members=("ada",))]
    bench.make(*team)
    run = bench.make(*team[:-1], wanted("group.g", name="g", members=("bob",)))
    bench.live.put("group.g", members=("bob", "cyd"))
    back = bench.rollback(run)
    assert back.skipped == ()
    bench.apply(back)
    assert bench.live.field("group.g", "members") == ("ada", "cyd")


def test_somebody_whose_email_another_person_has_now_does_not_come_back(bench: Bench) -> None:
    bench.policies = Policies(project={"user": "delete"})
    run = bench.make(*company()[:2])
    bench.live.put("user.newbob", email="bob@a.example", first_name="New")
    back = bench.rollback(run)
    assert ([str(s.address) for s in back.skipped], lines(back)) == (["user.bob"], [])


def test_a_key_that_a_stranger_has_now_is_not_taken_back(bench: Bench) -> None:
    moved = [company()[0], company()[1], user("rob", email="bob@a.example", first_name="Bob")]
    run = bench.make(*moved, moves=[("user.bob", "user.rob")])
    bench.live.put("user.bob", email="stranger@a.example", first_name="S")
    back = bench.rollback(run)
    assert ([str(s.address) for s in back.skipped], lines(back)) == (["user.rob"], [])


def test_what_the_live_system_would_not_take_again_is_told_and_the_rest_goes_back(bench: Bench) -> None:
    run = bench.make(
        *[company(job_title="B", office="Oslo")[0], user("ada", job_title="B"), user("bob", office="Oslo")]
    )
    bench.live.narrow = [Unfit(Address("user", "ada"), "job_title", "several rows have this title")]
    back = bench.rollback(run)
    assert lines(back) == ["~ user.bob"]
    (left,) = back.skipped
    assert (str(left.address), left.message) == (
        "user.ada",
        "can't be put back as it was: job_title: several rows have this title",
    )
    bench.apply(back)
    assert (bench.live.field("user.bob", "office"), bench.live.field("user.ada", "job_title")) == (None, "B")
