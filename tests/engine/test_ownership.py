"""The table of ownership, field by field."""

import pytest

from dani_playbook.core.errors import PlanRefused
from dani_playbook.core.values import SecretRef, SetEdit
from tests.engine.fakes import Bench, wanted

X, Y, Z = "Engineer", "Analyst", "Director"


def person(title: str | None = None, **rest: object) -> object:
    fields = {"email": "ada@a.example", "first_name": "Ada", "employee_id": "1"} | rest
    if title:
        fields["job_title"] = title
    return wanted("user.ada", **fields)


def shown(plan: object) -> list[tuple[str, str, list[tuple[str, object, object, str]]]]:
    return [
        (c.verb.value, str(c.address), [(f.name, f.before, f.after, f.reason.value) for f in c.fields])
        for c in plan.changes
    ]


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.make(person(X))
    return bench


def test_the_same_on_all_sides_plans_nothing(bench: Bench) -> None:
    assert shown(bench.plan(person(X))) == []


def test_a_changed_playbook_is_an_update(bench: Bench) -> None:
    assert shown(bench.plan(person(Y))) == [("update", "user.ada", [("job_title", X, Y, "field_changed")])]


def test_a_changed_live_system_is_restored(bench: Bench) -> None:
    bench.live.put("user.ada", job_title=Y)
    assert shown(bench.plan(person(X))) == [("update", "user.ada", [("job_title", Y, X, "drift")])]


def test_both_changed_is_a_conflict_that_stops_an_apply(bench: Bench) -> None:
    bench.live.put("user.ada", job_title=Y)
    plan = bench.plan(person(Z))
    assert [(b.code, str(b.address)) for b in plan.blockers] == [("conflict", "user.ada")]
    with pytest.raises(PlanRefused):
        bench.apply(plan)
    assert bench.live.field("user.ada", "job_title") == Y


def test_a_conflict_that_the_playbook_wins_is_written(bench: Bench) -> None:
    bench.live.put("user.ada", job_title=Y)
    prefer = {"user.ada.job_title": "playbook"}
    bench.make(person(Z), prefer=prefer)
    assert bench.live.field("user.ada", "job_title") == Z
    assert shown(bench.plan(person(Z))) == []


def test_a_conflict_that_live_wins_stays_settled_until_a_side_moves(bench: Bench) -> None:
    bench.live.put("user.ada", job_title=Y)
    bench.make(person(Z), prefer={"user.ada.job_title": "live"})
    assert bench.live.field("user.ada", "job_title") == Y
    again = bench.plan(person(Z))
    assert (shown(again), again.blockers) == ([], ())
    assert shown(bench.plan(person("Clerk")))[0][2] == [("job_title", Y, "Clerk", "field_changed")]
    bench.live.put("user.ada", job_title="Baker")
    assert [b.code for b in bench.plan(person(Z)).blockers] == ["conflict"]


def test_both_changed_to_the_same_is_nothing_to_do_and_is_remembered(bench: Bench) -> None:
    bench.live.put("user.ada", job_title=Y)
    plan = bench.plan(person(Y))
    assert (shown(plan), len(plan.refreshed)) == ([], 1)
    bench.apply(plan)
    bench.live.put("user.ada", job_title=Z)
    assert shown(bench.plan(person(Y)))[0][2] == [("job_title", Z, Y, "drift")]


def test_a_field_that_nobody_declares_any_more_is_released_and_keeps_its_value(bench: Bench) -> None:
    plan = bench.plan(person())
    assert shown(plan) == [("release", "user.ada", [("job_title", X, X, "released")])]
    bench.apply(plan)
    assert bench.live.field("user.ada", "job_title") == X
    bench.live.put("user.ada", job_title=Y)
    assert shown(bench.plan(person())) == []


def test_a_field_that_was_never_declared_is_not_touched(bench: Bench) -> None:
    bench.live.put("user.ada", mobile="+49301234", office="Berlin")
    assert shown(bench.plan(person(X))) == []


def test_null_clears_and_omitted_does_not(bench: Bench) -> None:
    plan = bench.plan(person(job_title=None))
    assert shown(plan)[0][2] == [("job_title", X, None, "field_changed")]
    bench.apply(plan)
    assert bench.live.field("user.ada", "job_title") is None
    assert shown(bench.plan(person(job_title=None))) == []


def test_an_ignored_field_is_neither_planned_nor_released(bench: Bench) -> None:
    bench.live.put("user.ada", job_title=Y)
    assert shown(bench.plan(wanted("user.ada", ignore=("job_title",), **person(X).resource.fields))) == []


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("status", "suspended", "active"),
        ("enabled", False, True),
        ("roles", (), ("admin",)),
        ("status", "left", "active"),
    ],
)
def test_what_security_took_away_is_held_until_somebody_says_restore(field: str, before: object, after: object) -> None:
    bench = Bench()
    bench.make(person(X, **{field: after}))
    bench.live.put("user.ada", **{field: before})
    plan = bench.plan(person(X, **{field: after}))
    assert (shown(plan), [h.code for h in plan.held]) == ([], ["held"])
    bench.apply(plan)
    assert bench.live.field("user.ada", field) == before
    plan = bench.plan(person(X, **{field: after}), restore=lambda address: str(address) == "user.ada")
    assert shown(plan)[0][2] == [(field, before, after, "reactivation")]


def test_a_set_edit_names_only_its_items(bench: Bench) -> None:
    bench.live.put("user.ada", roles=("auditor", "employee"))
    edit = SetEdit(add=("manager",), remove=("auditor",))
    plan = bench.plan(person(X, roles=edit))
    assert [(f.name, f.before, f.after) for f in plan.changes[0].fields] == [
        ("roles", ("auditor", "employee"), ("employee", "manager"))
    ]
    bench.apply(plan)
    bench.live.put("user.ada", roles=("employee", "manager", "recruiter"))
    assert shown(bench.plan(person(X, roles=edit))) == []


def test_a_plain_list_is_the_whole_set(bench: Bench) -> None:
    bench.make(person(X, roles=("employee",)))
    bench.live.put("user.ada", roles=("employee", "recruiter"))
    assert [h.fields[0].after for h in bench.plan(person(X, roles=("employee",))).held] == [("employee",)]


def test_going_from_an_edit_to_a_whole_set_is_no_conflict(bench: Bench) -> None:
    bench.make(person(X, roles=SetEdit(add=("manager",))))
    bench.live.put("user.ada", roles=("employee", "manager"))
    plan = bench.plan(person(X, roles=("manager",)))
    assert (plan.blockers, shown(plan)[0][2][0][2]) == ((), ("manager",))


def test_an_immutable_field_can_not_change(bench: Bench) -> None:
    plan = bench.plan(person(X, employee_id="2"))
    assert [b.code for b in plan.blockers] == ["immutable"]


def test_what_is_only_for_creation_is_written_once_and_never_compared() -> None:
    bench = Bench(secrets={"env:FIRST": "s3cret", "env:SECOND": "0ther"})
    bench.make(person(initial_password=SecretRef("env:FIRST")))
    assert shown(bench.plan(person(initial_password=SecretRef("env:SECOND")))) == []


def test_adopting_somebody_sets_no_first_password() -> None:
    bench = Bench(secrets={"env:FIRST": "s3cret"})
    bench.live.put("user.ada", email="ada@a.example", first_name="Ada", employee_id="1")
    plan = bench.plan(person(initial_password=SecretRef("env:FIRST")))
    assert shown(plan) == [("adopt", "user.ada", [])]
