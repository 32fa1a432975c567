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
    approval_lines,
    are_managed,
    changes_nothing_live,
    folded,
    limit_lines,
    nothing,
    origin,
    reversibility,
    saved_line,
    short_digest,
    touched,
)


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """Fits into a comment: details are cut before anything else."""
    sheet.marker(f"dani.plan/1 {document.get('environment') or ''}".strip())
    environment = f" in {document['environment']}" if document.get("environment") else ""
    sheet.heading("Plan ", Code(short_digest(document["digest"])), f" for {document['live']}{environment}")
    sheet.facts(_facts(document))
    _write_sum(sheet, document)
    write_findings(sheet, document, BEFORE)
    write_findings(sheet, document, AFTER)
    _write_horizon(sheet, document)
    write_changes(sheet, document["changes"])


def _facts(document: Mapping[str, Any]) -> dict[str, str]:
    """What a reviewer signs: the whole digest, of what, for which live system and day."""
    facts = {
        "Digest": str(document["digest"]),
        "Live system": str(document["live"]),
        "Environment": str(document.get("environment") or "none"),
        "As of": str(document["as_of"]),
        "Made from": origin(document),
        "Touches": touched(document).removeprefix("Touches ").rstrip(".") or "nobody",
    }
    return facts if document["complete"] else {**facts, "Complete": "no, only a part was looked at"}


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
    _write_notes(sheet, document)


def _write_notes(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """What is to be known of the plan as a whole."""
    notes = [f"Limit {line}." for line in limit_lines(document)]
    notes += [f"Approvals: {line}." for line in approval_lines(document)]
    if notes:
        sheet.bullets([[note] for note in notes])
    if first := document.get("first_run"):
        sheet.paragraph(first["sentence"])
    if saved := document.get("saved"):
        sheet.paragraph(saved_line(saved))
    if not document["complete"]:
        sheet.paragraph("Only a part of the playbooks was looked at; the rest is not planned.")
    if document.get("untrusted"):
        sheet.paragraph(UNTRUSTED)


def _write_horizon(sheet: Sheet, document: Mapping[str, Any]) -> None:
    horizon = document.get("horizon")
    if horizon and horizon["items"]:
        sheet.paragraph(Bold(f"Until {horizon['until']}:"))
        sheet.table(("date", "what", "who", "fields"), [item_cells(item) for item in horizon["items"]])
