"""What validation found, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.problems import write_problems
from dani_playbook.cli.markdown.sheet import Bold, Sheet


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The sum, then every problem and warning."""
    sheet.marker("dani.validation/1")
    problems, warnings = document["problems"], document["warnings"]
    files = words.counted(document["files"], "file")
    warned = f", {words.counted(len(warnings), 'warning')}" if warnings else ""
    if problems:
        sheet.paragraph(Bold(words.counted(len(problems), "problem")), f" in {files}{warned}.")
    else:
        resources = words.counted(sum(document["resources"].values()), "resource")
        sheet.paragraph(Bold("Valid:"), f" {files}, {resources}{warned}.")
    write_problems(sheet, [*problems, *warnings])
