"""An approval as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.summary import approval_lines, approval_sentence
from dani_playbook.cli.text.page import GOOD, Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Who said yes to what, and what is still missing."""
    first, rest = approval_sentence(document)
    page.line((first, GOOD), rest)
    for line in approval_lines(document):
        page.line(f"Approvals: {line}.", hang=11)
