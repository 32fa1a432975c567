"""A timeline as text: what comes when."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from dani_playbook.cli.text.blocks import short_place
from dani_playbook.cli.text.fields import change_spans
from dani_playbook.cli.text.page import PLACE, STRONG, WARN, Page, Span, cells, padded

_EVENTS = {"starts": "starts", "leaves": "leaves", "changes": "changes"}
_VALUES = 16


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Entries by date; those whose date has come are marked as due."""
    items = document["items"]
    if not items:
        page.line(f"Nothing is coming after {document['as_of']}, and nothing is due.")
        return
    due = sum(item["state"] == "due" for item in items)
    page.line(
        ("Timeline", STRONG), f"  as of {document['as_of']}: {len(items) - due:,} upcoming, {due:,} due or carried out"
    )
    page.blank()
    write_items(page, items)


def write_items(page: Page, items: Sequence[Mapping[str, Any]]) -> None:
    """Entries under their date, each with the fields that change."""
    address = max(cells(item["address"]) for item in items) + 2
    title = max(cells(item.get("title") or "") for item in items) + 2
    for (date, state), group in groupby(items, key=lambda item: (item["date"], item["state"])):
        page.line((date, STRONG), *([("  due", WARN)] if state == "due" else []))
        _write_group(page, group, address, title)


def _write_group(page: Page, items: Iterable[Mapping[str, Any]], address: int, title: int) -> None:
    for item in items:
        head: list[Span] = ["  ", padded(item["address"], address), padded(item.get("title") or "", title)]
        event = _EVENTS.get(item["event"], item["event"])
        page.line(*head, padded(event, 9), (short_place(item.get("source")), PLACE), hang=4)
        column = max([_VALUES, *(cells(field["name"]) + 2 for field in item["fields"])]) + 4
        for field in item["fields"]:
            page.line(padded("    " + field["name"], column), *change_spans(field), hang=column)
