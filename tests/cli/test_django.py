"""``manage.py dani …`` is the same program."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import Ended, dani, environment

MANAGE = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line

settings.configure(INSTALLED_APPS=["dani_playbook.cli.django"])
execute_from_command_line(sys.argv)
"""

HOST = """
import sys
from pathlib import Path
from django.conf import settings
from django.core.management import execute_from_command_line

OURS = ("accounts", "employees", "recruitment", "reports", "powerapps", "settings")
settings.configure(
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        *(f"dani_playbook.hris.{name}" for name in OURS),
        "dani_playbook.state",
        "dani_playbook.cli.django",
    ],
    AUTH_USER_MODEL="accounts.User",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path("host.sqlite3").absolute())}},
    USE_TZ=True,
    SECRET_KEY="of a test",
)
execute_from_command_line(sys.argv)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "manage.py").write_text(MANAGE)
    assert dani("init", folder=tmp_path).code == 0
    return tmp_path


def manage(folder: Path, *arguments: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("line", ["--version", "validate", "validate --format json", "plann", "schema user"])
def test_it_says_the_same_with_the_same_exit_code(project: Path, line: str) -> None:
    ours, theirs = dani(*line.split(), folder=project), manage(project, "dani", *line.split())
    assert (theirs.code, theirs.out) == (ours.code, ours.out)


def test_its_help_names_it_as_it_was_called(project: Path) -> None:
    assert manage(project, "dani", "plan", "--help").out.startswith("Usage: manage.py dani plan")


def test_django_lists_it_among_its_commands(project: Path) -> None:
    assert "dani" in manage(project, "help", "--commands").out.split()


@pytest.fixture
def host(project: Path) -> Path:
    """A Django project that has the HR system among its own apps, and a database of its own."""
    (project / "manage.py").write_text(HOST)
    return project


def test_a_host_project_is_told_to_migrate_first(host: Path) -> None:
    ended = manage(host, "dani", "plan")
    assert ended.code == 9
    assert "run manage.py migrate" in ended.err


def test_a_host_project_plans_applies_and_takes_back_in_its_own_database(host: Path) -> None:
    assert manage(host, "migrate", "--verbosity", "0").code == 0
    assert manage(host, "dani", "plan", "--exit-code").code == 2
    applied = manage(host, "dani", "apply", "--approve", "--format", "json")
    assert applied.code == 0, applied.err
    run = json.loads(applied.out)["run"]
    assert run["summary"]["create"] == 7
    assert manage(host, "dani", "plan", "--exit-code").code == 0
    assert manage(host, "dani", "rollback", run["id"], "--approve").code == 0
    assert json.loads(manage(host, "dani", "export", "--format", "json").out)["resources"] == {}
    assert (host / "host.sqlite3").exists()
    assert not (host / ".dani/hris.sqlite3").exists()


def test_the_doctor_of_a_host_project_looks_at_its_database(host: Path) -> None:
    assert manage(host, "migrate", "--verbosity", "0").code == 0
    ended = manage(host, "dani", "doctor")
    assert ended.code == 0
    assert str(host / "host.sqlite3") in ended.out
