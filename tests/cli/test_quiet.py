"""What Python says by itself: nothing of it shows a value, before and after the log is opened."""

import os
import subprocess
import sys

import pytest

BEGIN = "import sys, warnings; from dani_playbook.cli.quiet import keep_quiet; keep_quiet()"
WARN = "warnings.warn('born 1980-01-01')"
OPEN = "from dani_playbook.cli.log import set_up_log; set_up_log(sys.stderr)"
FAIL = "class Ends:\n def __del__(self): raise ValueError('born 1980-01-01')\nended = Ends()"


def said(*steps: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", "\n".join(steps)],
        env=dict(os.environ),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("steps", [(WARN,), (WARN, WARN), (FAIL,), (OPEN, FAIL)])
def test_nothing_is_said_before_there_is_a_log_and_while_ending(steps: tuple[str, ...]) -> None:
    assert said(BEGIN, *steps) == ""


@pytest.mark.parametrize("steps", [(OPEN, WARN), (WARN, OPEN, WARN)])
def test_a_warning_is_a_line_of_the_log_without_its_text(steps: tuple[str, ...]) -> None:
    line = said(BEGIN, *steps)
    assert line.startswith("warning py.warnings: ")
    assert "1980" not in line
    assert line.count("\n") == 1


def test_without_it_both_would_be_told() -> None:
    assert all("1980-01-01" in said("import sys, warnings", step) for step in (WARN, FAIL))
