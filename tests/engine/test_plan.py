"""What a plan makes of whole resources: correlation, removal, moves, order, guards, digest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.plan import Refresh
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import SecretRef
from dani_playbook.core.world import World
from dani_playbook.engine.plan import sealed
from dani_playbook.engine.removal import Policies
from dani_playbook.engine.target import Selection
from tests.engine.fakes import Bench, bare_kinds, wanted


@pytest.fixture
def bench() -> Bench:
    return Bench()


def user(key: str, **fields: object) -> object:
    return wanted(f"user.{key}", **({"email": f"{key}@a.example", "first_name": key.title()} | fields))


def lines(plan: object) -> list[str]:
    return [f"{change.sign} {change.address}" for change in plan.changes]


def test_what_nobody_knows_is_created_with_the_schemas_defaults(bench: Bench) -> None:
    plan = bench.plan(wanted("department.ops", name="Operations"))
    assert lines(plan) == ["+ department.ops"]
    assert plan.changes[0].after["status"] == "active"
    bench.apply(plan)
    bench.live.put("department.ops", status="closed")
    assert lines(bench.plan(wanted("department.ops", name="Operations"))) == []


def test_a_live_object_with_the_same_key_is_adopted_not_created_twice(bench: Bench) -> None:
    bench.live.put("user.ada", email="ada@a.example", first_name="Ada", job_title="Clerk")
    plan = bench.plan(user("ada", job_title="Engineer"))
    assert lines(plan) == ["^ user.ada"]
    assert [(f.name, f.before, f.after) for f in plan.changes[0].fields] == [("job_title", "Clerk", "Engineer")]
    bench.apply(plan)
    assert lines(bench.plan(user("ada", job_title="Engineer"))) == []
    assert len(bench.live.rows["user"]) == 1


@pytest.mark.parametrize("spelling", ["Ada@A.Example", "ＡＤＡ@a.example", " ada@a.example "])
def test_a_live_object_is_recognised_by_its_email_however_it_is_written(bench: Bench, spelling: str) -> None:
    bench.live.put("user.u17", email=spelling, first_name="Ada")
    plan = bench.plan(user("ada"))
    assert lines(plan) == ["^ user.ada"]
    assert plan.changes[0].live_id == "1"


def test_references_of_others_follow_an_adopted_object_under_its_new_address(bench: Bench) -> None:
    bench.live.put("user.u17", email="ada@a.example", first_name="Ada")
    bench.live.put("user.bob", email="bob@a.example", first_name="Bob", manager="u17")
    bench.make(user("ada"), user("bob", manager="ada"))
    assert lines(bench.plan(user("ada"), user("bob", manager="ada"))) == []
    assert bench.live.field("user.bob", "manager") == "u17"


def test_two_live_objects_that_could_be_meant_are_disputed(bench: Bench) -> None:
    bench.live.put("user.ada", email="old@a.example", first_name="Ada")
    bench.live.put("user.u18", email="ada@a.example", first_name="Ada")
    plan = bench.plan(user("ada"))
    assert [(b.code, lines(plan)) for b in plan.blockers] == [("disputed", [])]
    assert "user.ada" in plan.blockers[0].message
    assert "user.u18" in plan.blockers[0].message


def test_two_resources_that_mean_one_live_object_are_disputed(bench: Bench) -> None:
    bench.live.put("user.x", email="ada@a.example", employee_id="7", first_name="Ada")
    plan = bench.plan(user("ada"), user("lovelace", employee_id="7"))
    assert [str(b.address) for b in plan.blockers] == ["user.ada", "user.lovelace"]


def test_a_new_key_for_somebody_who_is_managed_asks_for_a_move(bench: Bench) -> None:
    bench.make(user("ada"))
    plan = bench.plan(user("lovelace", email="ada@a.example"), user("ada"))
    assert [b.code for b in plan.blockers] == ["disputed"]
    assert "moved:" in (plan.blockers[0].hint or "")


def test_a_move_keeps_the_live_object_and_its_history(bench: Bench) -> None:
    bench.make(user("ada"), user("bob", manager="ada"))
    plan = bench.plan(
        user("lovelace", email="ada@a.example", first_name="Ada"),
        user("bob", manager="lovelace"),
        moves=[("user.ada", "user.lovelace")],
    )
    assert lines(plan) == ["> user.lovelace"]
    bench.apply(plan)
    assert bench.live.field("user.bob", "manager") == "lovelace"
    again = bench.plan(
        user("lovelace", email="ada@a.example", first_name="Ada"),
        user("bob", manager="lovelace"),
        moves=[("user.ada", "user.lovelace")],
    )
    assert (lines(again), again.blockers) == ([], ())


def test_a_key_that_was_moved_away_can_be_given_to_somebody_new(bench: Bench) -> None:
    bench.make(user("ada"))
    bench.make(
        user("lovelace", email="ada@a.example", first_name="Ada"),
        user("ada", email="ada2@a.example"),
        moves=[("user.ada", "user.lovelace")],
    )
    assert sorted(o.key for o in bench.live.read("user").objects.values()) == ["ada", "lovelace"]


def test_a_move_onto_an_address_in_use_is_refused(bench: Bench) -> None:
    bench.make(user("ada"), user("bob"))
    plan = bench.plan(user("bob"), moves=[("user.ada", "user.bob")])
    assert "move-occupied" in [b.code for b in plan.blockers]


@pytest.mark.parametrize(
    ("address", "fields", "sign", "after"),
    [
        ("user.ada", {"email": "a@a.example", "first_name": "A", "status": "active"}, "-", {"status": "left"}),
        ("job.dev", {"title": "Dev", "status": "open"}, "-", {"status": "closed"}),
        ("schedule.daily", {"name": "Daily", "enabled": True}, "-", {"enabled": False}),
        ("department.ops", {"name": "Ops", "status": "active"}, "-", {"status": "closed"}),
        ("setting.x", {"name": "x", "value": 1}, "-", None),
        ("group.g", {"name": "g"}, "-", None),
    ],
)
def test_what_left_the_playbooks_is_removed_as_its_kind_says(
    bench: Bench, address: str, fields: dict[str, object], sign: str, after: dict[str, object] | None
) -> None:
    bench.make(wanted(address, **fields), user("zoe"))
    plan = bench.plan(user("zoe"))
    assert lines(plan) == [f"{sign} {address}"]
    bench.apply(plan)
    for name, value in (after or {}).items():
        assert bench.live.field(address, name) == value
    assert bool(bench.live.rows[address.split(".", maxsplit=1)[0]]) is (after is not None) or address.startswith("user")
    assert lines(bench.plan(user("zoe"))) == []


def test_a_project_can_choose_to_forget(bench: Bench) -> None:
    bench.policies = Policies(project={"user": "forget"})
    bench.make(user("ada", status="active"), user("zoe"))
    plan = bench.plan(user("zoe"))
    assert lines(plan) == ["= user.ada"]
    bench.apply(plan)
    assert bench.live.field("user.ada", "status") == "active"


def test_a_resource_that_was_never_managed_is_never_removed(bench: Bench) -> None:
    bench.live.put("user.stranger", email="s@a.example", first_name="S")
    bench.make(user("ada"))
    plan = bench.plan(user("ada"))
    assert (lines(plan), plan.unmanaged) == ([], {"user": 1})


def test_what_is_declared_absent_and_is_not_there_is_as_wanted(bench: Bench) -> None:
    gone = wanted("user.ada", absent=True)
    assert lines(bench.plan(gone, user("zoe"))) == ["+ user.zoe"]
    bench.make(user("ada", status="active"), user("zoe"))
    assert lines(bench.plan(gone, user("zoe"))) == ["- user.ada"]
    bench.make(gone, user("zoe"))
    assert lines(bench.plan(gone, user("zoe"))) == []


def test_files_read_in_part_remove_only_what_they_declared(bench: Bench) -> None:
    here = {"file": "playbooks/here/a.yaml"}
    bench.make(user("ada", **here), user("bob", file="playbooks/there/b.yaml"), user("cyd", **here))
    plan = bench.plan(user("cyd", **here), whole=False, covered=("playbooks/here",))
    assert lines(plan) == ["- user.ada"]


def test_playbooks_that_declare_nothing_are_refused_where_something_is_managed(bench: Bench) -> None:
    bench.make(user("ada"))
    assert "empty-source" in [b.code for b in bench.plan().blockers]
    assert Bench().plan().blockers == ()


def test_a_protected_resource_is_not_removed_even_when_its_file_is_gone(bench: Bench) -> None:
    bench.make(user("ada", protect=True), user("zoe"))
    plan = bench.plan(user("zoe"))
    assert ([b.code for b in plan.blockers], lines(plan)) == (["protected"], [])


def test_an_object_that_was_deleted_outside_is_created_again(bench: Bench) -> None:
    group = wanted("group.g", name="g")
    bench.make(group)
    bench.live.drop("group.g")
    plan = bench.plan(group)
    assert (lines(plan), plan.changes[0].reason.value) == (["+ group.g"], "drift")
    bench.apply(plan)
    assert lines(bench.plan(group)) == []


def test_a_person_who_was_deleted_outside_is_not_brought_back_without_a_yes(bench: Bench) -> None:
    bench.make(user("ada"))
    bench.live.drop("user.ada")
    plan = bench.plan(user("ada"))
    assert (lines(plan), [h.code for h in plan.held]) == ([], ["held"])
    with pytest.raises(PlaybookError) as caught:
        bench.plan(user("ada"), user("bob", manager="ada"))
    assert "--restore user.ada" in caught.value.problems[0].message
    again = bench.plan(user("ada"), user("bob", manager="ada"), restore=lambda address: True)
    assert lines(again) == ["+ user.ada", "+ user.bob"]
    bench.apply(again)
    assert lines(bench.plan(user("ada"), user("bob", manager="ada"))) == []


def test_somebody_else_under_a_managed_key_is_a_doubt(bench: Bench) -> None:
    bench.make(user("ada"))
    bench.live.drop("user.ada")
    bench.live.put("user.ada", email="zoe@a.example", first_name="Zoe")
    bench.live.put("user.u18", email="Ada@a.example", first_name="Ada")
    (doubt,) = bench.plan(user("ada")).blockers
    assert doubt.code == "disputed"
    assert [
        (str(one.address), one.live_id, one.title, one.same_key, one.managed, [item.agrees for item in one.evidence])
        for one in doubt.candidates
    ] == [("user.ada", "2", "Zoe", True, False, [False]), ("user.u18", "3", "Ada", False, False, [True])]


def test_what_is_absent_is_found_by_its_identity_too(bench: Bench) -> None:
    bench.live.put("user.other", email="eve@a.example", first_name="Eve", status="active")
    bench.make(user("zoe"))
    plan = bench.plan(wanted("user.eve", absent=True, email="eve@a.example"), user("zoe"))
    assert lines(plan) == ["- user.eve"]


def test_a_part_of_a_plan_must_keep_the_rules_too(bench: Bench) -> None:
    def no_bobs(world: World) -> Iterator[Problem]:
        for key, fields in world.of("user").items():
            if fields["job_title"] == "Bob" and fields["office"] is None:
                yield world.problem("no-bobs", "a Bob needs an office", Address("user", key))

    kinds = bare_kinds()
    bench.kinds = {**kinds, "user": replace(kinds["user"], rules=(no_bobs,))}
    bench.make(user("ada", job_title="Bob", office="Berlin"), wanted("department.d", name="D"))
    bench.live.put("user.ada", job_title="Ada", office=None)
    company = [user("ada", job_title="Bob", office="Berlin"), wanted("department.d", name="D", location="X")]
    plan = bench.plan(*company, selection=Selection(targets=("department.d",)))
    assert (lines(plan), plan.blockers) == (["~ department.d"], ())


@pytest.mark.parametrize(
    ("one", "other"), [(True, 1), (0, False), ((1,), (True,)), ({"a": 1}, {"a": True}), ("1", 1), ((1, 2), (2, 1))]
)
def test_values_that_only_python_takes_for_equal_are_different(bench: Bench, one: object, other: object) -> None:
    bench.make(wanted("setting.s", name="s", value=one))
    plan = bench.plan(wanted("setting.s", name="s", value=other))
    assert lines(plan) == ["~ setting.s"]
    bench.apply(plan)
    assert lines(bench.plan(wanted("setting.s", name="s", value=other))) == []


@pytest.mark.parametrize("value", [{"add": True}, {"kept": 1}, {"ref": "x", "seen": "y"}, {"secret": "x"}, "edit:{}"])
def test_data_that_looks_like_our_own_marks_is_data(bench: Bench, value: object) -> None:
    setting = wanted("setting.s", name="s", value=value)
    bench.make(setting)
    assert lines(bench.plan(setting)) == []
    assert bench.plan(wanted("setting.s", name="s", value="x")).blockers == ()


def test_what_is_referred_to_comes_first_and_goes_last(bench: Bench) -> None:
    company = [
        user("ada", department="ops", manager="zoe"),
        user("zoe", department="ops"),
        wanted("department.ops", name="Ops", head="ada", parent="all"),
        wanted("department.all", name="All"),
        wanted("group.g", name="g", members=("ada",)),
    ]
    plan = bench.plan(*company)
    assert lines(plan) == ["+ department.all", "+ department.ops", "+ user.zoe", "+ user.ada", "+ group.g"]
    bench.apply(plan)
    gone = bench.plan(company[3])
    assert lines(gone) == ["- group.g", "- user.ada", "- user.zoe", "- department.ops"]


def test_an_unknown_reference_names_the_one_that_was_meant(bench: Bench) -> None:
    with pytest.raises(PlaybookError) as caught:
        bench.plan(wanted("department.engineering", name="E"), user("ada", department="enginering"))
    problem = caught.value.problems[0]
    assert (problem.code, problem.field) == ("unknown-reference", "department")
    assert 'did you mean "engineering"?' in problem.message


def test_a_reference_to_a_live_object_that_nobody_declares_is_fine(bench: Bench) -> None:
    bench.live.put("department.ops", name="Ops")
    assert lines(bench.plan(user("ada", department="ops"))) == ["+ user.ada"]


def test_a_reference_to_what_this_plan_deletes_is_a_problem(bench: Bench) -> None:
    bench.policies = Policies(project={"department": "delete"})
    bench.make(wanted("department.ops", name="Ops"), user("ada", department="ops"))
    with pytest.raises(PlaybookError) as caught:
        bench.plan(user("ada", department="ops"))
    assert [p.code for p in caught.value.problems] == ["reference-to-removed"]


def test_a_deletion_that_strangers_refer_to_is_blocked(bench: Bench) -> None:
    bench.policies = Policies(project={"department": "delete"})
    bench.make(wanted("department.ops", name="Ops"), user("zoe"))
    bench.live.put("user.stranger", email="s@a.example", first_name="S", department="ops")
    plan = bench.plan(user("zoe"))
    assert [(b.code, str(b.address)) for b in plan.blockers] == [("referred-to", "department.ops")]


def test_a_key_that_a_live_object_has_is_not_given_away(bench: Bench) -> None:
    bench.live.put("user.u17", email="ada@a.example", first_name="Ada")
    bench.make(user("ada"))
    plan = bench.plan(user("ada"), user("u17", email="other@a.example"))
    assert [(b.code, str(b.address)) for b in plan.blockers] == [("key-taken", "user.u17")]


def test_an_email_that_somebody_gives_up_in_the_same_plan_may_be_given_on(bench: Bench) -> None:
    bench.make(user("ada"))
    plan = bench.plan(user("ada", email="lovelace@a.example"), user("bob", email="ada@a.example"))
    assert (sorted(lines(plan)), plan.blockers) == (["+ user.bob", "~ user.ada"], ())
    bench.apply(plan)


def test_a_target_brings_what_it_needs_and_says_that_it_is_not_all(bench: Bench) -> None:
    company = [
        wanted("department.ops", name="Ops"),
        user("zoe", department="ops"),
        user("ada", department="ops", manager="zoe"),
        user("bob"),
    ]
    plan = bench.plan(*company, selection=Selection(targets=("user.ada",)))
    assert (lines(plan), plan.complete) == (["+ department.ops", "+ user.zoe", "+ user.ada"], False)
    plan = bench.plan(*company, selection=Selection(excludes=("user.zoe",)))
    assert (lines(plan), plan.complete) == (["+ department.ops", "+ user.bob"], False)
    assert bench.plan(*company, selection=Selection(targets=("*",))).complete


def test_a_dated_field_says_since_when_it_is_due(bench: Bench) -> None:
    bench.make(user("ada", job_title="A"))
    since = {"job_title": date(2026, 11, 20)}
    change = bench.plan(user("ada", job_title="B", since=since)).changes[0]
    assert (change.reason.value, change.fields[0].since) == ("due", date(2026, 11, 20))
    late = bench.plan(user("ada", job_title="B", since=since), last_as_of=date(2026, 11, 21)).changes[0]
    assert late.reason.value == "correction"


def test_a_nested_value_shows_what_changed_inside(bench: Bench) -> None:
    stages = ({"key": "new", "name": "New", "type": "applied"}, {"key": "end", "name": "End", "type": "hired"})
    bench.make(wanted("job.dev", title="Dev", stages=stages))
    changed = (stages[0], {**stages[1], "name": "Hired"})
    nested = bench.plan(wanted("job.dev", title="Dev", stages=changed)).changes[0].fields[0].nested
    assert [(n.path, n.before, n.after) for n in nested] == [("[1].name", "End", "Hired")]


def test_the_digest_depends_on_what_is_done_and_not_on_where_it_is_written(bench: Bench) -> None:
    one = bench.plan(user("ada"), user("bob"))
    assert one.digest == bench.plan(user("bob", file="x.yaml"), user("ada")).digest
    assert one.digest != bench.plan(user("ada"), user("bob", last_name="B")).digest
    assert one.digest != bench.plan(user("ada")).digest


def test_the_digest_of_the_same_changes_is_the_same_on_another_day(bench: Bench) -> None:
    plan = bench.plan(user("ada"))
    assert sealed(bench.planner, replace(plan, as_of=plan.as_of + timedelta(days=1))).digest == plan.digest
    assert sealed(bench.planner, replace(plan, reason="so there")).digest != plan.digest


def test_the_digest_tells_what_is_owned_and_protected_from_now_on(bench: Bench) -> None:
    bench.make(user("ada"), user("bob"))
    plan = bench.plan(user("ada", last_name="A"), user("bob"))
    after = plan.changes[0].inventory_after
    for other in (replace(after, protect=True), replace(after, applied={"email": "x"})):
        changed = replace(plan, changes=(replace(plan.changes[0], inventory_after=other),))
        assert sealed(bench.planner, changed).digest != plan.digest
        freed = replace(plan, refreshed=(Refresh(before=after, after=other),))
        assert sealed(bench.planner, freed).digest != plan.digest


def test_the_digest_tells_masked_values_apart(bench: Bench) -> None:
    assert bench.plan(user("ada", mobile="+491")).digest != bench.plan(user("ada", mobile="+492")).digest


def test_a_secret_is_compared_by_its_reference_only(bench: Bench) -> None:
    bench.secrets = {"file:a": "54000.00 EUR", "file:b": "1.00 EUR"}
    paid = user("ada", salary=SecretRef("file:a"))
    bench.make(paid)
    assert bench.live.field("user.ada", "salary").reveal() == {"currency": "EUR", "minor": 5400000}
    bench.secrets["file:a"] = "60000.00 EUR"
    assert lines(bench.plan(paid)) == []
    assert lines(bench.plan(user("ada", salary=SecretRef("file:b")))) == ["~ user.ada"]
    bench.live.put("user.ada", salary="1.00 EUR")
    assert bench.plan(paid).changes[0].reason.value == "drift"


def test_planning_reads_each_kind_once_and_writes_nothing(bench: Bench) -> None:
    bench.make(user("ada"))
    before = bench.live.picture()
    bench.live.reads.clear()
    bench.plan(user("ada", job_title="X"), *[user(f"u{n}") for n in range(50)])
    assert sorted(bench.live.reads) == sorted(bench.planner.specs)
    assert bench.live.picture() == before


def test_a_plan_is_the_same_however_its_resources_are_shuffled(bench: Bench) -> None:
    plan = bench.plan(*[user(f"u{n}", manager=f"u{n - 1}" if n else None) for n in range(20)])
    other = bench.plan(*[user(f"u{n}", manager=f"u{n - 1}" if n else None) for n in reversed(range(20))])
    assert replace(plan) == replace(other)


@pytest.mark.parametrize("value", [0, False, "", (), (1, None)])
def test_a_falsy_value_is_a_value_like_any_other(bench: Bench, value: object) -> None:
    setting = wanted("setting.s", name="s", value=value or ({} if value == "" else value))
    bench.make(setting)
    assert lines(bench.plan(setting)) == []


def test_a_new_resource_needs_what_its_kind_needs_and_an_adopted_one_has_it(bench: Bench) -> None:
    part = wanted("user.ada", email="ada@a.example")
    with pytest.raises(PlaybookError) as caught:
        bench.plan(part)
    assert [(p.code, p.field) for p in caught.value.problems] == [("missing-field", "first_name")]
    bench.live.put("user.ada", email="ada@a.example", first_name="Ada")
    assert lines(bench.plan(part)) == ["^ user.ada"]


def test_a_digest_stays_the_same_from_version_to_version(bench: Bench) -> None:
    bench.live.put("user.bo", email="bo@a.example", first_name="Bo", mobile="+4917")
    ops = wanted("department.ops", name="Operations", headcount_limit=3)
    first = bench.plan(ops, user("ada", mobile="+49", roles=("employee",), home_address={"city": "Köln"}), user("bo"))
    bench.apply(first)
    second = bench.plan(ops, user("ada", enabled=False, home_address=None))
    assert lines(first) == ["+ department.ops", "+ user.ada", "^ user.bo"]
    assert [plan.digest for plan in (first, second)] == [
        "183341ea96bb688bbba6c51fd63822ca65cb67b5fee7e27cc55db9ceda41c95c",
        "0216ece5b5a49ee7a137585112da3b6b7c1defd495ece698a2786919e2addf9e",
    ]
