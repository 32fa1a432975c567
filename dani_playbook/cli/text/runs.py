"""Past runs, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.apply import moment
from dani_playbook.cli.text.page import BAD, GOOD, WARN, Page, Span

_STATES = {"succeeded": GOOD, "rolled_back": BAD, "executing": WARN}
_HEADER = ("run", "finished (UTC)", "state", "who", "as of", "what")
_MINUTES = len("2026-11-23 08:15")


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Newest first, one line each."""
    if not document["runs"]:
        if page.width is not None:
            page.line("No runs yet.")
        return
    page.table(_HEADER, [_row(run, short=page.width is not None) for run in document["runs"]])


def _row(run: Mapping[str, Any], *, short: bool) -> list[Span]:
    state: Span = (state_text(run), _STATES.get(run["state"], ""))
    when = moment(run["finished_at"] or run["started_at"])
    return [run["id"], when[:_MINUTES] if short else when, state, run["actor"], run["as_of"], what(run)]


def state_text(run: Mapping[str, Any]) -> str:
    """``rolled back`` of ``rolled_back``."""
    return str(run["state"]).replace("_", " ")


def what(run: Mapping[str, Any]) -> str:
    """What a run did in a few words."""
    marks = words.marks_line(run["marks"])
    done = words.done_line(run["summary"]) + (f" ({marks})" if marks else "")
    return f"takes back {run['undoes']}: {done}" if run.get("undoes") else done
