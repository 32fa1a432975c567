"""Settings as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values
from dani_playbook.cli.markdown.sheet import Code, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """A table with the origin of each value."""
    rows = [
        [[Code(item["name"])], [Code(values.shown(item["value"]))], [item["origin"]]] for item in document["settings"]
    ]
    sheet.table(("setting", "value", "from"), rows)
