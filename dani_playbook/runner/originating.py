"""Where a plan comes from: its history and its authors, as they are when it is made."""

import re
import secrets as random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Authors
from dani_playbook.core.change import Change
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.memory import Run, RunState
from dani_playbook.core.origin import Origin
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import Playbooks
from dani_playbook.engine.admit import asked
from dani_playbook.engine.order import references
from dani_playbook.language.timeline import events
from dani_playbook.runner.config import FILE_NAME
from dani_playbook.runner.history import History
from dani_playbook.runner.offline import Request
from dani_playbook.runner.reading import Reading, is_whole, read_now
from dani_playbook.runner.ruling import kept_policy, who_is

if TYPE_CHECKING:
    from dani_playbook.runner.authors import Marker
    from dani_playbook.runner.planning import Planning

_RUNS = 50
_MOST_ASKED = 5
"""So many commits of runs are looked for in the history."""

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def origin_of(
    session: "Planning", plan: Plan, now: datetime, *, decided: str, playbooks: Playbooks | None = None
) -> Origin:
    """Three queries; and git is asked for the authors only where the policy wants a yes from others.

    ``decided`` says what the planner added that stands in no file. Raises ``PlaybookError`` where git can't say who is
    behind a plan that needs a yes.
    """
    needs = bool(asked(session.planner, plan))
    reading = _reading(session, playbooks, must=needs)
    passes = reading and reading.whole and reading.is_clean and not decided
    return Origin(
        plan_id=random.token_hex(16),
        made_at=now,
        expires_at=now + timedelta(hours=session.config.plan_hours),
        made_by=session.identity.name,
        authors=_authors(session, plan, decided, reading, playbooks) if needs else Authors(),
        commit=_shown(reading),
        serial=session.memory.serial(),
        head=session.memory.head(),
        settings=session.planner.settings,
        read=_passed(session, reading) if reading and passes else {},
    )


def decided_by(session: "Planning", request: Request, playbooks: Playbooks) -> str:
    """What the planner says that stands in no file, empty for nothing."""
    config = session.config
    said = {
        "a held field is restored": request.restore,
        "a side of a conflict was chosen": request.prefer,
        "a limit was raised": request.raises,
        "a day was asked for": request.at,
        "playbooks were named": request.paths and not is_whole(config, playbooks),
        "DANI_PLAYBOOKS names the playbooks": config.origins.get("playbooks") == "DANI_PLAYBOOKS",
        "DANI_TIME_ZONE names the time zone": config.origins.get("time_zone") == "DANI_TIME_ZONE",
        "another dani.yaml was named": config.path and config.path.name != FILE_NAME,
    }
    return next((what for what, is_said in said.items() if is_said), "")


def _reading(session: "Planning", playbooks: Playbooks | None, *, must: bool) -> Reading | None:
    """Nothing for a plan that isn't made from playbooks; where nobody must know, git may fail."""
    if playbooks is None:
        return None
    try:
        return read_now(session.config, playbooks, History(session.config.root))
    except PlaybookError:
        if must:
            raise
        return None


def _shown(reading: Reading | None) -> str:
    """The commit as runs show it, with ``+`` where something else was read."""
    return reading.head[:12] + ("" if reading.is_clean else "+") if reading and reading.head else ""


def _passed(session: "Planning", reading: Reading) -> dict[str, Any]:
    return {
        "commit": reading.head,
        "playbooks": session.config.playbooks,
        "environment": session.config.environment,
        "elsewhere": list(reading.elsewhere),
    }


def _authors(
    session: "Planning", plan: Plan, decided: str, reading: Reading | None, playbooks: Playbooks | None
) -> Authors:
    from dani_playbook.runner.authors import Behind, Marker, authors_of

    history, runs = History(session.config.root), session.memory.runs(_RUNS)
    marker = _marker(session, runs, history, reading.head) if reading and reading.head else Marker()
    behind = Behind(
        identity=session.identity,
        decided=decided,
        reading=reading,
        marker=marker,
        inherited=_inherited(session, plan),
        who=who_is(session.planner.policy, session.planner.tokens.fingerprint),
        fresh=session.planner.policy.fresh,
    )
    found = playbooks or Playbooks(resources={})
    return authors_of(plan, behind, history, found, session.accounts, session.specs)


def _inherited(session: "Planning", plan: Plan) -> tuple[str, ...]:
    """Authors of the run that is taken back; those of one behind it are among them."""
    return tuple(session.memory.run(plan.undoes).request.get("authors", ())) if plan.undoes else ()


def _marker(session: "Planning", runs: Sequence[Run], history: History, head: str) -> "Marker":
    """Of the newest run that read all playbooks, in this environment, from a commit that ``head`` builds on."""
    from dani_playbook.runner.authors import Marker

    is_left = False
    for run in list(_standing(session, runs))[:_MOST_ASKED]:
        read = run.request["read"]
        how = history.relation(read["commit"], head)
        if how == "behind":
            elsewhere = frozenset(read["elsewhere"])
            return Marker(commit=read["commit"], as_of=run.as_of, elsewhere=elsewhere, is_left=is_left)
        is_left = is_left or how == "elsewhere"
    return Marker(is_left=is_left)


def _standing(session: "Planning", runs: Sequence[Run]) -> Iterator[Run]:
    """Runs that carried out all that was read, newest first, each commit once.

    What came between a run and its way back doesn't count: it built on what is gone.
    """
    config, gone, seen = session.config, set[str](), set[str]()
    for run in runs:
        if run.state is not RunState.SUCCEEDED:
            continue
        is_gone = bool(gone)
        gone.discard(run.id)
        if run.undoes:
            gone.add(run.undoes)
            continue
        read = run.request.get("read") or {}
        fits = (read.get("playbooks"), read.get("environment")) == (config.playbooks, config.environment)
        commit = str(read.get("commit", ""))
        if fits and run.complete and not is_gone and commit not in seen and _COMMIT.fullmatch(commit):
            seen.add(commit)
            yield run


def kept_origin(session: "Planning", plan: Plan) -> dict[str, Any]:
    """What a run keeps of where its plan comes from: who is behind the next one depends on it."""
    origin = plan.origin
    said = {
        "read": dict(origin.read) if origin else {},
        "authors": list(origin.authors.ids) if origin else [],
        "policy": kept_policy(session.config, session.planner.tokens.fingerprint).plain,
    }
    return {name: value for name, value in said.items() if value}


def crosses(session: "Planning", plan: Plan, playbooks: Playbooks, at: date | None) -> date | None:
    """The first day on which the playbooks say something else of what the plan changes or relies on.

    None where a day was asked for.
    """
    if at is not None:
        return None
    relied = {other for change in plan.changes for other in _relied_on(session, change)}
    coming = (
        item.on
        for item in events(playbooks, session.date_of(None), session.derive)
        if not item.due and item.address in relied
    )
    return min(coming, default=None)


def _relied_on(session: "Planning", change: Change) -> Iterator[Address]:
    yield change.address
    yield from change.guards
    yield from references(session.specs[change.address.kind], change.after, deferred=True)
