"""Which run is carried on, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.sheet import Bold, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The run, and whether its plan is still the same."""
    if document["run"] is None:
        sheet.paragraph(Bold("Nothing to resume."), f" {words.NOTHING_TO_RESUME}")
        return
    sheet.paragraph(words.resumed(document["run"]))
    if document["same"]:
        sheet.paragraph("The plan is the one that was interrupted.")
    else:
        sheet.paragraph(Bold("The plan isn't the one that was interrupted: "), words.OTHER_PLAN)
