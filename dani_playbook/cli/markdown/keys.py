"""Keys for programs, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.markdown.sheet import Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table, newest first."""
    if not document["keys"]:
        sheet.paragraph("No keys yet.")
        return
    header = ("key", "name", "made by", "state", "until", "used", "scopes")
    sheet.table(header, [_cells(key) for key in document["keys"]])


def _cells(key: Mapping[str, Any]) -> list[list[Piece]]:
    maker: list[Piece] = [Code(key["account"])] if key["account"] else ["nobody"]
    told = (key["state"], key["expires_at"], key["used_at"] or "never", ", ".join(key["scopes"]))
    return [[Code(key["id"])], [key["name"]], maker, *([text] for text in told)]
