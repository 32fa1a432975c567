"""Bindings: checked against the models once, before anything is read."""

from dataclasses import replace

import pytest

from dani_playbook.core.binding import (
    Birth,
    Blocker,
    Child,
    Joined,
    Key,
    Moment,
    Money,
    Part,
    Plain,
    Reference,
    Split,
    Step,
    Write,
)
from dani_playbook.core.errors import LiveError
from dani_playbook.runner.registry import dictionary, kinds
from tests.databases import orm_live

EMPLOYEE = Part(model="employees.Employee", link="user", path="employee")

CASES = {
    "a model that isn't there": ("setting", {"model": "settings.Ghost"}, "there is no model settings.Ghost"),
    "a model without its app": ("setting", {"model": "Setting"}, "there is no model Setting"),
    "a key that isn't there": (
        "setting",
        {"key": Key(columns=("slug",), stored=True)},
        "settings.Setting has no field slug",
    ),
    "a key that isn't unique": (
        "setting",
        {"key": Key(columns=("name",), stored=True)},
        "must be unique and never empty",
    ),
    "a key that may be empty": (
        "user",
        {"key": Key(columns=("username",), stored=True)},
        "must be unique and never empty",
    ),
    "a field that isn't there": ("setting", {"fields": {"name": "title"}}, "settings.Setting has no field title"),
    "a way through what is no part": ("user", {"fields": {"job_title": "work.job_title"}}, "work, which is no part"),
    "a relation for a plain field": ("user", {"fields": {"office": "employee.department"}}, "refers to nothing"),
    "a reference to another model": ("user", {"fields": {"manager": "employee.department"}}, "lead to accounts.User"),
    "money that isn't there": ("user", {"fields": {"salary": Money(minor="minor", currency="last_name")}}, "no field"),
    "a part that nothing points at": (
        "user",
        {"parts": {"employee": replace(EMPLOYEE, link="department")}},
        "employees.Employee.department doesn't point at accounts.User",
    ),
    "a part that is no single row": (
        "user",
        {"parts": {"owned": Part(model="reports.Schedule", link="owner")}, "fields": {}},
        "reports.Schedule.owner isn't unique",
    ),
    "a way to a part that is another": (
        "user",
        {"parts": {"employee": replace(EMPLOYEE, path="work")}},
        "the way to part employee is employee, not work",
    ),
    "parts that hang on each other": (
        "user",
        {
            "parts": {
                "a": replace(EMPLOYEE, owner="b"),
                "b": replace(EMPLOYEE, owner="a"),
            },
            "fields": {},
        },
        "the parts a, b hang on each other",
    ),
    "a part that is born where nothing is saved": (
        "user",
        {"parts": {"employee": replace(EMPLOYEE, birth=Birth.SAVE)}},
        "part employee is born by a save",
    ),
    "steps where nothing is saved": ("setting", {"steps": (Step(),)}, "steps are saves"),
    "a step of a field without a place": (
        "setting",
        {"steps": (Step(fields=("colour",)),), "write": Write.SAVE},
        "step 1 writes colour, which has no place",
    ),
    "a field that the kind doesn't have": ("setting", {"fields": {"colour": "name"}}, "setting has no field colour"),
    "truth in a text without words for it": (
        "user",
        {"fields": {"enabled": "first_name"}},
        "accounts.User.first_name holds text: values: has to say",
    ),
    "a day in a column of moments": (
        "user",
        {"fields": {"start_date": "last_login"}},
        "last_login is a DateTimeField, which can't hold start_date, a date: bind a column of days",
    ),
    "a text in a truth": (
        "user",
        {"fields": {"first_name": "is_active"}},
        "accounts.User.is_active is a BooleanField, which can't hold first_name, a string",
    ),
    "an amount in a text": (
        "user",
        {"fields": {"salary": Money(minor="first_name", currency="last_name")}},
        "can't hold salary, a money: bind minor: to whole cents, and currency: to a text",
    ),
    "a day in one of two columns": (
        "user",
        {"fields": {"start_date": Moment(date="last_login", time="first_name", zone="UTC")}},
        "last_login is a DateTimeField, which can't hold start_date, a date",
    ),
    "several words in a number": (
        "user",
        {"fields": {"last_name": Split(columns=("is_active", "last_name"))}},
        "is_active is a BooleanField, which can't hold last_name, a string",
    ),
    "a set in a text": ("user", {"fields": {"roles": "first_name"}}, "a CharField, which can't hold roles, a set"),
    "two values that look alike": (
        "user",
        {"fields": {"status": Plain(columns=("first_name",), values={"active": "A", "left": "A"})}},
        "the same live value twice",
    ),
    "a constant that can't be": ("user", {"constants": {"is_active": "perhaps"}}, "is_active can't hold the value"),
    "a natural key of another length": (
        "user",
        {"fields": {"manager": Reference(columns=("first_name", "last_name"), target=("key",))}},
        "2 columns can't hold a key of 1",
    ),
    "a natural key that several fields hold": (
        "user",
        {"fields": {"first_name": "first_name", "manager": Reference(columns=("first_name",), target=("key",))}},
        "so it can't be cleared",
    ),
    "a natural key for what refers to nothing": (
        "user",
        {"fields": {"first_name": Reference(columns=("first_name",), target=("key",))}},
        "first_name is no reference",
    ),
    "a set in one column": ("group", {"fields": {"members": "name"}}, "members must lead to accounts.User"),
    "joined with nothing between": (
        "user",
        {"fields": {"last_name": Joined(column="last_name", format="{first_name}{last_name}")}},
        "nothing between two fields",
    ),
    "joined without itself": (
        "user",
        {"fields": {"last_name": Joined(column="last_name", format="{first_name}")}},
        "has no place for last_name",
    ),
    "a step too far": (
        "user",
        {"fields": {"company": "employee.department.parent.name"}},
        "leads through employee.department, which is no part",
    ),
    "a child that points elsewhere": (
        "user",
        {"children": (Child(model="recruitment.Job", link="department"),)},
        "recruitment.Job.department doesn't point at accounts.User",
    ),
    "a blocker of a part that isn't there": (
        "user",
        {"blockers": (Blocker(model="recruitment.Job", link="hiring_manager", says="x", part="desk"),)},
        "desk is no part",
    ),
    "a manager that isn't there": ("user", {"manager": "everybody"}, "accounts.User has no manager everybody"),
    "a key made of nothing": ("setting", {"key": Key(columns=())}, "nothing says what its keys are made from"),
    "a key made of many": ("group", {"key": Key(columns=("members",))}, "members leads to many rows"),
    "a part that isn't there": ("user", {"parts": {"employee": replace(EMPLOYEE, model="x.Y")}}, "no model x.Y"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_binding_that_fits_no_model_is_refused_with_a_reason(database, case):
    kind, changed, why = CASES[case]
    bindings = {name: each.binding for name, each in kinds().items()}
    bindings[kind] = replace(bindings[kind], **changed)
    with pytest.raises(LiveError, match="doesn't fit the live system") as caught:
        orm_live(database.open(), bindings)
    assert why in caught.value.message


def test_everything_that_doesnt_fit_is_found_at_once(database):
    database.open()
    from dani_playbook.live.bind import bind, resolve

    bindings = {name: each.binding for name, each in kinds().items()}
    bindings["setting"] = replace(bindings["setting"], fields={"name": "title", "value": "worth"}, manager="mine")
    known, found = resolve(bindings, dictionary().kinds)
    assert [(item.kind, item.path) for item in found] == [("setting", name) for name in ("name", "value", "manager")]
    assert set(known) == set(bindings)
    with pytest.raises(LiveError, match=r"and 2 more") as caught:
        bind(bindings, dictionary().kinds)
    assert [problem.field for problem in caught.value.problems] == ["value", "manager"]


def test_a_reference_to_a_kind_that_isnt_bound_is_refused(database):
    bindings = {name: each.binding for name, each in kinds().items() if name != "department"}
    with pytest.raises(LiveError, match="refers to department, which isn't bound"):
        orm_live(database.open(), bindings)


def test_a_field_that_isnt_bound_is_read_as_nothing(database):
    binding = kinds()["setting"].binding
    live = orm_live(database.open(), {"setting": replace(binding, fields={"name": "name"})})
    from dani_playbook.hris.settings.models import Setting

    Setting.objects.create(key="a", name="A", value=1)
    assert [each.fields for each in live.read("setting").objects.values()] == [
        dict.fromkeys(dictionary().kinds["setting"].fields) | {"name": "A"}
    ]
