"""Writing: every field there and back, in the order in which nothing is in the way."""

from collections.abc import Mapping
from typing import Any

import pytest

from dani_playbook.core.change import Verb
from dani_playbook.core.errors import LiveError
from dani_playbook.core.values import Secret
from tests.live.changes import change, create, delete, ids, keys, move, read_in_every_way, show, update, write

EVERYTHING: Mapping[str, Mapping[str, Any]] = {
    "department.ops": {
        "code": "OPS",
        "company": "Nordwind",
        "parent": "root",
        "head": "anna",
        "cost_center": "4711",
        "location": "Köln",
        "headcount_limit": 12,
    },
    "user.jo": {
        "employee_id": "E-7",
        "personal_email": "jo@home.example",
        "username": "jo",
        "preferred_name": "Jo",
        "display_name": "Jo Example",
        "department": "root",
        "job_title": "Engineer",
        "job": "dev",
        "manager": "anna",
        "employment_type": "full_time",
        "enabled": False,
        "start_date": "2026-12-01",
        "end_date": "2027-12-01",
        "end_reason": "resignation",
        "original_start_date": "2020-01-01",
        "spells": ({"from": "2020-01-01", "to": "2021-01-01"},),
        "probation_end": "2027-03-01",
        "company": "Nordwind",
        "office": "Berlin",
        "cost_center": "4711",
        "work_phone": "+493012345",
        "mobile": "+4917012345",
        "roles": ("employee", "manager"),
        "usage_location": "DE",
        "locale": "de-DE",
        "time_zone": "Europe/Berlin",
        "salary": Secret({"currency": "EUR", "minor": 5400000}),
        "pay_period": "year",
        "grade": Secret("7"),
        "birth_date": Secret("1990-02-03"),
        "gender": Secret("x"),
        "nationality": Secret("NL"),
        "marital_status": Secret("single"),
        "national_id": Secret("A1"),
        "bank_account": Secret("NL00BANK0123456789"),
        "tax_id": Secret("T1"),
        "home_address": {"city": "Berlin", "street": "Weg 1"},
        "emergency_contact": {"name": "Sam", "phone": "+491"},
        "hold": {"reason": "audit", "until": "2027-01-01"},
    },
    "group.crew": {
        "description": "All on board",
        "email": "crew@firm.example",
        "type": "security",
        "owners": ("anna",),
        "members": ("anna", "jo"),
    },
    "job.dev": {
        "department": "root",
        "hiring_manager": "anna",
        "recruiters": ("anna", "jo"),
        "headcount": 2,
        "status": "open",
        "description": "Write code.\nRead more.",
        "employment_type": "full_time",
        "location": "Berlin",
        "remote": "hybrid",
        "open_date": "2026-11-01",
        "close_date": "2026-12-31",
        "priority": "urgent",
        "stages": ({"key": "in", "name": "In", "type": "applied"},),
        "salary_min": Secret({"currency": "EUR", "minor": 5000000}),
        "salary_max": Secret({"currency": "JPY", "minor": 6000000}),
        "publish_salary": True,
        "publish_to": ("board",),
        "requisition": "R-1",
        "approved_by": "anna",
    },
    "schedule.nightly": {
        "description": "Each night",
        "arguments": {"report": "headcount"},
        "start": "2026-12-01",
        "until": "2027-12-01",
        "recipients": ("anna", "jo"),
        "external_recipients": ("audit@else.example",),
        "format": "xlsx",
        "reveal": ("personal",),
        "retries": 2,
        "on_failure": "jo",
        "owner": "anna",
    },
    "powerapps.crm": {
        "description": "From the CRM",
        "app": "People",
        "table": "contacts",
        "auth_type": "client_secret",
        "tenant": "t",
        "client_id": "c",
        "credential": Secret("s3cret"),
        "connection_refs": {"sql": "main"},
        "validation": ({"field": "mail", "rule": "required"},),
        "rate_limit": 10,
        "schedule": "nightly",
    },
    "setting.limits": {"value": {"days": 30, "who": ("a", "b")}, "description": "Limits"},
}


