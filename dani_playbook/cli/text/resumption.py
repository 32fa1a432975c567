"""Which run is carried on, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.page import GOOD, WARN, Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """The run, and whether its plan is still the same."""
    if document["run"] is None:
        page.line(("Nothing to resume.", GOOD), f" {words.NOTHING_TO_RESUME}")
        return
    page.line(words.resumed(document["run"]))
    if document["same"]:
        page.line("The plan is the one that was interrupted.")
    else:
        page.line(("The plan isn't the one that was interrupted: ", WARN), words.OTHER_PLAN, hang=4)
    page.blank()
