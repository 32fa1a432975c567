"""Files that were written, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.sheet import Bold, Code, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The count, then every file."""
    sheet.paragraph(Bold("Written:"), f" {words.counted(document['resources'], 'resource')}.")
    sheet.bullets([[Code(path)] for path in document["files"]])
