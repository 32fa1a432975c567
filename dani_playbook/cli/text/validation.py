"""What validation found, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.page import BAD, GOOD, WARN, Page
from dani_playbook.cli.text.problems import write_problems


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Every problem, then one line that sums up."""
    problems, warnings = document["problems"], document["warnings"]
    write_problems(page, warnings, WARN)
    write_problems(page, problems, BAD)
    page.blank()
    files = words.counted(document["files"], "file")
    if problems:
        page.line((words.counted(len(problems), "problem"), BAD), f" in {files}{_warned(warnings)}.")
        return
    counted = f", {_resources(document['resources'])}" if document["resources"] else ""
    page.line(("Valid: ", GOOD), f"{files}{counted}{_warned(warnings)}.", hang=7)


def _warned(warnings: list[Any]) -> str:
    return f", {words.counted(len(warnings), 'warning')}" if warnings else ""


def _resources(counts: Mapping[str, int]) -> str:
    total = words.counted(sum(counts.values()), "resource")
    named = words.resources(counts)
    return f"{total} ({named})" if named else total
