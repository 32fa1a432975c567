"""Rows of the audit trail, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.markdown.sheet import Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table, newest first."""
    if not document["rows"]:
        sheet.paragraph("Nothing is recorded.")
        return
    header = ("number", "when", "who", "action", "object", "result")
    sheet.table(header, [_cells(row) for row in document["rows"]])


def _cells(row: Mapping[str, Any]) -> list[list[Piece]]:
    named: list[Piece] = [Code(row["object"])] if row["object"] else []
    return [[str(row["number"])], [row["at"]], [row["actor"]], [row["action"]], named, [row["result"]]]
