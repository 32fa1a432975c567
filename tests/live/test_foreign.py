"""Any Django project: one that knows nothing of us, with other keys, managers and rules."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]


def test_another_django_project_is_read_and_written_like_ours(database, tmp_path):
    url = "sqlite:///foreign.sqlite3"
    if database.vendor == "postgresql":
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS elsewhere")
            cursor.execute("CREATE DATABASE elsewhere")
        url = urlsplit(database.url)._replace(path="/elsewhere").geturl()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.live.foreign_run", url, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr[-2000:]) == (0, "")
