"""Parts of a plan."""

from contextlib import suppress

import pytest

from dani_playbook.core.errors import DaniError, PlanRefused, PlaybookError
from dani_playbook.runner.offline import Request
from tests.attack.asking import BOB, HEAD, NOTHING, PEOPLE, ada, applied, says
from tests.runner.conftest import Project


def test_an_exclusion_makes_no_ring_of_managers(project: Project) -> None:
    text = f"{HEAD}users:\n  a: {{email: a@a.example, first_name: A, manager: ONE}}\n"
    text += "  b: {email: b@a.example, first_name: B, manager: TWO}\n"
    applied(project, text.replace("ONE", "b").replace("TWO", "null"))
    with suppress(PlaybookError, PlanRefused):
        applied(project, text.replace("ONE", "null").replace("TWO", "a"), excludes=("user.a",))
    people = project.export()["resources"]
    assert not (people["user.a"]["manager"] and people["user.b"]["manager"])


def test_a_target_closes_no_department_with_people_in_it(project: Project) -> None:
    text = f"{HEAD}departments:\n  d: {{name: D, status: STATUS}}\n  e: {{name: E}}\nusers:\n"
    text += "  ada: {email: ada@a.example, first_name: Ada, department: WHERE, start_date: 2020-01-01}\n"
    applied(project, text.replace("STATUS", "active").replace("WHERE", "d"))
    with suppress(PlaybookError, PlanRefused):
        applied(project, text.replace("STATUS", "closed").replace("WHERE", "e"), targets=("department.d",))
    found = project.export()["resources"]
    assert (found["department.d"]["status"], found["user.ada"]["department"]) != ("closed", "d")


def test_a_conflict_elsewhere_does_not_block_a_target(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    User.objects.filter(key="ada").update(first_name="Live")
    project.write("playbooks/a.yaml", PEOPLE.replace("Ada", "Book").replace("Bob", "Bobby"))
    assert says(project, targets=("user.bob",)) == (["update user.bob"], [])


def test_a_person_who_moved_to_another_file_is_not_removed(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", f"{HEAD}users:\n{BOB}")
    project.write("playbooks/b.yaml", PEOPLE.replace(BOB, ""))
    assert says(project, "playbooks/a.yaml") == NOTHING


@pytest.mark.parametrize("prefer", [{"user.adda.first_name": "live"}, {"user.ada.first_name": "life"}])
def test_a_preference_must_mean_something(project: Project, prefer: dict[str, str]) -> None:
    applied(project, PEOPLE)
    with pytest.raises(DaniError):
        project.plan(prefer=prefer)


def test_an_ignored_field_does_not_drift(project: Project) -> None:
    from dani_playbook.hris.employees.models import Employee

    applied(project, ada("job_title: Boss"))
    applied(project, ada("job_title: Boss, ignore: [job_title]"))
    Employee.objects.filter(user__key="ada").update(job_title="Live")
    assert says(project) == NOTHING
    assert project.session().drift(Request()).exit_code == 0


def test_a_removal_leaves_ignored_fields_alone(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", ada("state: absent, ignore: [enabled]"))
    fields = project.plan().result.document["changes"][0]["fields"]
    assert "enabled" not in [field["name"] for field in fields]


def test_protection_is_not_lifted_and_used_at_once(project: Project) -> None:
    applied(project, ada("protect: true"))
    project.write("playbooks/a.yaml", ada("state: absent"))
    assert says(project)[1] == ["protected user.ada"]


def test_somebody_unmanaged_who_is_absent_is_found_by_email(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    User.objects.create(key="other", email="eve@a.example", first_name="Eve")
    project.write("playbooks/a.yaml", PEOPLE + "  eve: {email: eve@a.example, first_name: Eve, state: absent}\n")
    assert says(project) != NOTHING


def test_an_email_is_handed_on_in_one_plan(project: Project) -> None:
    applied(project, PEOPLE)
    text = PEOPLE.replace("ada@a", "old@a") + "  new: {email: ada@a.example, first_name: New}\n"
    project.write("playbooks/a.yaml", text)
    assert says(project) == (["create user.new", "update user.ada"], []) or says(project)[1] == []


def test_a_department_of_another_company_is_no_doubt(project: Project) -> None:
    from dani_playbook.hris.employees.models import Department

    applied(project, PEOPLE)
    Department.objects.create(key="s1", name="Sales", company="A")
    Department.objects.create(key="s2", name="Sales", company="B")
    project.write("playbooks/a.yaml", PEOPLE + "departments:\n  sales: {name: Sales, company: B}\n")
    assert says(project) == (["adopt department.sales"], [])
