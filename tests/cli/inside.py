"""``dani`` inside the test's own process: for what needs neither a live system nor a terminal."""

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime

from dani_playbook.cli.main import run
from dani_playbook.cli.surroundings import Surroundings
from tests.cli.program import Ended

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def call(*arguments: str, environ: Mapping[str, str] | None = None, text: str = "") -> Ended:
    """One call; the working directory is the test's."""
    out, err = io.StringIO(), io.StringIO()
    around = Surroundings(environ=environ or {}, now=NOW, stdin=io.StringIO(text), stdout=out, stderr=err)
    with redirect_stdout(out), redirect_stderr(err):
        code = run(arguments, around)
    return Ended(code, out.getvalue(), err.getvalue())
