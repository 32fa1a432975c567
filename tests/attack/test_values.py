"""Values that are taken for something else."""

import pytest

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.normalize import normalize_value
from dani_playbook.runner.offline import Request
from tests.attack.asking import HEAD, NOTHING, ada, applied, defect, says
from tests.runner.conftest import Project


def setting(value: str) -> str:
    return f"{HEAD}settings:\n  s: {{name: S, value: {value}}}\n"


LOOKALIKES = {
    "{add: true}": "drift dies with TypeError: taken for a set edit",
    "{add: [a], remove: [b]}": "drift where nothing moved: taken for a set edit",
    "{kept: 1}": "the next plan dies with TypeError: taken for a settled conflict",
    "{kept: {desired: a, live: b}}": "drift dies with JSONDecodeError: taken for a settled conflict",
    "{ref: x}": "every later change is a conflict: taken for a reference to a secret",
    "{ref: x, seen: y}": "every later change is a conflict: taken for a reference to a secret",
}
OTHERS = ["'edit:{}'", "'kept:[]'", "'ref:{}'", "'hmac:00'", "{edit: 1}"]


@pytest.mark.parametrize(
    "value", [*OTHERS, *(pytest.param(text, marks=defect(why)) for text, why in LOOKALIKES.items())]
)
def test_a_setting_may_look_like_a_token(project: Project, value: str) -> None:
    applied(project, setting(value))
    assert says(project) == NOTHING
    assert project.session().drift(Request()).exit_code == 0
    project.write("playbooks/a.yaml", setting("other"))
    assert says(project) == (["update setting.s"], [])


@pytest.mark.parametrize(
    ("before", "after"), [("true", "1"), ("0", "false"), ("[1]", "[true]"), ("{a: 1}", "{a: true}")]
)
@defect("True == 1 in Python, so the plan sees no change")
def test_true_is_not_one(project: Project, before: str, after: str) -> None:
    applied(project, setting(before))
    project.write("playbooks/a.yaml", setting(after))
    assert says(project) == (["update setting.s"], [])
    project.apply()
    assert says(project) == NOTHING


@defect("the live fingerprint never equals the token of a reference")
def test_a_secret_can_be_cleared(project: Project) -> None:
    project.write("pay", "100.00 EUR")
    applied(project, ada("salary: {secret: 'file:pay'}"))
    project.write("playbooks/a.yaml", ada("salary: null"))
    assert says(project) == (["update user.ada"], [])


@defect("a changed reference wins over a live change without a word")
def test_a_secret_that_both_sides_changed_is_a_conflict(project: Project) -> None:
    from dani_playbook.hris.employees.models import Employee

    project.write("pay", "100.00 EUR")
    project.write("more", "200.00 EUR")
    applied(project, ada("salary: {secret: 'file:pay'}"))
    Employee.objects.filter(user__key="ada").update(salary_minor=12345)
    project.write("playbooks/a.yaml", ada("salary: {secret: 'file:more'}"))
    assert says(project) == ([], ["conflict user.ada"])


@defect("noise is taken out after NFC, and what it kept apart composes the next time")
def test_a_phone_is_canonical_after_once() -> None:
    field = FieldSpec(name="phone", type="string", normalize="phone")
    once = normalize_value(field, "+49 30 a \u0301")
    assert normalize_value(field, once) == once
