"""Planning: what plan, apply and rollback do alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dani_playbook.cli import sinks, words
from dani_playbook.cli.output import write_stream
from dani_playbook.cli.summary import FINDINGS, changes_nothing_live
from dani_playbook.cli.surroundings import is_terminal
from dani_playbook.core.errors import NeedsPerson, PlanRefused, PlaybookError, UsageError
from dani_playbook.core.names import did_you_mean

if TYPE_CHECKING:
    from dani_playbook.cli.invocation import Invocation
    from dani_playbook.runner.documents import Result
    from dani_playbook.runner.offline import Offline, Request
    from dani_playbook.runner.planning import Planned
    from dani_playbook.runner.session import Session

THERE_ARE_CHANGES = 2
YES = "yes"
WAIT_S = 30
_STOPPED = "\nA run is done as a whole or not at all; which of both, dani runs tells."
_WORTH_SEEING = ("changes", *FINDINGS)


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


def exit_code(code: int, *, asked: bool) -> int:
    """``There are changes`` is an answer only where it was asked for."""
    return 0 if code == THERE_ARE_CHANGES and not asked else code


def saved_plan(paths: Sequence[str], said: Mapping[str, Any]) -> Path | None:
    """The one saved plan that the paths name, nothing where they name playbooks.

    Raises ``UsageError`` where both stand together, or where something is asked that would make another plan of it.
    """
    from dani_playbook.runner.saving import is_saved_plan

    saved = [Path(path) for path in paths if is_saved_plan(Path(path))]
    if not saved:
        return None
    if len(paths) > 1:
        raise UsageError("a saved plan is applied by itself", hint=f"name only {saved[0]}")
    if more := sorted(name for name, value in said.items() if value and name != "paths"):
        options = ", ".join(f"--{name.rstrip('s').replace('_', '-')}" for name in more)
        raise UsageError(
            f"a saved plan is applied as it is, without {options}", hint="make another plan with dani plan"
        )
    return saved[0]


def with_horizon(document: Mapping[str, Any], offline: Offline, asked: Request, days: int) -> Mapping[str, Any]:
    """A plan's document with what the next ``days`` bring."""
    until = (date.fromisoformat(document["as_of"]) + timedelta(days=days)).isoformat()
    items = offline.timeline(asked.paths, at=asked.at).document["items"]
    coming = [item for item in items if document["as_of"] < item["date"] <= until]
    return {**document, "horizon": {"until": until, "items": coming}}


def carry_out(
    invocation: Invocation, session: Session, planned: Planned, *, approved: bool, wait_s: float = WAIT_S
) -> int:
    """Shows a plan where nobody has seen it, asks where nobody has said yes, and applies it.

    Raises ``PlanRefused`` where a yes is missing or something blocks the plan.
    """
    from dani_playbook.cli.progress import progress

    document = planned.result.document
    session.check_apply(planned)
    saved = planned.plan.origin is not None and planned.plan.origin.is_saved
    if saved:
        session.admit(planned)
    asking = bool(document["changes"]) and not approved and not document["blockers"]
    if any(document[part] for part in _WORTH_SEEING):
        _show_plan(invocation, document, asking=asking)
    if document["blockers"]:
        return invocation.show(refusal(document))
    if not saved:
        session.admit(planned)
    if asking:
        ask(invocation, document)
    try:
        with progress(invocation.surroundings, plain=invocation.plain) as tell:
            result = session.apply(planned, tell, wait_s)
        return _told(invocation, result)
    except KeyboardInterrupt:
        write_stream(invocation.surroundings.stderr, _STOPPED)
        raise


def _told(invocation: Invocation, result: Result) -> int:
    """Shows what was done. Raises ``NeedsPerson`` where nobody can read it: to run it again would be wrong."""
    try:
        return invocation.show(result)
    except UsageError as error:
        if (run := result.document.get("run")) is None:
            raise
        raise NeedsPerson(
            f"run {run['id']} was carried out, but {error.message}", hint=f"look at it: dani show {run['id']}"
        ) from None


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
        write_stream(around.stderr, "\n")


def refusal(document: Mapping[str, Any]) -> Result:
    """The answer to an apply whose plan is blocked."""
    from dani_playbook.runner.documents import Result

    told = {"format": "dani.apply/1", "run": None, "plan": document, "outcome": "refused", "failure": None}
    return Result(document=told, exit_code=PlanRefused.exit_code)


def ask(invocation: Invocation, document: Mapping[str, Any]) -> None:
    """Asks for the word yes; anything else is a no. Raises ``PlanRefused``."""
    answered_yes(invocation, _question(document), hint="look at the plan, then run the same command with --approve")


def answered_yes(invocation: Invocation, question: str, *, hint: str) -> None:
    """Asks; ``hint`` says what to do where nobody can answer. Raises ``PlanRefused`` for every other answer."""
    around = invocation.surroundings
    if not around.can_ask:
        raise PlanRefused("this plan has changes, and nobody is here to approve them", hint=hint)
    write_stream(around.stderr, sinks.terminal_lines(question))
    answer = around.stdin.readline()
    if not answer.endswith("\n"):
        write_stream(around.stderr, "\n")
    if answer.strip().lower() != YES:
        raise PlanRefused("nothing was changed: the plan was not approved", hint="only the word yes is a yes")
