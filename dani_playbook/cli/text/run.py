"""One past run with its changes, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.summary import short_digest
from dani_playbook.cli.text.apply import moment, way_back
from dani_playbook.cli.text.blocks import write_changes
from dani_playbook.cli.text.page import BAD, QUIET, STRONG, Page, padded
from dani_playbook.cli.text.runs import state_text, what


def write(page: Page, document: Mapping[str, Any]) -> None:
    """What is known of the run, then its changes as they were carried out."""
    run = document["run"]
    page.line((f"Run {run['id']}", STRONG), f"  {state_text(run)}: {what(run)}")
    for label, text in _facts(run):
        page.line("  ", (padded(label, 14)[0], QUIET), text, hang=16)
    if run.get("failure"):
        page.line("  ", (padded("failure", 14)[0], QUIET), (run["failure"], BAD), hang=16)
    if document["changes"]:
        page.blank()
        write_changes(page, document["changes"], done=True)
    if run["state"] == "succeeded":
        page.blank()
        page.line(*way_back(any(change["reason"] == "purged" for change in document["changes"]), run["id"]))


def _facts(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [
        ("who", run["actor"]),
        ("started", moment(run["started_at"])),
        ("finished", moment(run["finished_at"])),
        ("as of", run["as_of"]),
        ("environment", run.get("environment")),
        ("commit", run.get("commit")),
        ("plan", short_digest(run["digest"])),
        ("takes back", run.get("undoes")),
        ("raised", run.get("reason")),
    ]
    return [(label, text) for label, text in facts if text]
