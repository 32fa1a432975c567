"""Limits through a session, on real databases: what a run did is remembered, with the reason."""

import pytest

from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project, project

__all__ = ["project"]

HEAD = "version: 1\ndepartments: {d: {name: D}}\nusers:\n"
PEOPLE = HEAD + "".join(
    f"  u{number}: {{email: u{number}@a.example, first_name: U, department: d, start_date: 2020-01-01}}\n"
    for number in range(12)
)


def without(count: int) -> str:
    lines = PEOPLE.splitlines(keepends=True)
    return "".join([*lines[:3], *lines[3 + count :]])


def test_a_run_keeps_its_measures_and_its_reason_and_the_day_counts_them(project: Project) -> None:
    project.write("playbooks/people.yaml", PEOPLE)
    project.apply()
    project.write("playbooks/people.yaml", without(3))
    assert project.plan().result.exit_code == 4
    run = project.apply(raises={"leavers": 3}, reason="a branch closes")
    told = project.session().run(run).document["run"]
    assert (told["measures"], told["reason"]) == ({"leavers": 3}, "a branch closes")
    project.write("playbooks/people.yaml", without(4))
    [limit] = project.plan().result.document["limits"]
    assert (limit["count"], limit["earlier"], limit["tripped"]) == (1, 3, True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("protected: [user.u1]\n", "protected"),
        ("freezes: [{from: 2026-11-23, until: 2026-11-24, why: payroll}]\n", "frozen"),
        ("limits: {leavers: {number: 1}}\n", "limit"),
    ],
)
def test_dani_yaml_reaches_the_plan(project: Project, said: str, code: str) -> None:
    project.write("playbooks/people.yaml", PEOPLE)
    project.apply()
    config = project.root / "dani.yaml"
    config.write_text(config.read_text("utf-8") + said, "utf-8")
    project.write("playbooks/people.yaml", without(2))
    planned = project.session().plan(Request())
    assert {finding.code for finding in planned.plan.blockers} == {code}
