"""A plan as Markdown: the sum first, then what needs a person, then every change folded."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.markdown.changes import write_changes
from dani_playbook.cli.markdown.findings import AFTER, BEFORE, write_findings
from dani_playbook.cli.markdown.sheet import Bold, Code, Sheet
from dani_playbook.cli.markdown.timeline import item_cells
from dani_playbook.cli.summary import (
    UNTOUCHED,
    UNTRUSTED,
    are_managed,
    changes_nothing_live,
    folded,
    limit_lines,
    nothing,
    origin,
    reversibility,
    short_digest,
    touched,
)


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """Fits into a comment: details are cut before anything else."""
    sheet.marker(f"dani.plan/1 {document.get('environment') or ''}".strip())
    environment = f" in {document['environment']}" if document.get("environment") else ""
    sheet.heading("Plan ", Code(short_digest(document["digest"])), f" for {document['live']}{environment}")
    _write_sum(sheet, document)
    write_findings(sheet, document, BEFORE)
    write_findings(sheet, document, AFTER)
    _write_horizon(sheet, document)
    write_changes(sheet, document["changes"])


def _write_sum(sheet: Sheet, document: Mapping[str, Any]) -> None:
    if marks := words.marks_line(document["marks"]):
        sheet.paragraph(Bold(marks))
    source = f"Made from {origin(document)}, as of {document['as_of']}."
    quiet = folded(document["changes"])[1]
    if changes_nothing_live(document):
        sheet.paragraph(Bold(UNTOUCHED), f" {are_managed(document['changes'])} {source}")
    elif not document["changes"]:
        sheet.paragraph(Bold(nothing(document)[0]), " ", nothing(document)[1], " ", source)
    else:
        sheet.paragraph(Bold("Plan:"), f" {words.summary_line(document['summary'], document['unmanaged'])}.")
        first, rest = reversibility(document)
        also = f" {are_managed(quiet)}" if quiet else ""
        sheet.paragraph(Bold(first) if rest else first, f"{rest} {touched(document)}{also} {source}")
    if lines := limit_lines(document):
        sheet.bullets([[f"Limit {line}."] for line in lines])
    if not document["complete"]:
        sheet.paragraph("Only a part of the playbooks was looked at; the rest is not planned.")
    if document.get("untrusted"):
        sheet.paragraph(UNTRUSTED)


def _write_horizon(sheet: Sheet, document: Mapping[str, Any]) -> None:
    horizon = document.get("horizon")
    if horizon and horizon["items"]:
        sheet.paragraph(Bold(f"Until {horizon['until']}:"))
        sheet.table(("date", "what", "who", "fields"), [item_cells(item) for item in horizon["items"]])
