"""Files that were written, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.page import GOOD, Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Each file on a line of its own, then the count."""
    for path in document["files"]:
        page.line(path)
    page.blank()
    files = words.counted(len(document["files"]), "file")
    page.line(("Written: ", GOOD), f"{words.counted(document['resources'], 'resource')} in {files}.")
