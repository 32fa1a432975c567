"""Approvals: what dani.yaml asks for, what a plan still needs, and a person's yes to a saved plan."""

import hashlib
import secrets as random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import Action
from dani_playbook.core.approval import Approval, Demand, Policy, Rule
from dani_playbook.core.errors import Denied, PlanRefused, PlanStale, PlaybookError
from dani_playbook.core.module import Kind
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.normalize import fold
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.values import canonical_text
from dani_playbook.engine.admit import not_admitted, standing
from dani_playbook.engine.approve import demands, unfit, with_given
from dani_playbook.engine.plan import Planner
from dani_playbook.runner.config import Config
from dani_playbook.runner.documents import Result
from dani_playbook.runner.reach import Reach, changed_by

if TYPE_CHECKING:
    from dani_playbook.runner.planning import Planned
    from dani_playbook.runner.session import Session

HOURS = 72


def policy_of(config: Config, kinds: Mapping[str, Kind]) -> Policy:
    """What ``approvals:`` says. Raises ``PlaybookError`` for a rule that no change could ever fit."""
    said = config.approvals
    if problems := [item for rule in said.get("rules") or () for item in _meaningless(rule, kinds)]:
        raise PlaybookError("approvals: in dani.yaml has problems", problems=in_order(problems))
    return Policy(
        rules=tuple(_rule(item) for item in said.get("rules") or ()),
        hours=said.get("hours", HOURS),
        people={fold(email): person for email, person in (said.get("people") or {}).items()},
    )


def _meaningless(said: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Iterator[Problem]:
    known = {
        "marks": {mark for kind in kinds.values() for mark in kind.marks},
        "fields": {name for kind in kinds.values() for name in kind.spec.fields},
        "addresses": set(kinds),
    }
    for setting, names in known.items():
        for text in said.get(setting) or ():
            name = text.partition(".")[0] if setting == "addresses" else text
            if name not in names and not set(name) & set("*?"):
                what = {"marks": "mark", "fields": "field", "addresses": "kind"}[setting]
                message = f'"{name}" is no {what}{did_you_mean(name, names)}'
                yield Problem(code="bad-setting", message=message, field=f"approvals.rules.{setting}")


def _rule(said: Mapping[str, Any]) -> Rule:
    return Rule(
        need=said.get("need", 1),
        name=said.get("name", ""),
        roles=tuple(said["roles"]),
        marks=tuple(said.get("marks") or ()),
        classes=tuple(said.get("classes") or ()),
        fields=tuple(said.get("fields") or ()),
        addresses=tuple(said.get("addresses") or ()),
        irreversible=bool(said.get("irreversible")),
        raised=bool(said.get("raised")),
    )


def settings_of(config: Config) -> str:
    """A fingerprint of all settings that decide what a plan may do; with another one a saved plan is worth nothing."""
    said = {
        "environment": config.environment,
        "removal": config.removal,
        "limits": config.limits,
        "protected": config.protected,
        "freezes": config.freezes,
        "approvals": config.approvals,
        "access": config.access,
    }
    return hashlib.sha256(canonical_text(said).encode()).hexdigest()


def demanded(planner: Planner, plan: Plan, now: datetime) -> tuple[Demand, ...]:
    """What the policy asks for this plan, and who has said yes. No query where it asks for nothing."""
    wanted = demands(plan, planner.policy, planner.specs)
    given = planner.memory.approvals(plan.digest) if wanted else ()
    accounts = planner.accounts({item.approver for item in given}) if given else {}
    return with_given(wanted, given, accounts, plan, planner.specs, now)


def approvals_document(plan: Plan, wanted: tuple[Demand, ...]) -> dict[str, Any]:
    """What a plan's document says of its approvals."""
    return {
        "complete": all(not item.missing for item in wanted) and not (wanted and _strangers(plan)),
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
        "authors": [str(person) for person in plan.origin.authors.people] if plan.origin else [],
        "strangers": list(_strangers(plan)),
    }


def _strangers(plan: Plan) -> tuple[str, ...]:
    return plan.origin.authors.strangers if plan.origin else ()


def approve(session: "Session", planned: "Planned", now: datetime, reason: str = "") -> Result:
    """Remembers the actor's yes to exactly this plan.

    Raises ``Denied`` for who isn't a known person or has none of the roles, ``PlanRefused`` for who had a part in the
    plan or is its subject. Saying yes twice is once.
    """
    plan, person = planned.plan, session.identity.account
    if person is None or not session.identity.is_person:
        raise Denied("only a known person can approve a plan", hint="sign in as yourself: dani login")
    if gone := list(not_admitted(plan, standing(session.planner, plan, now, session.furthest(now)))):
        raise PlanStale("This plan can't be applied any more, so there is nothing to approve", problems=in_order(gone))
    wanted = demanded(session.planner, plan, now)
    session.gate.require(Action.APPROVE, _covered(session, plan, wanted))
    if reasons := [*_wrong_role(session, wanted), *unfit(person, plan, session.specs)]:
        session.gate.remember(Action.APPROVE, {"plan": plan.digest, "why": tuple(item.code for item in reasons)})
        refused = Denied if reasons[0].code == "role-missing" else PlanRefused
        raise refused(f"{person} can't approve this plan", problems=in_order(reasons))
    is_new = any(item.missing and person not in item.given for item in wanted)
    if is_new:
        session.memory.approve(_approval(session, plan, now, reason))
        wanted = demanded(session.planner, plan, now)
    document = {
        "format": "dani.approval/1",
        "digest": plan.digest,
        "approver": str(person),
        "is_new": is_new,
        "is_needed": bool(wanted),
        "hours": session.planner.policy.hours,
        "approvals": approvals_document(plan, wanted),
    }
    return Result(document=document)


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
