"""Doctor as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.markdown.sheet import Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table of checks with their remedies."""
    sheet.table(("state", "check", "found", "remedy"), [_cells(check) for check in document["checks"]])


def _cells(check: Mapping[str, Any]) -> list[list[Piece]]:
    remedy = "" if check["state"] == "ok" else check.get("remedy") or ""
    return [[check["state"]], [check["name"]], [check["detail"]], [remedy]]
