"""What an apply did, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.changes import write_changes
from dani_playbook.cli.markdown.findings import BEFORE, write_findings
from dani_playbook.cli.markdown.sheet import Bold, Code, Piece, Sheet
from dani_playbook.cli.summary import nothing

_OUTCOMES = {
    "rolled_back": ("Failed; everything was rolled back.", "The live system is as it was before."),
    "refused": ("Refused:", "nothing was changed."),
}


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The outcome, the way back, and the changes folded."""
    plan, run, outcome = document["plan"], document.get("run"), document["outcome"]
    sheet.marker(f"dani.apply/1 {plan.get('environment') or ''}".strip())
    done = nothing(plan) if outcome == "nothing" else ("Applied:", f"{words.done_line(plan['summary'])}.")
    first, rest = _OUTCOMES.get(outcome, done)
    sheet.paragraph(Bold(first), f" {rest}")
    if document.get("failure"):
        sheet.paragraph(document["failure"])
    if run and outcome == "succeeded":
        back: list[Piece] = (
            ["; it can't be taken back"] if plan.get("purges") else ["; to take it back: ", _rollback(run)]
        )
        sheet.paragraph("Run ", Code(run["id"]), " by ", Code(run["actor"]), *back)
    if outcome == "refused":
        write_findings(sheet, plan, BEFORE)
    write_changes(sheet, plan["changes"])


def _rollback(run: Mapping[str, Any]) -> Code:
    return Code(f"dani rollback {run['id']}")
