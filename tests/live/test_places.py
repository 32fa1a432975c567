"""Every place of a binding and every way of writing, on a project of its own: one process runs all cases."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.live.places.cases import CASES

ROOT = Path(__file__).parents[2]
_KNOWN: dict[str, dict[str, str]] = {}


@pytest.fixture
def outcomes(database, tmp_path):
    if database.vendor not in _KNOWN:
        _KNOWN[database.vendor] = run(url_of(database), tmp_path)
    return _KNOWN[database.vendor]


def url_of(database):
    if database.vendor == "sqlite":
        return "sqlite:///places.sqlite3"
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS places")
        cursor.execute("CREATE DATABASE places")
    return urlsplit(database.url)._replace(path="/places").geturl()


def run(url, folder):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.live.places.run", url, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr[-3000:]) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES)
def test_a_foreign_project_is_read_and_written_as_its_binding_says(outcomes, case):
    assert outcomes[case] == ""
