"""Settings as text, each with where it comes from."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values
from dani_playbook.cli.text.page import QUIET, Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Name, value and origin, one setting a line."""
    rows = [[item["name"], values.shown(item["value"]), (item["origin"], QUIET)] for item in document["settings"]]
    page.table(("setting", "value", "from"), rows)
