"""What verifying the audit trail found, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.sheet import Bold, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """One sentence, and what was compared."""
    rows = words.counted(document["rows"], "row")
    if fault := document["fault"]:
        sheet.paragraph(Bold("The audit trail isn't whole: "), fault["message"], f" ({fault['what']}).")
        sheet.paragraph(f"Up to there it is as it was written: {rows}.")
        return
    compared = f"{words.counted(document['heads'], 'head')} and {words.counted(document['runs'], 'run')}"
    sheet.paragraph(Bold("The audit trail is whole."), f" {rows}, {compared} compared.")
    for item in document.get("restores", ()):
        sheet.paragraph(words.put_back(item))