def begun(live: Any) -> None:
    write(live, create("department.root"), create("user.anna"))


def test_every_field_of_every_kind_comes_back_as_it_was_written(hr):
    live, _ = hr()
    begun(live)
    changes = [create(address, **fields) for address, fields in EVERYTHING.items()]
    created = write(live, *changes)
    assert {str(address) for address in created} == set(EVERYTHING)
    for kind in ("user", "department", "group", "job", "schedule", "powerapps", "setting"):
        assert read_in_every_way(live, kind)
    for each in changes:
        found = live.read_some(each.address.kind, [created[each.address]]).objects[created[each.address]]
        assert {name: found.fields[name] for name in each.written} == each.written
        assert found.key == each.address.key


def test_every_field_can_be_changed_and_cleared(hr):
    live, _ = hr()
    begun(live)
    write(live, *[create(address, **fields) for address, fields in EVERYTHING.items()])
    bare = [change(Verb.UPDATE, a, {n: None for n in f if n not in NEVER_EMPTY}) for a, f in EVERYTHING.items()]
    write(live, *bare)
    for each in bare:
        shown = show(live, str(each.address))
        assert {name: shown[name] for name in each.written if shown[name] not in (None, ())} == {}
    full = [update(address, **fields) for address, fields in EVERYTHING.items()]
    write(live, *full)
    for each in full:
        shown = show(live, str(each.address))
        assert {name: shown[name] for name in each.written} == each.written


NEVER_EMPTY = {
    "type", "department", "hiring_manager", "headcount", "status", "priority", "publish_salary", "retries", "owner",
    "enabled",
}  # fmt: skip


def test_what_isnt_written_isnt_touched(hr):
    live, _ = hr()
    begun(live)
    write(live, *[create(address, **fields) for address, fields in EVERYTHING.items()])
    before = {address: show(live, address) for address in EVERYTHING}
    write(live, update("user.jo", job_title="Lead"), update("job.dev", headcount=3))
    after = {address: show(live, address) for address in EVERYTHING}
    assert after["user.jo"] == {**before["user.jo"], "job_title": "Lead"}
    assert after["job.dev"] == {**before["job.dev"], "headcount": 3}
    assert {a: f for a, f in after.items() if a not in ("user.jo", "job.dev")} == {
        a: f for a, f in before.items() if a not in ("user.jo", "job.dev")
    }


def test_objects_created_in_one_run_may_refer_to_each_other_both_ways(hr):
    live, _ = hr()
    write(
        live,
        create("user.bo", department="ops", manager="cy"),
        create("user.cy", manager=None, department="ops"),
        create("department.ops", head="bo", parent="top"),
        create("department.top", head="cy"),
    )
    assert show(live, "user.bo")["manager"] == "cy"
    assert show(live, "department.ops")["head"] == "bo"
    assert show(live, "department.ops")["parent"] == "top"


def test_two_people_swap_their_email_and_key_in_one_run(hr):
    live, _ = hr()
    write(live, create("user.a", employee_id="1", username="ua"), create("user.b", employee_id="2", username="ub"))
    write(
        live,
        move("user.a", "user.b", email="b@firm.example", employee_id="2", username="ub"),
        move("user.b", "user.a", email="a@firm.example", employee_id="1", username="ua"),
    )
    assert keys(live, "user") == ["a", "b"]
    assert show(live, "user.a")["first_name"] == "B"
    assert show(live, "user.a")["email"] == "a@firm.example"
    assert show(live, "user.b")["employee_id"] == "2"


def test_a_new_object_may_take_what_another_gives_up_in_the_same_run(hr):
    live, _ = hr()
    write(live, create("user.a"), create("department.x", name="Same", company="One", code="X"))
    write(
        live,
        update("user.a", email="other@firm.example"),
        create("user.b", email="a@firm.example"),
        delete("department.x"),
        create("department.y", name="Same", company="One", code="X"),
    )
    assert show(live, "user.b")["email"] == "a@firm.example"
    assert keys(live, "department") == ["y"]


