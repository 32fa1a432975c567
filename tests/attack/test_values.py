"""Values that are taken for something else."""

import pytest

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.normalize import normalize_value
from dani_playbook.runner.offline import Request
from tests.attack.asking import HEAD, NOTHING, ada, applied, says
from tests.runner.conftest import Project


def setting(value: str) -> str:
    return f"{HEAD}settings:\n  s: {{name: S, value: {value}}}\n"


LOOKALIKES = [
    "{add: true}",
    "{add: [a], remove: [b]}",
    "{kept: 1}",
    "{kept: {desired: a, live: b}}",
    "{ref: x}",
    "{ref: x, seen: y}",
    "'edit:{}'",
    "'kept:[]'",
    "'ref:{}'",
    "'hmac:00'",
    "{edit: 1}",
]


@pytest.mark.parametrize("value", LOOKALIKES)
def test_a_setting_may_look_like_a_token(project: Project, value: str) -> None:
    applied(project, setting(value))
    assert says(project) == NOTHING
    assert project.session().drift(Request()).exit_code == 0
    project.write("playbooks/a.yaml", setting("other"))
    assert says(project) == (["update setting.s"], [])


@pytest.mark.parametrize(
    ("before", "after"), [("true", "1"), ("0", "false"), ("[1]", "[true]"), ("{a: 1}", "{a: true}")]
)
def test_true_is_not_one(project: Project, before: str, after: str) -> None:
    applied(project, setting(before))
    project.write("playbooks/a.yaml", setting(after))
    assert says(project) == (["update setting.s"], [])
    project.apply()
    assert says(project) == NOTHING


def test_a_secret_can_be_cleared(project: Project) -> None:
    project.write("pay", "100.00 EUR")
    applied(project, ada("salary: {secret: 'file:pay'}"))
    project.write("playbooks/a.yaml", ada("salary: null"))
    assert says(project) == (["update user.ada"], [])


def test_a_secret_that_both_sides_changed_is_a_conflict(project: Project) -> None:
    from dani_playbook.hris.employees.models import Employee

    project.write("pay", "100.00 EUR")
    project.write("more", "200.00 EUR")
    applied(project, ada("salary: {secret: 'file:pay'}"))
    Employee.objects.filter(user__key="ada").update(salary_minor=12345)
    project.write("playbooks/a.yaml", ada("salary: {secret: 'file:more'}"))
    assert says(project) == ([], ["conflict user.ada"])


def test_a_phone_is_canonical_after_once() -> None:
    field = FieldSpec(name="phone", type="string", normalize="phone")
    once = normalize_value(field, "+49 30 a \u0301")
    assert normalize_value(field, once) == once


@pytest.mark.parametrize("value", ['""', "null", "[]", "{}", "0", "false", '[""]', "{a: null}"])
def test_a_setting_may_hold_nothing_in_every_way(project: Project, value: str) -> None:
    applied(project, setting("other"))
    applied(project, setting(value))
    assert says(project) == NOTHING
    applied(project, setting("other"))
    assert says(project) == NOTHING
