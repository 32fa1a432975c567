"""The lock, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.apply import moment
from dani_playbook.cli.text.page import BAD, GOOD, QUIET, WARN, Page

_STYLES = {"free": GOOD, "alive": GOOD, "stopped": WARN, "dead": BAD}


def write(page: Page, document: Mapping[str, Any]) -> None:
    """What was broken, who has it, and what that means."""
    if document["broken"]:
        page.line(("Broken. ", BAD), *words.lock_broken(document["broken"]))
    state = document["state"]
    page.line((f"The lock is {words.LOCK[state][0]}.", _STYLES[state]), f" {words.LOCK[state][1]}")
    for name, value in words.lock_rows(document, moment):
        page.line((f"  {name:<11}", QUIET), value, hang=13)
    if state in ("alive", "stopped"):
        page.line("To take it away: ", f"dani lock break {document['token']} --reason TEXT")
