"""Where a plan comes from: its history and its authors, as they are when it is made."""

import secrets as random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from dani_playbook.core.approval import Authors
from dani_playbook.core.memory import RunState
from dani_playbook.core.origin import Origin
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import Playbooks
from dani_playbook.engine.approve import demands
from dani_playbook.language.timeline import events
from dani_playbook.runner import project
from dani_playbook.runner.authors import Behind, authors_of

if TYPE_CHECKING:
    from dani_playbook.runner.planning import Planning

_RUNS = 50


def origin_of(session: "Planning", plan: Plan, now: datetime, *, decided: bool) -> Origin:
    """Two queries; and git is asked for the authors only where the policy wants a yes from others."""
    needs = demands(plan, session.planner.policy, session.specs)
    return Origin(
        plan_id=random.token_hex(16),
        made_at=now,
        expires_at=now + timedelta(hours=session.config.plan_hours),
        made_by=session.identity.name,
        authors=_authors(session, plan, decided=decided) if needs else Authors(),
        commit=project.commit(session.config.root) if needs else "",
        serial=session.memory.serial(),
        head=session.memory.head(),
        settings=session.planner.settings,
    )


def _authors(session: "Planning", plan: Plan, *, decided: bool) -> Authors:
    behind = Behind(
        root=session.config.root,
        playbooks=session.config.playbooks,
        since=_last_commit(session),
        identity=session.identity,
        decided=decided,
    )
    return authors_of(plan, behind, session.planner.policy.people, session.accounts.by_email)


def _last_commit(session: "Planning") -> str:
    """Of the last run that carried out all that the playbooks said; empty where none is known."""
    for run in session.memory.runs(_RUNS):
        if run.state is RunState.SUCCEEDED and run.complete and not run.undoes and run.commit:
            return run.commit.rstrip("+")
    return ""


def crosses(session: "Planning", playbooks: Playbooks, at: date | None) -> date | None:
    """The first day on which the playbooks say something else; none where a day was asked for."""
    if at is not None:
        return None
    coming = (item.on for item in events(playbooks, session.date_of(None), session.derive) if not item.due)
    return min(coming, default=None)