def test_a_deleted_object_comes_back_with_its_live_id(hr):
    live, _ = hr()
    write(live, create("user.a"), create("group.g", members=("a",)))
    live_id = ids(live)[next(a for a in ids(live) if a.key == "g")]
    write(live, delete("group.g"))
    assert keys(live, "group") == []
    created = write(live, create("group.g", live_id, members=("a",)))
    assert list(created.values()) == [live_id]
    assert show(live, "group.g")["members"] == ("a",)
    write(live, create("group.h"))
    assert keys(live, "group") == ["g", "h"]


def test_objects_that_refer_to_each_other_can_be_deleted_together(hr):
    live, _ = hr()
    begun(live)
    write(live, *[create(address, **fields) for address, fields in EVERYTHING.items()])
    write(live, *[delete(address) for address in (*EVERYTHING, "user.anna", "department.root")])
    assert ids(live) == {}


@pytest.mark.parametrize(
    ("address", "what"),
    [("user.anna", "employees.Employee"), ("user.bo", "accounts.Group_members"), ("department.ops", "employees")],
)
def test_nothing_that_is_still_referred_to_is_deleted(hr, address, what):
    live, _ = hr()
    write(live, create("department.ops"), create("user.anna"), create("user.bo", manager="anna", department="ops"))
    write(live, create("group.g", members=("bo",)))
    with pytest.raises(LiveError, match=what) as caught:
        write(live, delete(address))
    assert caught.value.message.startswith(address)
    assert keys(live, "user") == ["anna", "bo"]
    assert keys(live, "department") == ["ops"]


def test_a_removal_that_sets_fields_deletes_nothing_and_a_release_writes_nothing(hr):
    live, _ = hr()
    write(live, create("user.anna"))
    write(live, change(Verb.REMOVE, "user.anna", {"status": "left", "enabled": False}))
    write(live, change(Verb.RELEASE, "user.anna", {"job_title": "no"}))
    assert show(live, "user.anna")["status"] == "left"
    assert show(live, "user.anna")["enabled"] is False
    assert show(live, "user.anna")["job_title"] is None


def test_a_part_that_isnt_there_is_made_when_it_is_written(hr):
    live, _ = hr()
    from dani_playbook.hris.accounts.models import User

    User.objects.create_superuser("root", "Root@firm.example")
    assert show(live, "user.root")["email"] == "root@firm.example"
    assert show(live, "user.root")["job_title"] is None
    write(live, update("user.root", job_title="Admin", roles=("admin",)))
    assert show(live, "user.root")["job_title"] == "Admin"


def test_people_who_were_made_cant_sign_in_and_an_initial_password_is_hashed(hr):
    live, _ = hr()
    from dani_playbook.hris.accounts.models import User

    write(live, create("user.a"), create("user.b", initial_password=Secret("Correct-Horse-9")))
    assert not User.objects.get(key="a").has_usable_password()
    assert User.objects.get(key="b").check_password("Correct-Horse-9")
    assert show(live, "user.b")["initial_password"] is None


def test_many_different_sets_of_columns_are_written_together(hr):
    live, _ = hr()
    names = ["job_title", "office", "cost_center", "company", "locale"]
    write(live, *[create(f"user.u{n}", office="Berlin") for n in range(32)])
    wanted = {f"user.u{n}": {name: f"{name} {n}" for at, name in enumerate(names) if n >> at & 1} for n in range(1, 32)}
    write(live, *[update(address, **fields) for address, fields in wanted.items()])
    for address, fields in wanted.items():
        shown = show(live, address)
        assert {name: shown[name] for name in names} == {"office": "Berlin"} | {
            name: fields.get(name, "Berlin" if name == "office" else None) for name in names
        }
