"""A timeline as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values
from dani_playbook.cli.markdown.sheet import Bold, Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table by date."""
    sheet.heading(f"Timeline as of {document['as_of']}")
    if not document["items"]:
        sheet.paragraph("Nothing is coming, and nothing is due.")
        return
    sheet.table(("date", "what", "who", "fields"), [item_cells(item) for item in document["items"]])


def item_cells(item: Mapping[str, Any]) -> list[list[Piece]]:
    """One entry as the cells of a row."""
    date: list[Piece] = [Bold(item["date"]), " due"] if item["state"] == "due" else [item["date"]]
    fields: list[Piece] = []
    for field in item["fields"]:
        both = values.difference(field["before"], field["after"])
        fields += [", "] * bool(fields) + [Code(f"{field['name']}: {both.before} → {both.after}")]
    return [date, [item["event"]], [Code(item["address"]), f" {item.get('title') or ''}"], fields]
