"""An export as text: every resource with its managed fields."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values, words
from dani_playbook.cli.text.page import STRONG, Page, cells, padded


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Resources by address, with the fields that are set; or the files that were written."""
    if document.get("written") is not None:
        for path in document["written"]:
            page.line(path)
        page.blank()
    for address, fields in document["resources"].items():
        page.line((address, STRONG))
        column = max((cells(name) for name in fields), default=0) + 4
        for name, value in fields.items():
            if value is not None:
                page.line("  ", padded(name, column - 2), values.shown(value), hang=column)
    if not document["resources"] and document.get("written") is None:
        page.line("Nothing to export: no live resource fits.")


def count(document: Mapping[str, Any]) -> str:
    """``248 resources``."""
    return words.counted(len(document["resources"]), "resource")
