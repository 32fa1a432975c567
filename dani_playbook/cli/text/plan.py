"""A plan as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.summary import (
    FINDINGS,
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
from dani_playbook.cli.text.page import BAD, GOOD, QUIET, STRONG, Page


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Header, marks, changes, findings, what is coming, and the sum of it."""
    page.line(*header(document), hang=2)
    if marks := words.marks_line(document["marks"]):
        page.blank()
        page.line("  " + marks)
    _write_what_it_does(page, document)
    _write_horizon(page, document)
    page.blank()
    _write_sum(page, document)


def _write_what_it_does(page: Page, document: Mapping[str, Any]) -> None:
    """A plan that does nothing is the most frequent one, and loads nothing for it."""
    if folded(document["changes"])[0]:
        from dani_playbook.cli.text.blocks import write_changes

        page.blank()
        write_changes(page, document["changes"])
    if any(document.get(name) for name in FINDINGS):
        from dani_playbook.cli.text.findings import write_findings

        write_findings(page, document)


def header(document: Mapping[str, Any]) -> list[str | tuple[str, str]]:
    """``Plan 7c1e9a04  playbooks/ (12 files, 248 resources) → hris (sqlite), as of 2026-11-23``."""
    environment = f" in {document['environment']}" if document.get("environment") else ""
    return [
        ("Plan ", STRONG),
        (short_digest(document["digest"]), STRONG),
        "  ",
        origin(document),
        " → ",
        f"{document['live']}{environment}, as of {document['as_of']}",
    ]


def _write_horizon(page: Page, document: Mapping[str, Any]) -> None:
    horizon = document.get("horizon")
    if horizon is None:
        return
    page.blank()
    if not horizon["items"]:
        page.line(f"Until {horizon['until']}: nothing is coming.")
        return
    from dani_playbook.cli.text.timeline import write_items

    page.line(f"Until {horizon['until']}:", hang=2)
    write_items(page, horizon["items"])


def _write_sum(page: Page, document: Mapping[str, Any]) -> None:
    if changes_nothing_live(document):
        page.line((UNTOUCHED, GOOD), f" {are_managed(document['changes'])}")
    elif document["changes"]:
        page.line(("Plan: ", STRONG), words.summary_line(document["summary"], document["unmanaged"]) + ".")
        first, rest = reversibility(document)
        page.line((first, BAD if rest else ""), f"{rest} {touched(document)}")
    else:
        first, rest = nothing(document)
        page.line((first, GOOD if first.endswith(".") else STRONG), f" {rest}")
    for line in limit_lines(document):
        page.line(f"Limit {line}.")
    for line in approval_lines(document):
        page.line(f"Approvals: {line}.", hang=11)
    if taking_over := document.get("first_run"):
        page.line(taking_over["sentence"])
    _write_partial(page, document)
    _write_untrusted(page, document)
    if saved := document.get("saved"):
        page.line(saved_line(saved), hang=2)


def _write_untrusted(page: Page, document: Mapping[str, Any]) -> None:
    if document.get("untrusted"):
        page.line((UNTRUSTED, QUIET))


def _write_partial(page: Page, document: Mapping[str, Any]) -> None:
    if not document["complete"]:
        page.line(("Only a part of the playbooks was looked at (--target, --exclude); the rest is not planned.", QUIET))
