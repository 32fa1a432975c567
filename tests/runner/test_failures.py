"""What goes wrong in the middle leaves the database as it was, and a record."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dani_playbook.core.errors import ApplyFailed, Denied, PlanStale
from dani_playbook.runner.config import read_config
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session
from tests.runner.conftest import NOW, Project

PEOPLE = """version: 1
users:
  ada: {email: ada@a.example, first_name: Ada}
  bob: {email: bob@a.example, first_name: Bob}
"""


@contextmanager
def raising(signal: Any, sender: Any) -> Iterator[None]:
    def handler(**rest: Any) -> None:
        raise RuntimeError("payroll says no to Ada")

    signal.connect(handler, sender=sender)
    try:
        yield
    finally:
        signal.disconnect(handler, sender=sender)


def everything(project: Project) -> tuple[Any, ...]:
    return json.dumps(project.export()), dict(project.session().memory.inventory())


@pytest.fixture
def people(project: Project) -> Project:
    project.write("playbooks/people.yaml", PEOPLE)
    project.apply()
    return project


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("first_name: Ada", "first_name: Ida"),
        ("  bob: {email: bob@a.example, first_name: Bob}\n", "  cyd: {email: cyd@a.example, first_name: Cyd}\n"),
    ],
    ids=["update", "create"],
)
def test_a_signal_handler_that_raises_ends_the_transaction(people: Project, before: str, after: str) -> None:
    from django.db.models.signals import post_save

    from dani_playbook.hris.accounts.models import User

    was = everything(people)
    people.write("playbooks/people.yaml", PEOPLE.replace(before, after))
    session = people.session()
    planned = session.plan(Request())
    with raising(post_save, User), pytest.raises(ApplyFailed) as caught:
        session.apply(planned)
    assert (everything(people), caught.value.exit_code) == (was, 8)
    assert "payroll" not in caught.value.message
    run = session.runs(1).document["runs"][0]
    assert (run["state"], run["id"]) == ("rolled_back", caught.value.run)


def test_a_constraint_that_the_plan_could_not_see_ends_the_transaction(people: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    people.write("playbooks/people.yaml", PEOPLE + "  cyd: {email: cyd@a.example, first_name: Cyd}\n")
    session = people.session()
    planned = session.plan(Request())
    User.objects.create(key="stranger", email="CYD@a.example")
    was = everything(people)
    with pytest.raises(ApplyFailed) as caught:
        session.apply(planned)
    assert (everything(people), caught.value.exit_code) == (was, 8)
    assert "user.cyd" in f"{caught.value.message} {caught.value.problems}"


def test_a_plan_made_before_somebody_else_applied_is_stale(people: Project) -> None:
    people.write("playbooks/people.yaml", PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    slow = people.session()
    planned = slow.plan(Request())
    people.write("playbooks/people.yaml", PEOPLE.replace("first_name: Ada", "first_name: Eda"))
    people.apply()
    was = everything(people)
    with pytest.raises(PlanStale):
        slow.apply(planned)
    assert everything(people) == was


def test_a_run_that_died_is_closed_by_the_next_one(people: Project) -> None:
    session = people.session()
    people.write("playbooks/people.yaml", PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    planned = session.plan(Request())
    with session.memory.hold("mayfly"):
        session.memory.begin(session._new_run(planned.plan))
    people.apply()
    states = [run["state"] for run in session.runs().document["runs"]]
    assert states == ["succeeded", "rolled_back", "succeeded"]


def test_another_key_is_refused_before_anything_is_compared(people: Project) -> None:
    environ = {"DANI_KEY": "cd" * 32}
    session = Session(read_config(people.root, environ), now=NOW, actor="tester", environ=environ)
    with pytest.raises(Denied) as caught:
        session.plan(Request())
    assert caught.value.exit_code == 5
