"""An export as text: every resource with its managed fields."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values
from dani_playbook.cli.text.page import STRONG, Page, cells, padded


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Resources by address, with the fields that are set."""
    for address, fields in document["resources"].items():
        page.line((address, STRONG))
        column = max((cells(name) for name in fields), default=0) + 4
        for name, value in fields.items():
            if value is not None:
                page.line("  ", padded(name, column - 2), values.shown(value), hang=column)
    if not document["resources"]:
        page.line("Nothing to export: no live resource fits.")
