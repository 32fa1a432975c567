"""Findings of a plan: what stops it, what waits for a yes, what is only said."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.candidates import speaks_against, speaks_for, standing
from dani_playbook.cli.text.blocks import Columns, short_place, write_head
from dani_playbook.cli.text.fields import INDENT, write_field
from dani_playbook.cli.text.page import BAD, PLACE, QUIET, STRONG, WARN, Page, padded

_SECTIONS = (
    ("blockers", "Blocked", "{things} must be settled before this can be applied.", BAD),
    ("held", "Held back", "{things} will not happen without a yes of its own.", WARN),
    ("skipped", "Left alone", "{things} will not be taken back.", WARN),
    ("warnings", "Warnings", "{things} to know about; nothing is stopped.", WARN),
)


def write_findings(page: Page, document: Mapping[str, Any]) -> None:
    """Each section that has something, in the order of how much it matters."""
    for name, title, sentence, style in _SECTIONS:
        if findings := document.get(name):
            page.blank()
            page.line((f"{title}: ", style), sentence.format(things=words.counted(len(findings), "thing")))
            _write_section(page, findings)


def _write_section(page: Page, findings: Sequence[Mapping[str, Any]]) -> None:
    columns = Columns.of([{**finding, "mark": finding["code"]} for finding in findings])
    for finding in findings:
        _write_finding(page, finding, columns)


def _write_finding(page: Page, finding: Mapping[str, Any], columns: Columns) -> None:
    head = ["  ", padded((str(finding.get("address") or "plan"), STRONG), columns.title - 2)]
    write_head(page, head, finding, columns, [place] if (place := short_place(finding.get("source"))) else [])
    page.line(INDENT + finding["message"], hang=len(INDENT))
    for field in finding.get("fields") or []:
        write_field(page, field, columns.title)
    for candidate in finding.get("candidates") or []:
        _write_candidate(page, candidate, columns)
    if step := words.next_step(finding):
        page.line((INDENT + "next: ", QUIET), step, hang=len(INDENT) + 6)


def _write_candidate(page: Page, candidate: Mapping[str, Any], columns: Columns) -> None:
    title = f"{candidate['title']}   " if candidate["title"] else ""
    head = padded((f"{INDENT}{candidate['address']}", STRONG), columns.title)
    page.line(head, title, (standing(candidate), PLACE), hang=columns.title)
    for word, text in (("for", speaks_for(candidate)), ("against", speaks_against(candidate))):
        if text:
            page.line((f"{INDENT}  {word + ':':9}", QUIET), text, hang=len(INDENT) + 11)
