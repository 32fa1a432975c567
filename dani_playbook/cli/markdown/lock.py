"""The lock, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.sheet import Bold, Sheet
from dani_playbook.cli.text.apply import moment


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """What was broken, who has it, and what that means."""
    if document["broken"]:
        sheet.paragraph(Bold("Broken."), " ", *words.lock_broken(document["broken"]))
    state, meaning = words.LOCK[document["state"]]
    sheet.paragraph(Bold(f"The lock is {state}."), f" {meaning}")
    sheet.bullets([[f"{name}: {value}"] for name, value in words.lock_rows(document, moment)])
