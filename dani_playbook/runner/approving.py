"""Approvals: what dani.yaml asks for, what a plan still needs, and a person's yes to a saved plan."""

import secrets as random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import Action
from dani_playbook.core.approval import Approval, Authors, Demand
from dani_playbook.core.errors import Denied, PlanRefused, PlanStale
from dani_playbook.core.identity import Account
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.engine.admit import demanded, is_first, not_admitted, standing
from dani_playbook.engine.approve import unfit
from dani_playbook.engine.plan import Planner
from dani_playbook.runner.documents import Result
from dani_playbook.runner.reach import Reach, changed_by

if TYPE_CHECKING:
    from dani_playbook.runner.planning import Planned
    from dani_playbook.runner.session import Session


def approvals_document(planner: Planner, plan: Plan, wanted: tuple[Demand, ...]) -> dict[str, Any]:
    """What a plan's document says of its approvals. ``first`` is whether nobody could give one yet."""
    authors = plan.origin.authors if plan.origin else Authors()
    first = is_first(planner, wanted)
    return {
        "complete": first or (all(not item.missing for item in wanted) and (not wanted or authors.is_known)),
        "first": first,
        "rules": [
            {
                "name": item.rule.name,
                "need": item.rule.need,
                "roles": list(item.rule.roles),
                "given": [str(person) for person in item.given],
                "missing": item.missing,
                "addresses": [str(address) for address in item.addresses],
            }
            for item in wanted
        ],
        "authors": [str(person) for person in authors.people],
        "strangers": list(authors.strangers),
        "doubts": [doubt.message for doubt in authors.doubts],
    }


def approve(session: "Session", planned: "Planned", now: datetime, reason: str = "") -> Result:
    """Remembers the actor's yes to exactly this plan.

    Raises ``Denied`` for who isn't a known person or has none of the roles, ``PlanRefused`` for a plan that is
    blocked, and for who had a part in it or is its subject. Saying yes twice is once.
    """
    plan, person = planned.plan, _person(session)
    _refuse_hopeless(session, plan, now)
    wanted = demanded(session.planner, plan, now)
    session.gate.require(Action.APPROVE, _covered(session, plan, wanted))
    if reasons := [*_wrong_role(session, wanted), *unfit(person, plan, session.specs)]:
        session.gate.remember(Action.APPROVE, {"plan": plan.digest, "why": tuple(item.code for item in reasons)})
        refused = Denied if reasons[0].code == "role-missing" else PlanRefused
        raise refused(f"{person.address} can't approve this plan", problems=in_order(reasons))
    is_new = bool(wanted) and not _has_said_yes(session, plan, person, now)
    if is_new:
        session.memory.approve(_approval(session, plan, now, reason))
        wanted = demanded(session.planner, plan, now)
    document = {
        "format": "dani.approval/1",
        "digest": plan.digest,
        "approver": str(person.address),
        "is_new": is_new,
        "is_needed": bool(wanted),
        "hours": session.planner.policy.hours,
        "approvals": approvals_document(session.planner, plan, wanted),
    }
    return Result(document=document)


def _person(session: "Session") -> Account:
    """Raises ``Denied`` for everybody who isn't a known person at the keyboard."""
    address = session.identity.account if session.identity.is_person else None
    account = session.accounts.of([address]).get(address) if address else None
    if account is None:
        raise Denied("only a known person can approve a plan", hint="sign in as yourself: dani login")
    return account


def _refuse_hopeless(session: "Session", plan: Plan, now: datetime) -> None:
    """Raises for a plan that could never be applied, whoever says yes."""
    if plan.blockers:
        blocked = [
            Problem(code=item.code, message=item.message, address=item.address, source=item.source, hint=item.hint)
            for item in plan.blockers
        ]
        raise PlanRefused("This plan can't be applied as it is, so there is nothing to approve", problems=blocked)
    if gone := list(not_admitted(plan, standing(session.planner, plan, now, session.furthest(now)))):
        raise PlanStale("This plan can't be applied any more, so there is nothing to approve", problems=in_order(gone))


def _has_said_yes(session: "Session", plan: Plan, person: Account, now: datetime) -> bool:
    """With the roles of today, and for long enough to count now."""
    roles = tuple(sorted(session.identity.roles))
    given = session.memory.approvals(plan.digest)
    return any(item.approver == person.address and item.roles == roles and now < item.expires_at for item in given)


def _approval(session: "Session", plan: Plan, now: datetime, reason: str) -> Approval:
    person = session.identity.account
    assert person is not None
    return Approval(
        digest=plan.digest,
        approver=person,
        roles=tuple(sorted(session.identity.roles)),
        way=session.identity.way.value,
        at=now,
        expires_at=now + timedelta(hours=session.planner.policy.hours),
        nonce=random.token_hex(16),
        reason=reason,
    )


def _covered(session: "Session", plan: Plan, wanted: tuple[Demand, ...]) -> Reach:
    """What a yes by the actor's roles is about: the changes that a rule asks one of them for."""
    roles = session.identity.roles
    mine = {address for item in wanted if roles & set(item.rule.roles) for address in item.addresses}
    return changed_by(session.specs, [change for change in plan.changes if change.address in mine])


def _wrong_role(session: "Session", wanted: tuple[Demand, ...]) -> list[Problem]:
    """Somebody whom no rule asks isn't refused for long: it is said which roles are asked."""
    roles = sorted({role for item in wanted for role in item.rule.roles})
    if not wanted or session.identity.roles & set(roles):
        return []
    message = f"the plan needs a yes by {' or '.join(roles)}, and {session.identity.name} has no such role"
    return [Problem(code="role-missing", message=message, hint="ask somebody who has it")]
