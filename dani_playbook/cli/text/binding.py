"""What a check of bindings found, as text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.page import BAD, GOOD, QUIET, STRONG, WARN, Page, Span, padded

_LEVELS = {"error": BAD, "warning": WARN, "info": QUIET}
_LEVEL = 9
_HEADER = ("kind", "model", "objects", "fields", "write")


def write(page: Page, document: Mapping[str, Any]) -> None:
    """The kinds, what doesn't fit, what was kept from happening, and the sum."""
    page.line((document["system"], STRONG), f" by {document['file']}, started with {document['settings']}")
    page.blank()
    page.table(_HEADER, [_row(kind) for kind in document["kinds"]])
    page.blank()
    for finding in document["findings"]:
        _write_finding(page, finding)
    page.blank()
    page.line(words.kept_quiet(document["quiet"]))
    _write_sum(page, document["findings"])


def _row(kind: Mapping[str, Any]) -> list[Span]:
    objects = "not read" if kind["objects"] is None else f"{kind['objects']:,}"
    return [kind["kind"], kind["model"], objects, f"{kind['fields']} of {kind['of']}", kind["write"]]


def _write_finding(page: Page, finding: Mapping[str, Any]) -> None:
    where = ".".join(filter(None, (finding["kind"], finding["path"]))) or "project"
    place = f"  {finding['file']}:{finding['line']}" if finding["file"] else ""
    page.line(
        padded((finding["level"], _LEVELS.get(finding["level"], BAD)), _LEVEL),
        (where, STRONG),
        (place, QUIET),
        hang=_LEVEL,
    )
    page.line(" " * _LEVEL + finding["message"], hang=_LEVEL)
    if finding["hint"] and finding["level"] != "info":
        page.line(" " * _LEVEL, ("next: ", QUIET), finding["hint"], hang=_LEVEL + 6)


def _write_sum(page: Page, findings: Sequence[Mapping[str, Any]]) -> None:
    counts = Counter(finding["level"] for finding in findings)
    if not counts["error"] and not counts["warning"]:
        page.line(("The bindings fit.", GOOD))
        return
    errors = words.counted(counts["error"], "error")
    page.line((f"{errors}, {words.counted(counts['warning'], 'warning')}.", BAD if counts["error"] else WARN))
