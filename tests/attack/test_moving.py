"""Keys that change while something else does."""

import pytest

from dani_playbook.core.errors import PlanStale
from dani_playbook.runner.offline import Request
from tests.attack.asking import BOB, HEAD, MOVED, NOTHING, PEOPLE, ada, applied, lose, says
from tests.runner.conftest import Project


@pytest.mark.parametrize("rest", ["", "  ida: {state: absent}\n"], ids=["left out", "absent"])
def test_a_person_may_move_and_leave_at_once(project: Project, rest: str) -> None:
    applied(project, PEOPLE)
    applied(project, f"{HEAD}users:\n{BOB}{rest}{MOVED}")
    assert says(project) == NOTHING


def test_a_moved_person_who_is_gone_is_made_anew(project: Project) -> None:
    applied(project, PEOPLE)
    lose("ada")
    applied(project, PEOPLE.replace("ada:", "ida:") + MOVED, restore=("user.ida",))
    assert says(project) == NOTHING


def test_an_older_plan_does_not_bring_an_old_address_back(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    slow = project.session()
    planned = slow.plan(Request())
    applied(project, PEOPLE.replace("ada:", "ida:") + MOVED)
    with pytest.raises(PlanStale):
        slow.apply(planned)
    assert says(project) == NOTHING


def test_a_target_remembers_nothing_of_the_rest(project: Project) -> None:
    text = PEOPLE + "groups:\n  g: {name: G, members: [ada, bob]}\n"
    applied(project, text)
    text = text.replace("ada:", "ida:").replace("[ada, bob]", "[ida, bob]") + MOVED
    applied(project, text.replace("first_name: Bob", "first_name: Bobby"), targets=("user.bob",))
    assert project.session().drift(Request()).document["items"] == []


@pytest.mark.parametrize(("first", "then"), [("null", "ada"), ("ada", "null")])
def test_a_run_can_be_taken_back_after_a_later_move(project: Project, first: str, then: str) -> None:
    text = PEOPLE.replace("first_name: Bob", "first_name: Bob, manager: {}")
    applied(project, text.replace("{}", first))
    run = applied(project, text.replace("{}", then))
    applied(project, text.replace("{}", then.replace("ada", "ida")).replace("ada:", "ida:") + MOVED)
    planned = project.session().rollback(run)
    assert ([str(change.address) for change in planned.plan.changes], planned.plan.skipped) == (["user.bob"], ())


def test_explain_knows_who_is_about_to_move(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", PEOPLE.replace("ada:", "ida:") + MOVED)
    assert project.session().explain("user.ida", None, Request()).document["managed"]


def test_explain_knows_who_is_about_to_be_adopted(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    User.objects.create(key="zz", email="eve@a.example", first_name="Eve")
    project.write("playbooks/a.yaml", PEOPLE + "  eve: {email: eve@a.example, first_name: Eva}\n")
    assert project.session().explain("user.eve", None, Request()).document["live_id"]


def test_explain_says_that_a_field_is_immutable(project: Project) -> None:
    applied(project, ada("employee_id: E1"))
    project.write("playbooks/a.yaml", ada("employee_id: E2"))
    field = project.session().explain("user.ada", "employee_id", Request()).document["fields"][0]
    assert "updated" not in field["verdict"]


def test_explain_says_that_somebody_is_about_to_leave(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", ada("state: absent"))
    fields = project.session().explain("user.ada", None, Request()).document["fields"]
    assert any("remov" in field["verdict"] or field["desired"] == "left" for field in fields)


def test_explain_says_that_live_won_a_conflict(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    User.objects.filter(key="ada").update(first_name="Live")
    applied(project, PEOPLE.replace("Ada", "Book"), prefer={"user.ada.first_name": "live"})
    field = project.session().explain("user.ada", "first_name", Request()).document["fields"][0]
    assert (field["desired"], field["live"]) == ("Book", "Live")
    assert field["verdict"] != "as declared"
