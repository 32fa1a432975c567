"""Two sessions, and a database that goes away."""

import pytest

from dani_playbook.core.errors import LiveError, PlanStale
from dani_playbook.runner.offline import Request
from tests.attack.asking import BOB, HEAD, NOTHING, PEOPLE, ada, applied, says
from tests.runner.conftest import Project


def test_an_older_plan_keeps_what_another_run_has_come_to_own(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    slow = project.session()
    planned = slow.plan(Request())
    applied(project, ada("job_title: Boss"))
    slow.apply(planned)
    found = {str(address): item.applied for address, item in project.session().memory.inventory().items()}
    assert "job_title" in found["user.ada"]


def test_an_older_plan_does_not_take_back_who_was_removed(project: Project) -> None:
    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    slow = project.session()
    planned = slow.plan(Request())
    applied(project, f"{HEAD}users:\n{BOB}")
    with pytest.raises(PlanStale):
        slow.apply(planned)
    assert says(project) == NOTHING


def test_an_older_memory_does_not_replace_a_newer_one(project: Project) -> None:
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    User.objects.filter(key="ada").update(first_name="Ida")
    project.write("playbooks/a.yaml", PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    slow = project.session()
    planned = slow.plan(Request())
    applied(project, PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    applied(project, PEOPLE.replace("first_name: Ada", "first_name: Uda"))
    slow.apply(planned)
    assert project.session().drift(Request()).exit_code == 0


def test_what_somebody_else_created_meanwhile_is_stale(project: Project) -> None:
    project.write("playbooks/a.yaml", PEOPLE)
    slow = project.session()
    planned = slow.plan(Request())
    project.apply()
    with pytest.raises(PlanStale):
        slow.apply(planned)


def test_a_lost_connection_is_told_when_a_run_begins(project: Project) -> None:
    from django.db import connection

    applied(project, PEOPLE)
    project.write("playbooks/a.yaml", PEOPLE.replace("first_name: Ada", "first_name: Ida"))
    session = project.session()
    planned = session.plan(Request())
    take_away(project.place.vendor)
    try:
        with pytest.raises(LiveError):
            session.apply(planned)
    finally:
        connection.close()


def take_away(vendor: str) -> None:
    """Ends the connection from the server's side, or makes the file of SQLite read-only for this connection."""
    from django.db import connection

    if vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
        return
    import psycopg

    said = connection.settings_dict
    with psycopg.connect(host=said["HOST"], user=said["USER"], dbname=said["NAME"], autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dani' AND pid <> pg_backend_pid()"
        )
