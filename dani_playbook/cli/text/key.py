"""A new key, as text: itself alone, so that a program can take it."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.text.page import Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """One line."""
    page.line(document["key"])
