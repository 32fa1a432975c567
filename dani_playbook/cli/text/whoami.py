"""Who acts, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.apply import moment
from dani_playbook.cli.text.page import QUIET, STRONG, Page, padded

_WIDTH = 16
_WAYS = {"machine": "the user of this machine; nobody is signed in", "session": "signed in", "key": "by the key"}


def write(page: Page, document: Mapping[str, Any]) -> None:
    """The name, how it is known, and what it may do."""
    page.line((document["name"], STRONG), f"  {_way(document)}{_since(document)}")
    page.line(padded(("  roles", QUIET), _WIDTH), ", ".join(document["roles"]) or "none", hang=_WIDTH)
    if document["scopes"] is not None:
        page.line(padded(("  scopes", QUIET), _WIDTH), ", ".join(document["scopes"]) or "none", hang=_WIDTH)
    page.blank()
    if not document["may"]:
        page.line("May do nothing here.")
        return
    page.line("May:")
    for line in document["may"]:
        page.line(padded(f"  {line['action']}", _WIDTH), reach_text(line), hang=_WIDTH)


def _way(document: Mapping[str, Any]) -> str:
    way = _WAYS.get(document["way"], document["way"])
    return f"{way} {document['key']}" if document["key"] else way


def _since(document: Mapping[str, Any]) -> str:
    if not document["signed_in_at"]:
        return ""
    return f" since {moment(document['signed_in_at'])}, at most until {moment(document['until'])}"


def reach_text(line: Mapping[str, Any]) -> str:
    """``every kind, up to internal``; empty for what concerns no kind."""
    if not line["kinds"]:
        return ""
    kinds = "every kind" if line["kinds"] == ["*"] else words.joined(line["kinds"])
    return f"{kinds}, up to {line['highest']}"
