"""Bindings: checked against the models once, before anything is read."""

from dataclasses import replace

import pytest

from dani_playbook.core.binding import Key, Money, Part
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
