"""An approval as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.markdown.sheet import Bold, Sheet
from dani_playbook.cli.summary import approval_lines, approval_sentence


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """Who said yes to what, and what is still missing."""
    first, rest = approval_sentence(document)
    sheet.paragraph(Bold(first), rest)
    if lines := approval_lines(document):
        sheet.bullets([[f"Approvals: {line}."] for line in lines])
