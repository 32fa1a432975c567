"""Planning: what plan, apply and rollback do alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dani_playbook.cli import sinks, words
from dani_playbook.cli.summary import changes_nothing_live
from dani_playbook.cli.surroundings import is_terminal
from dani_playbook.core.errors import PlanRefused, PlaybookError
from dani_playbook.core.names import did_you_mean

if TYPE_CHECKING:
    from dani_playbook.cli.invocation import Invocation
    from dani_playbook.runner.documents import Result
    from dani_playbook.runner.offline import Offline, Request
    from dani_playbook.runner.session import Planned, Session

THERE_ARE_CHANGES = 2
YES = "yes"
_STOPPED = "\nA run is done as a whole or not at all; which of both, dani runs tells."
_WORTH_SEEING = ("changes", "blockers", "held", "skipped", "warnings")


def request(invocation: Invocation, **said: Any) -> Request:
    """What the use cases are asked, from what the command line said."""
    from dani_playbook.runner.offline import Request

    said["paths"] = invocation.paths(said.get("paths", ()))
    return Request(reveal=invocation.reveal, **{name: value for name, value in said.items() if value})


def check_sides(session: Session, sides: Mapping[str, str]) -> None:
    """Raises ``PlaybookError`` for a side of a field that no kind has: it would settle nothing, without a word."""
    for place in sides:
        resource, _, name = place.rpartition(".")
        address = session.address(resource)
        fields = session.specs[address.kind].fields
        if name not in fields:
            raise PlaybookError(f"{address.kind} has no field called {name}{did_you_mean(name, fields)}")


def exit_code(result: Result, *, asked: bool) -> int:
    """``There are changes`` is an answer only where it was asked for."""
    return 0 if result.exit_code == THERE_ARE_CHANGES and not asked else result.exit_code


def with_horizon(document: Mapping[str, Any], offline: Offline, asked: Request, days: int) -> Mapping[str, Any]:
    """A plan's document with what the next ``days`` bring."""
    until = (date.fromisoformat(document["as_of"]) + timedelta(days=days)).isoformat()
    items = offline.timeline(asked.paths, at=asked.at).document["items"]
    coming = [item for item in items if document["as_of"] < item["date"] <= until]
    return {**document, "horizon": {"until": until, "items": coming}}


def carry_out(invocation: Invocation, session: Session, planned: Planned, *, approved: bool) -> int:
    """Shows a plan where nobody has seen it, asks where nobody has said yes, and applies it.

    Raises ``PlanRefused`` where a yes is missing or something blocks the plan.
    """
    from dani_playbook.cli.progress import progress

    document = planned.result.document
    session.check_apply(planned.plan)
    asking = bool(document["changes"]) and not approved and not document["blockers"]
    if any(document[part] for part in _WORTH_SEEING):
        _show_plan(invocation, document, asking=asking)
    if document["blockers"]:
        return invocation.show(refusal(document))
    if asking:
        ask(invocation, document)
    try:
        with progress(invocation.surroundings, plain=invocation.plain) as tell:
            result = session.apply(planned, tell)
        return invocation.show(result)
    except KeyboardInterrupt:
        invocation.surroundings.stderr.write(_STOPPED)
        raise


def _question(document: Mapping[str, Any]) -> str:
    if changes_nothing_live(document):
        doing = f"Manage {words.counted(len(document['changes']), 'object')} of {document['live']} from now on"
    else:
        touched = document["people"]["touched"]
        people = words.people(touched) if touched else "nobody"
        doing = f"Apply this to {document['live']}, touching {people}"
    return f"{doing}? Only yes is a yes: "


def _show_plan(invocation: Invocation, document: Mapping[str, Any], *, asking: bool) -> None:
    """Text goes with the result; beside a result for programs it is only shown to who is asked."""
    around = invocation.surroundings
    is_result = invocation.form == "text" and not invocation.output
    if is_result and (is_terminal(around.stdout) or not (asking and around.can_ask)):
        invocation.write_document(document)
        invocation.write("\n")
    elif asking and around.can_ask:
        invocation.tell(document)
        around.stderr.write("\n")


def refusal(document: Mapping[str, Any]) -> Result:
    """The answer to an apply whose plan is blocked."""
    from dani_playbook.runner.documents import Result

    told = {"format": "dani.apply/1", "run": None, "plan": document, "outcome": "refused", "failure": None}
    return Result(document=told, exit_code=PlanRefused.exit_code)


def ask(invocation: Invocation, document: Mapping[str, Any]) -> None:
    """Asks for the word yes; anything else is a no. Raises ``PlanRefused``."""
    around = invocation.surroundings
    if not around.can_ask:
        raise PlanRefused(
            "this plan has changes, and nobody is here to approve them",
            hint="look at the plan, then run the same command with --approve",
        )
    around.stderr.write(sinks.terminal(_question(document)))
    around.stderr.flush()
    answer = around.stdin.readline()
    if not answer.endswith("\n"):
        around.stderr.write("\n")
    if answer.strip().lower() != YES:
        raise PlanRefused("nothing was changed: the plan was not approved", hint="answer with the word yes to apply it")
