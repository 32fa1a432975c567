"""A new key, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.markdown.sheet import Code, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The key, and how long it lasts."""
    sheet.paragraph(Code(document["key"]))
    sheet.paragraph(f"Key {document['id']} lasts until {document['expires_at']}. It isn't shown again.")
