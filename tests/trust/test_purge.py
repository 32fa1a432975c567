"""Forgetting a person: on what terms, what goes, what stays, and that it can't come back."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from dani_playbook.core.errors import DaniError, LiveLocked, PlanRefused, PlaybookError, UsageError
from dani_playbook.core.identity import Identity, Way
from dani_playbook.core.address import Address
from dani_playbook.runner.auditing import audit_list, audit_verify
from dani_playbook.runner.offline import Request
from dani_playbook.runner.purging import plan_purge
from tests.runner.conftest import Project

HEAD = "version: 1\ndepartments:\n  sales: {name: Sales}\nusers:\n"
BOB = "  bob: {email: bob@a.example, first_name: Bob, department: sales, start_date: 2020-01-01}\n"
ADA = "  ada: {email: ada@a.example, first_name: Ada, last_name: Lovelace, department: sales, start_date: 2020-01-01"
MOBILE = ", mobile: '+49301234567'"
LEFT = ", end_date: 2026-06-30"
LATER = datetime(2027, 3, 1, 9, tzinfo=UTC)
REASON = "request 4711"


def applied(project: Project, text: str, **rest: Any) -> str:
    project.write("playbooks/a.yaml", text)
    session = project.session()
    run = session.apply(session.plan(Request(**rest))).document["run"]
    return str(run["id"]) if run else ""


def life(project: Project) -> list[str]:
    """Ada is hired, gets a phone, leaves, and is no longer declared; gives the runs."""
    runs = [
        applied(project, f"{HEAD}{BOB}{ADA}}}\n"),
        applied(project, f"{HEAD}{BOB}{ADA}{MOBILE}}}\n"),
        applied(project, f"{HEAD}{BOB}{ADA}{MOBILE}{LEFT}}}\n"),
        applied(project, f"{HEAD}{BOB}"),
    ]
    return [run for run in runs if run]


def purged(project: Project, address: str = "user.ada", reason: str = REASON) -> Mapping[str, Any]:
    session = project.session()
    return session.apply(plan_purge(session, address, reason)).document


def refused(project: Project, address: str = "user.ada", reason: str = REASON) -> dict[str, str]:
    """Codes and messages of all that stands against it."""
    with pytest.raises(PlanRefused) as caught:
        plan_purge(project.session(), address, reason)
    return {problem.code: f"{problem.message} | {problem.hint}" for problem in caught.value.problems}


def test_who_left_is_purged_and_the_chain_still_verifies(project: Project) -> None:
    runs = life(project)
    document = purged(project)
    assert (document["outcome"], document["run"]["summary"]["remove"]) == ("succeeded", 1)
    assert list(project.export()["resources"]) == ["department.sales", "user.bob"]
    found = audit_verify(project.session())
    assert (found.exit_code, found.document["runs"]) == (0, len(runs) + 1)
    (row,) = audit_list(project.session(), action="purged").document["rows"]
    assert row["object"] == "user.ada"
    assert row["run"] == document["run"]["id"]
    assert row["detail"] == {
        "reason": REASON,
        "names": 1,
        "entries": len(runs) + 1,
        "keys": 1,
        "sessions": 0,
        "api_keys": 0,
    }
    assert project.plan().plan.is_empty
