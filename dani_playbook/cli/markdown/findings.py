"""Findings of a plan, as lists with what to do next."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import values, words
from dani_playbook.cli.candidates import speaks_against, speaks_for, standing
from dani_playbook.cli.markdown.sheet import Bold, Code, Piece, Sheet

BEFORE = (
    ("blockers", "Blocked", "to settle before this can be applied"),
    ("held", "Held back", "that will not happen without a yes of its own"),
)
AFTER = (
    ("skipped", "Left alone", "not taken back"),
    ("warnings", "Warnings", "to know about"),
)


def write_findings(sheet: Sheet, document: Mapping[str, Any], sections: Sequence[tuple[str, str, str]]) -> None:
    """Each section that has something."""
    for name, title, meaning in sections:
        if findings := document.get(name):
            sheet.paragraph(Bold(f"{title}:"), f" {words.counted(len(findings), 'thing')} {meaning}.")
            sheet.bullets([_finding(finding) for finding in findings])


def _finding(finding: Mapping[str, Any]) -> list[Piece]:
    parts: list[Piece] = [Code(str(finding.get("address") or "plan"))]
    if finding.get("title"):
        parts.append(f" {finding['title']}")
    parts.append(f" ({finding['code']}): {finding['message']}.")
    for field in finding.get("fields") or []:
        both = values.difference(field["before"], field["after"])
        parts += [" ", Code(f"{field['name']}: {both.before} → {both.after}")]
    for candidate in finding.get("candidates") or []:
        parts += _candidate(candidate)
    if step := words.next_step(finding):
        parts.append(f" Next: {step}.")
    if finding.get("source"):
        parts += [" ", Code(str(finding["source"]))]
    return parts


def _candidate(candidate: Mapping[str, Any]) -> list[Piece]:
    title = f" {candidate['title']}" if candidate["title"] else ""
    parts: list[Piece] = [" Candidate ", Code(candidate["address"]), f"{title}, {standing(candidate)}"]
    for word, text in (("for it", speaks_for(candidate)), ("against it", speaks_against(candidate))):
        if text:
            parts += [f"; {word}: ", Code(text)]
    return [*parts, "."]
