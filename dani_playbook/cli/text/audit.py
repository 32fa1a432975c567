"""Rows of the audit trail, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.text.apply import moment
from dani_playbook.cli.text.page import Page, Span

_HEADER = ("number", "when (UTC)", "who", "action", "object", "result")
_SECONDS = len("2026-11-23 08:15:02")


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Newest first, one line each."""
    if not document["rows"]:
        if page.width is not None:
            page.line("Nothing is recorded.")
        return
    page.table(_HEADER, [_row(row) for row in document["rows"]])


def _row(row: Mapping[str, Any]) -> list[Span]:
    return [str(row["number"]), moment(row["at"])[:_SECONDS], row["actor"], row["action"], row["object"], row["result"]]
