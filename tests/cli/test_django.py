"""``manage.py dani …`` is the same program."""

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
