"""Keys for programs, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.text.page import BAD, GOOD, Page, Span

_HEADER = ("key", "name", "made by", "state", "until", "used", "scopes")
_DAY = len("2026-11-23")


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Newest first, one line each."""
    if not document["keys"]:
        if page.width is not None:
            page.line("No keys yet.")
        return
    page.table(_HEADER, [_row(key) for key in document["keys"]])


def _row(key: Mapping[str, Any]) -> list[Span]:
    state: Span = (key["state"], GOOD if key["state"] == "good" else BAD)
    used = key["used_at"][:_DAY] if key["used_at"] else "never"
    scopes = " ".join(key["scopes"])
    return [key["id"], key["name"], key["account"] or "nobody", state, key["expires_at"][:_DAY], used, scopes]
