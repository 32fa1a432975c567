"""Drift as text: what others changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.fields import label_column, write_field
from dani_playbook.cli.text.page import GOOD, STRONG, Page, Span, padded


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Each class under its own heading, with what was applied → what is live."""
    items = document["items"]
    for name, (title, meaning) in words.DRIFT.items():
        if listed := [item for item in items if item["class"] == name]:
            page.blank()
            page.line((title, STRONG), f" ({meaning}):")
            _write_items(page, listed)
    page.blank()
    _write_sum(page, document)


def _write_items(page: Page, items: Sequence[Mapping[str, Any]]) -> None:
    column = label_column(items, 23, 42)
    for item in items:
        page.line("  ", padded((item["address"], STRONG), column - 2), str(item.get("title") or ""), hang=column)
        for field in item["fields"]:
            write_field(page, field, column)


def _write_sum(page: Page, document: Mapping[str, Any]) -> None:
    counts = [f"{number:,} {words.DRIFT.get(name, (name, ''))[0].lower()}" for name, number in _counts(document)]
    unmanaged = sum(document["unmanaged"].values())
    tail: list[Span] = [f" {words.counted(unmanaged, 'live resource')} unmanaged."] if unmanaged else []
    if not counts:
        page.line(("No drift. ", GOOD), f"Nothing was changed outside since the last apply, as of {document['as_of']}.")
        return
    page.line(("Drift: ", STRONG), f"{', '.join(counts)}, as of {document['as_of']}.", *tail)


def _counts(document: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(name, document["counts"][name]) for name in words.DRIFT if document["counts"].get(name)]
