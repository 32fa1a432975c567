"""An export as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values, words
from dani_playbook.cli.markdown.sheet import Bold, Code, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The count, then every resource folded."""
    resources = document["resources"]
    sheet.paragraph(Bold(words.counted(len(resources), "resource")), " exported.")
    for index, (address, fields) in enumerate(resources.items()):
        lines = [(" ", f"{name}: {values.shown(value)}") for name, value in fields.items() if value is not None]
        if not sheet.details([Code(address)], lines):
            sheet.paragraph(f"… and {len(resources) - index:,} more.")
            return
