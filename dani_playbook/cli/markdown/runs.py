"""Past runs, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.sheet import Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table, newest first."""
    if not document["runs"]:
        sheet.paragraph("No runs yet.")
        return
    sheet.table(("run", "finished", "state", "who", "what"), [_cells(run) for run in document["runs"]])


def _cells(run: Mapping[str, Any]) -> list[list[Piece]]:
    when = run["finished_at"] or run["started_at"] or ""
    done = words.done_line(run["summary"])
    back: list[Piece] = ["takes back ", Code(run["undoes"]), ": "] if run.get("undoes") else []
    return [[Code(run["id"])], [when], [run["state"].replace("_", " ")], [run["actor"]], [*back, done]]
