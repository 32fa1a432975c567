"""Drift as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.changes import field_lines
from dani_playbook.cli.markdown.sheet import Bold, Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The counts, then each object folded."""
    sheet.marker("dani.drift/1")
    counts = {name: number for name, number in document["counts"].items() if number}
    if not counts:
        sheet.paragraph(Bold("No drift."), f" As of {document['as_of']}.")
        return
    named = ", ".join(f"{number:,} {words.DRIFT.get(name, (name, ''))[0].lower()}" for name, number in counts.items())
    sheet.paragraph(Bold("Drift:"), f" {named}, as of {document['as_of']}.")
    for index, item in enumerate(document["items"]):
        title = words.DRIFT.get(item["class"], (item["class"], ""))[0]
        summary: list[Piece] = [Code(item["address"]), f" {item.get('title') or ''} · {title.lower()}"]
        if not sheet.details(summary, [line for field in item["fields"] for line in field_lines(field)]):
            sheet.paragraph(f"… and {len(document['items']) - index:,} more.")
            return
