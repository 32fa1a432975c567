"""Explain as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values
from dani_playbook.cli.markdown.sheet import Code, Piece, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table of fields, then the history."""
    sheet.heading(Code(document["address"]), f" {document.get('title') or ''}")
    sheet.paragraph(f"{'Managed' if document['managed'] else 'Not managed'}, as of {document['as_of']}.")
    sheet.table(("field", "declared", "applied", "live", "owner", "says"), [_cells(f) for f in document["fields"]])
    sheet.bullets([_entry(entry) for entry in document["history"]])


def _cells(field: Mapping[str, Any]) -> list[list[Piece]]:
    three: list[list[Piece]] = [[Code(values.shown(field[side]))] for side in ("desired", "applied", "live")]
    source: list[Piece] = [" ", Code(field["source"])] if field.get("source") else []
    return [[Code(field["name"])], *three, [field["owner"]], [field["verdict"], *source]]


def _entry(entry: Mapping[str, Any]) -> list[Piece]:
    fields = f": {', '.join(entry['fields'])}" if entry["fields"] else ""
    gone = "; values purged" if entry.get("purged") else ""
    return [f"{entry['at']} {entry['verb']}{fields} (run ", Code(entry["run"]), f" by {entry['actor']}{gone})"]
