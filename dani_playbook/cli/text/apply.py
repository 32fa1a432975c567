"""What an apply did, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.summary import nothing
from dani_playbook.cli.text.page import BAD, GOOD, QUIET, STRONG, Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """One sentence on the outcome, the run, and the way back."""
    run, outcome = document.get("run"), document["outcome"]
    _write_outcome(page, document, outcome)
    if document.get("failure"):
        page.line("  " + document["failure"], hang=2)
    if run:
        page.line((f"Run {run['id']}", ""), (f"   {moment(run['finished_at'] or run['started_at'])}", QUIET))
    if run and outcome == "succeeded":
        page.line(*way_back(plan_purges(document), run["id"]))


def way_back(purges: bool, run: str) -> tuple[str, ...]:
    """How a run is taken back, if it can be."""
    return ("It can't be taken back.",) if purges else ("To take it back: ", f"dani rollback {run}")


def plan_purges(document: Mapping[str, Any]) -> bool:
    """Whether an apply purged somebody."""
    return bool(document["plan"].get("purges"))


NOT_APPLIED = ("Nothing was applied.", "")
_SEEN = ("held", "skipped", "warnings")
"""Where a plan has these it was shown before, with its sum."""


def _write_outcome(page: Page, document: Mapping[str, Any], outcome: str) -> None:
    plan = document["plan"]
    match outcome:
        case "succeeded":
            marks = words.marks_line(plan["marks"])
            tail = f" ({marks})" if marks else ""
            page.line(("Applied: ", GOOD), words.done_line(plan["summary"]), f"{tail}.", hang=9)
        case "nothing":
            first, rest = NOT_APPLIED if any(plan[part] for part in _SEEN) else nothing(plan)
            page.line((first, GOOD if first.endswith(".") else STRONG), f" {rest}")
        case "rolled_back":
            page.line(("Failed; everything was rolled back. ", BAD), f"{plan['live']} is as it was before.")
        case _:
            blockers = words.counted(len(plan["blockers"]), "thing")
            page.line(("Refused: ", BAD), f"nothing was changed; {blockers} must be settled first.")


def moment(text: str | None) -> str:
    """``2026-11-23 08:15:02 UTC`` of ``2026-11-23T08:15:02Z``."""
    if not text:
        return ""
    day, _, time = text.partition("T")
    return f"{day} {time.rstrip('Z').split('.')[0]} UTC" if time else day
