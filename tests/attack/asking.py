"""What the attacks ask of a project."""

from typing import Any

from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project

HEAD = "version: 1\n"
BOB = "  bob: {email: bob@a.example, first_name: Bob}\n"
PEOPLE = f"{HEAD}users:\n  ada: {{email: ada@a.example, first_name: Ada}}\n{BOB}"
MOVED = "moved: [{from: user.ada, to: user.ida}]\n"


def ada(more: str) -> str:
    """The two people, and more fields of the first."""
    return PEOPLE.replace("first_name: Ada", f"first_name: Ada, {more}")


def applied(project: Project, text: str, **rest: Any) -> str:
    """Writes the one playbook and applies it; gives the run's id, empty where nothing changed."""
    project.write("playbooks/a.yaml", text)
    session = project.session()
    run = session.apply(session.plan(Request(**rest))).document["run"]
    return str(run["id"]) if run else ""


def says(project: Project, *paths: str, **rest: Any) -> tuple[list[str], list[str]]:
    """``verb address`` of every change, ``code address`` of everything blocked or held."""
    document = project.plan(*paths, **rest).result.document
    found = [*document["blockers"], *document["held"]]
    return (
        [f"{item['verb']} {item['address']}" for item in document["changes"]],
        [f"{item['code']} {item['address']}" for item in found],
    )


NOTHING: tuple[list[str], list[str]] = ([], [])


def deleting(project: Project) -> None:
    """People who are no longer declared are deleted."""
    text = (project.root / "dani.yaml").read_text("utf-8")
    project.write("dani.yaml", text + "removal: {user: delete}\n")


def lose(key: str) -> None:
    """Somebody deletes a person behind dani's back."""
    from dani_playbook.hris.accounts.models import User
    from dani_playbook.hris.employees.models import Employee

    Employee.objects.filter(user__key=key).delete()
    User.objects.filter(key=key).delete()
