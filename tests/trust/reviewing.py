"""A company whose plans need a yes, and people who write, plan and approve there."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import DaniError, PlanRefused
from dani_playbook.core.identity import OPERATOR, Identity, Way
from dani_playbook.runner.approving import approve
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session
from tests.runner.conftest import Project

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(hours=1)


ROLES = {
    "hanna": ["hr_manager"],
    "hugo": ["hr_manager"],
    "ina": ["it_admin"],
    "ada": ["admin"],
    "emil": ["employee"],
    "mona": ["hr_manager"],
}


PEOPLE = "version: 1\ndepartments:\n  hr: {name: HR}\n  ops: {name: Ops}\nusers:\n" + "".join(
    f"  {key}: {{email: {key}@a.example, first_name: {key.title()}, department: hr, start_date: 2020-01-01, "
    f"roles: [{', '.join(roles)}], job_title: Clerk}}\n"
    for key, roles in ROLES.items()
)


RULES = """approvals:
  people: {"ci@a.example": bot, "private@b.example": user.emil}
  rules:
    - {name: anything, roles: [hr_manager, admin]}
    - {name: roles, need: 2, roles: [admin, hr_manager], fields: [roles]}
    - {name: leavers, roles: [hr_manager], marks: [leaver]}
    - {name: settings, roles: [it_admin], addresses: ["setting.*"]}
    - {name: private, need: 2, roles: [hr_manager], classes: [personal, special]}
"""


CHANGE = ("job_title: Clerk}\n  hugo", "job_title: Chief}\n  hugo")


def person(session: Session, key: str | None, way: Way = Way.SESSION) -> Session:
    """The session of somebody who signed in, or of the machine's user."""
    address = Address("user", key) if key else None
    roles = frozenset(ROLES[key]) if key else frozenset({OPERATOR})
    name = str(address) if address else "tester"
    session.identity = Identity(
        name=name,
        way=way if key else Way.MACHINE,
        account=address,
        roles=roles,
        scopes=frozenset({"plan", "apply", "approve"}) if way is Way.KEY else None,
        signed_in_at=session.now,
    )
    return session


@pytest.fixture
def company(project: Project) -> Project:
    """Six people with roles are there, under version control, and approvals are asked for from now on."""
    project.write("playbooks/a.yaml", PEOPLE)
    git(project, "init", "-q")
    commit(project, "start@a.example")
    project.apply()
    with (project.root / "dani.yaml").open("a") as file:
        file.write(RULES)
    commit(project, "ci@a.example")
    return project


def git(project: Project, *words: str, author: str = "x@a.example", committer: str | None = None) -> None:
    who = {
        "GIT_AUTHOR_NAME": "x",
        "GIT_AUTHOR_EMAIL": author,
        "GIT_COMMITTER_NAME": "x",
        "GIT_COMMITTER_EMAIL": committer or author,
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "HOME": str(project.root),
    }
    subprocess.run(["git", "-C", str(project.root), *words], check=True, capture_output=True, env=who)


def commit(project: Project, author: str, committer: str | None = None) -> None:
    git(project, "add", "-A", "playbooks", "dani.yaml")
    git(project, "commit", "-q", "-m", "x", author=author, committer=committer)


def edit(project: Project, old: str, new: str, author: str = "ci@a.example", committer: str | None = None) -> None:
    path = project.root / "playbooks/a.yaml"
    text = path.read_text("utf-8")
    assert old in text
    project.write("playbooks/a.yaml", text.replace(old, new, 1))
    commit(project, author, committer)


def saved(project: Project, planner: str | None = None, **asked: Any) -> Path:
    session = person(project.session_at(NOW), planner)
    path = project.root / "change.plan"
    session.save(session.plan(Request(**asked)), path, overwrite=True)
    return path


def says_yes(project: Project, path: Path, key: str | None, at: datetime = SOON, way: Way = Way.SESSION) -> Any:
    session = person(project.session_at(at), key, way)
    return approve(session, session.saved(path), at).document


def applied(project: Project, path: Path, at: datetime = LATER) -> str:
    session = project.session_at(at)
    return str(session.apply(session.saved(path)).document["outcome"])


def missing(project: Project, path: Path, at: datetime = LATER) -> list[str]:
    """What an apply still needs; nothing is written."""
    before = project.export()
    with pytest.raises(PlanRefused) as error:
        applied(project, path, at)
    assert project.export() == before
    return [problem.code for problem in error.value.problems]


def refusals(project: Project, path: Path, key: str | None, way: Way = Way.SESSION) -> list[str]:
    with pytest.raises(DaniError) as error:
        says_yes(project, path, key, way=way)
    return [problem.code for problem in error.value.problems] or [error.value.code]


MONA = "mona@a.example"


def cannot_approve(project: Project, path: Path, key: str = "mona", at: datetime = SOON) -> None:
    """``key`` had a part in the plan, or is its subject: her yes isn't taken."""
    plan = project.session_at(at).saved(path).plan
    assert plan.changes
    try:
        told = says_yes(project, path, key, at)
    except DaniError:
        return
    assert told["is_new"]
    pytest.fail(f"{key} approved the own change; {plan.origin.authors if plan.origin else None}")


def run_by(project: Project, approver: str, at: Any = NOW, **asked: Any) -> None:
    """A plan is made, approved and applied."""
    session = person(project.session_at(at), None)
    path = project.root / "run.plan"
    session.save(session.plan(Request(**asked)), path, overwrite=True)
    says_yes(project, path, approver, at)
    assert applied(project, path, at) == "succeeded"
    path.unlink()


def stranger(company: Project, path: Path) -> None:
    assert company.session().saved(path).plan.changes
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]


def under_rules(company: Project) -> None:
    """A run has gone by the rules."""
    edit(company, "name: Ops", "name: Operations")
    run_by(company, "hugo")


def without_rules(company: Project) -> str:
    """Gives dani.yaml as it was."""
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace(RULES, ""))
    commit(company, "ci@a.example")
    return text


def with_rules(company: Project, text: str) -> None:
    company.write("dani.yaml", text)
    commit(company, "ci@a.example")


def early_run(company: Project) -> None:
    early = company.session_at(NOW - timedelta(days=2))
    assert early.apply(early.plan(Request())).document["outcome"] == "succeeded"


def dated(company: Project, line: str = "name: Ops, upcoming: {2026-11-23: {name: Works}}}") -> str:
    """Mona writes a dated change; an apply passes it, before rules are there. Gives dani.yaml as it was."""
    edit(company, "name: Ops}", line, author=MONA)
    text = without_rules(company)
    edit(company, "name: HR", "name: Human")
    early_run(company)
    return text


def ruled(company: Project, *rules: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8").partition("approvals:")[0]
    lines = "".join(f"    - {rule}\n" for rule in rules)
    company.write("dani.yaml", f"{text}approvals:\n  people: {{ci@a.example: bot}}\n  rules:\n{lines}")
    commit(company, "ci@a.example")


def long_ago(company: Project, name: str, text: str) -> None:
    """Mona commits something that no run reads; a complete run passes it."""
    company.write(name, text)
    git(company, "add", "-A", name)
    git(company, "commit", "-q", "-m", "x", author=MONA)
    edit(company, "name: Ops", "name: Operations")
    run_by(company, "hugo")
