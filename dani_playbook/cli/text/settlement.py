"""What became of runs that nobody ended, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.apply import moment
from dani_playbook.cli.text.page import BAD, GOOD, QUIET, WARN, Page

_STYLES = {"written": GOOD, "not-written": GOOD, "running": WARN, "closing": WARN, "unknown": BAD}


def write(page: Page, document: Mapping[str, Any]) -> None:
    """A line for each run, who is writing now, and whether the database was put back."""
    for item in document["runs"]:
        run = item["run"]
        label, style = words.OUTCOMES[item["outcome"]], _STYLES[item["outcome"]]
        page.line(f"Run {run['id']}  ", (f"{label}: ", style), item["message"], hang=4)
        page.line((f"    {run['actor']}, {moment(run['started_at'])}", QUIET))
        if item["outcome"] == "not-written":
            page.line("    To carry it on: ", f"dani resume {run['id']}")
    if not document["runs"]:
        page.line(("Nothing to settle.", GOOD), " Every run is done.")
    if document["lock"]["state"] in ("alive", "stopped"):
        page.line(("Somebody is writing now: ", WARN), words.lock_holder(document["lock"]), ". See: dani lock show")
    if older := document["restored"]:
        page.line(("Needs a person: ", BAD), older["message"], ".", hang=4)
        page.line("  ", older["hint"], hang=4)
