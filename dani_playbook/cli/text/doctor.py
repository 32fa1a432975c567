"""Doctor as text: each check, and the remedy where one is needed."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.text.page import BAD, GOOD, QUIET, WARN, Page, cells, padded

_STATES = {"ok": ("ok", GOOD), "warning": ("warning", WARN), "failed": ("failed", BAD)}
_STATE = 9


def write(page: Page, document: Mapping[str, Any]) -> None:
    """One line a check, with its remedy below, and the sum."""
    name = max(cells(check["name"]) for check in document["checks"]) + 2
    for check in document["checks"]:
        state, style = _STATES[check["state"]]
        page.line((padded(state, _STATE)[0], style), padded(check["name"], name), check["detail"], hang=_STATE + name)
        if check["state"] != "ok" and check.get("remedy"):
            page.line(" " * _STATE, ("remedy: ", QUIET), check["remedy"], hang=_STATE + 8)
    page.blank()
    counts = Counter(check["state"] for check in document["checks"])
    if not counts["failed"] and not counts["warning"]:
        page.line(("All well.", GOOD))
        return
    page.line(f"{counts['failed']:,} failed, {words.counted(counts['warning'], 'warning')}, {counts['ok']:,} ok.")
