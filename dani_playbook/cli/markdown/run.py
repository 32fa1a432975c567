"""One past run with its changes, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.changes import write_changes
from dani_playbook.cli.markdown.sheet import Code, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """What is known of the run, then its changes folded."""
    run = document["run"]
    sheet.heading("Run ", Code(run["id"]), f": {run['state'].replace('_', ' ')}")
    when = run["finished_at"] or run["started_at"]
    sheet.paragraph(f"{words.done_line(run['summary'])}, by {run['actor']}, {when}, as of {run['as_of']}.")
    if run.get("failure"):
        sheet.paragraph(run["failure"])
    write_changes(sheet, document["changes"])
