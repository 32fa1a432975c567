"""What verifying the audit trail found, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.page import BAD, GOOD, Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """One sentence, and what was compared."""
    rows = words.counted(document["rows"], "row")
    if fault := document["fault"]:
        page.line(("The audit trail isn't whole: ", BAD), fault["message"], f" ({fault['what']}).")
        page.line(f"Up to there it is as it was written: {rows}.")
        return
    compared = f"{words.counted(document['heads'], 'head')} and {words.counted(document['runs'], 'run')}"
    page.line(("The audit trail is whole.", GOOD), f" {rows}, {compared} compared.")
    for item in document.get("restores", ()):
        page.line(words.put_back(item))
