"""Ways back, and what came in between."""

from datetime import date

from dani_playbook.core.errors import DaniError
from tests.attack.asking import BOB, HEAD, MOVED, PEOPLE, ada, applied, deleting, lose, says
from tests.runner.conftest import Project


def is_refused(project: Project, run: str) -> bool:
    """Whether the way back is refused, or leaves something alone, before anything is written."""
    try:
        plan = project.session().rollback(run).plan
    except DaniError:
        return True
    return bool(plan.blockers or plan.skipped)


def test_a_rollback_deletes_nobody_under_a_legal_hold(project: Project) -> None:
    run = applied(project, ada("hold: {until: 2030-01-01, reason: court}"))
    assert is_refused(project, run)


def test_a_rollback_deletes_nobody_who_is_protected(project: Project) -> None:
    assert is_refused(project, applied(project, ada("protect: true")))


def test_a_rollback_makes_no_ring_of_managers(project: Project) -> None:
    text = f"{HEAD}users:\n  a: {{email: a@a.example, first_name: A, manager: ONE}}\n"
    text += "  b: {email: b@a.example, first_name: B, manager: TWO}\n"
    applied(project, text.replace("ONE", "b").replace("TWO", "null"))
    run = applied(project, text.replace("ONE", "null").replace("TWO", "null"))
    applied(project, text.replace("ONE", "null").replace("TWO", "a"))
    assert is_refused(project, run)


def test_a_rollback_sees_that_an_email_is_taken(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    deleting(project)
    applied(project, PEOPLE)
    run = applied(project, f"{HEAD}users:\n{BOB}")
    User.objects.create(key="new", email="ada@a.example", first_name="New")
    assert is_refused(project, run)


def test_a_rollback_of_a_move_sees_that_the_key_is_taken(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    run = applied(project, PEOPLE.replace("ada:", "ida:") + MOVED)
    User.objects.create(key="ada", email="new@a.example", first_name="New")
    assert is_refused(project, run)


def test_a_deletion_says_what_does_not_come_back(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    deleting(project)
    applied(project, PEOPLE)
    person = User.objects.get(key="ada")
    person.set_password("open sesame")
    person.save()
    project.write("playbooks/a.yaml", f"{HEAD}users:\n{BOB}")
    change = project.plan().result.document["changes"][0]
    project.rollback(project.apply())
    assert User.objects.get(key="ada").check_password("open sesame") or not change["reversible"]


def test_a_membership_is_taken_back_beside_another_that_was_given_since(project: Project) -> None:
    from dani_playbook.hris.accounts.models import Group, User

    text = PEOPLE + "  cyd: {email: c@a.example, first_name: C}\ngroups:\n  g: {name: G, members: {add: [WHO]}}\n"
    applied(project, text.replace("WHO", "ada"))
    run = applied(project, text.replace("WHO", "ada, bob"))
    Group.objects.get(key="g").members.add(User.objects.get(key="cyd"))
    plan = project.session().rollback(run).plan
    assert [change.written for change in plan.changes] == [{"members": ("ada", "cyd")}]


def test_another_person_under_a_used_key_is_not_overwritten(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    lose("ada")
    User.objects.create(key="ada", email="zoe@a.example", first_name="Zoe")
    assert says(project)[1]


def test_who_was_deleted_this_morning_is_not_made_anew_by_night(project: Project) -> None:
    text = ada("department: d, start_date: 2020-01-01") + "departments:\n  d: {name: D}\n"
    applied(project, text)
    lose("ada")
    assert says(project) == ([], ["held user.ada"])


def test_a_suspended_person_is_not_enabled_by_a_preference_for_live(project: Project) -> None:
    from dani_playbook.hris.employees.models import Employee

    applied(project, ada("department: d, start_date: 2026-12-01") + "departments:\n  d: {name: D}\n")
    Employee.objects.filter(user__key="ada").update(status="suspended")
    plan = project.plan(at=date(2026, 12, 1), prefer={"user.ada.status": "live"}).plan
    assert not any(change.written.get("enabled") for change in plan.changes)


def test_an_entry_of_today_is_due(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", ada("upcoming: {2026-11-23: {job_title: Boss}}"))
    assert project.plan().result.document["changes"][0]["fields"][0]["reason"] == "due"
