"""Files that were written, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.markdown.problems import write_problems
from dani_playbook.cli.markdown.sheet import Bold, Code, Piece, Sheet
from dani_playbook.cli.written import MOST, findings_line, left_out_lines, named, told, total, touched


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The count, then every file that changed, then what couldn't be said."""
    sheet.paragraph(Bold("Exported:"), f" {total(document)}")
    for line in left_out_lines(document):
        sheet.paragraph(line)
    sheet.bullets([_file(file) for file in document["files"] if file["outcome"] != "unchanged"])
    if document["findings"]:
        sheet.paragraph(Bold(findings_line(document)))
        write_problems(sheet, document["findings"])


def _file(file: Mapping[str, Any]) -> list[Piece]:
    parts: list[Piece] = [Code(file["path"]), f" {told(file)}"]
    for sign, addresses in touched(file):
        more = f" and {len(addresses) - MOST:,} more" if len(addresses) > MOST else ""
        parts += [" ", Code(f"{sign} {named(addresses)}{more}")]
    return parts
