"""A process that is killed in the middle leaves nothing, and the next one carries on."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attack.asking import NOTHING, PEOPLE, applied, says
from tests.runner.conftest import Project

ROOT = Path(__file__).parents[2]
STEPS = ("checking that nothing moved", "writing", "reading back", "writing the journal")


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_apply_leaves_everything_as_it_was(project: Project, step: str) -> None:
    from django.db import connections

    applied(project, PEOPLE)
    was = json.dumps(project.export()), dict(project.session().memory.inventory())
    text = PEOPLE.replace("first_name: Ada", "first_name: Ida") + "  eve: {email: eve@a.example, first_name: Eve}\n"
    project.write("playbooks/a.yaml", text)
    connections.close_all()
    command = [sys.executable, "-m", "tests.attack.killing", str(project.root), step]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (json.dumps(project.export()), dict(project.session().memory.inventory())) == was
    project.apply()
    assert says(project) == NOTHING
    states = [run["state"] for run in project.session().runs().document["runs"]]
    assert states == ["succeeded", "rolled_back", "succeeded"]
