"""What a check of bindings found, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.sheet import Bold, Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The kinds, then what doesn't fit."""
    sheet.paragraph(
        Bold(document["system"]), " by ", Code(document["file"]), f". {words.kept_quiet(document['quiet'])}"
    )
    sheet.table(("kind", "model", "objects", "fields", "write"), [_cells(kind) for kind in document["kinds"]])
    if not document["findings"]:
        sheet.paragraph("The bindings fit.")
        return
    sheet.table(("level", "where", "found", "next"), [_finding(item) for item in document["findings"]])


def _cells(kind: Mapping[str, Any]) -> list[list[Piece]]:
    objects = "not read" if kind["objects"] is None else f"{kind['objects']:,}"
    return [
        [Code(kind["kind"])],
        [Code(kind["model"])],
        [objects],
        [f"{kind['fields']} of {kind['of']}"],
        [kind["write"]],
    ]


def _finding(item: Mapping[str, Any]) -> list[list[Piece]]:
    where = ".".join(filter(None, (item["kind"], item["path"]))) or "project"
    place = f" ({item['file']}:{item['line']})" if item["file"] else ""
    return [[item["level"]], [Code(where), place], [item["message"]], [item["hint"] or ""]]
