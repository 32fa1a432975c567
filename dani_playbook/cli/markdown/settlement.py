"""What became of runs that nobody ended, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.sheet import Bold, Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table of runs, who is writing now, and whether the database was put back."""
    if document["runs"]:
        sheet.table(("run", "outcome", "who", "began"), [_cells(item) for item in document["runs"]])
    else:
        sheet.paragraph(Bold("Nothing to settle."), " Every run is done.")
    if document["lock"]["state"] in ("alive", "stopped"):
        sheet.paragraph(Bold("Somebody is writing now: "), words.lock_holder(document["lock"]), ".")
    if older := document["restored"]:
        sheet.paragraph(Bold("Needs a person: "), older["message"], ". ", older["hint"])


def _cells(item: Mapping[str, Any]) -> list[list[Piece]]:
    run, outcome = item["run"], words.OUTCOMES[item["outcome"]]
    return [[Code(run["id"])], [f"{outcome}: {item['message']}"], [run["actor"]], [run["started_at"]]]
