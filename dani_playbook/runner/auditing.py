"""What can be asked of the audit trail."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import Action
from dani_playbook.core.errors import PlanRefused
from dani_playbook.runner.checkpoint import given_up, kept
from dani_playbook.runner.documents import Result
from dani_playbook.runner.session import Session

if TYPE_CHECKING:
    from dani_playbook.state.chain import Row

_MEANS = {
    "changed": "row {number} isn't as it was written",
    "missing": "row {number} is missing",
    "out of order": "row {number} doesn't follow the row before it",
    "cut at the end": "rows from {number} on were cut off; their heads were kept outside the database",
    "other key": "row {number} was written with another key",
    "journal": "the journal of run {run} isn't as it was written",
}


def audit_list(session: Session, limit: int | None = None, action: str = "", named: str = "") -> Result:
    """What happened, newest first: everything, one action, or what concerns an address or a run."""
    session.gate.require(Action.AUDIT)
    rows = session.trail.newest(limit, action, named)
    return Result(document={"format": "dani.audit/1", "rows": [_shown(row) for row in rows]})


def _shown(row: "Row") -> dict[str, Any]:
    said = asdict(row)
    shown = {name: said[name] for name in ("number", "at", "actor", "action", "object", "run", "result")}
    return {**shown, "detail": _detail(row.detail)}


def _detail(text: str) -> Any:
    """What can't be read was not written by dani; verifying says so."""
    try:
        return json.loads(text)
    except ValueError:
        return {}


def audit_verify(session: Session) -> Result:
    """Whether all rows, and the journals that they tell of, are as they were written. Exit 4 where one isn't."""
    session.gate.require(Action.AUDIT)
    heads = kept(session.config.root, session.database.identity)
    found = session.trail.verify(heads)
    fault = None
    if found.fault:
        number, what, run = found.fault.number, found.fault.what, found.fault.run
        message = _MEANS[what].format(number=number, run=run or "that isn't known")
        fault = {"number": number, "what": what, "run": run, "message": message}
    document = {
        "format": "dani.verification/1",
        "rows": found.rows,
        "runs": found.runs,
        "heads": len(set(heads)),
        "fault": fault,
        "restores": [
            {"common": common, "lost": lost}
            for common, lost in given_up(session.config.root, session.database.identity)
        ],
    }
    return Result(document=document, exit_code=PlanRefused.exit_code if fault else 0)


def audit_lines(session: Session) -> Iterator[str]:
    """All rows as JSON, one a line, oldest first, with their place in the chain."""
    session.gate.require(Action.AUDIT)
    for row in session.trail.rows():
        yield json.dumps(asdict(row), ensure_ascii=True, separators=(",", ":"), default=repr) + "\n"
