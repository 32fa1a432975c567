"""Which approvals a plan needs, and which of those that were given count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Approval, Authors, Demand, Known, Policy, Rule, names
from dani_playbook.core.change import Change
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields
from dani_playbook.engine.target import matches

Specs = Mapping[str, KindSpec]
_SHOWN = 5


def demands(plan: Plan, policy: Policy, kinds: Specs) -> tuple[Demand, ...]:
    """A demand for each rule that some change fits, in the order of the policy. Cost: changes times rules."""
    raised = any(item.raised is not None for item in plan.limits)
    found = []
    for rule in policy.rules:
        met = tuple(change.address for change in plan.changes if _fits(rule, change, kinds, raised=raised))
        if met:
            found.append(Demand(rule=rule, addresses=met))
    return tuple(found)


def _fits(rule: Rule, change: Change, kinds: Specs, *, raised: bool) -> bool:
    written = {item.name for item in change.fields} | (set(change.before or ()) if change.deletes else set())
    spec = kinds[change.address.kind]
    return (
        (not rule.marks or change.mark in rule.marks)
        and (not rule.addresses or matches(change.address, rule.addresses))
        and (not rule.fields or not written.isdisjoint(rule.fields))
        and (not rule.classes or any(spec.fields[name].sensitivity.value in rule.classes for name in written))
        and (not rule.irreversible or not change.reversible)
        and (not rule.raised or raised)
    )


def with_given(
    wanted: Sequence[Demand], approvals: Sequence[Approval], accounts: Known, plan: Plan, kinds: Specs, now: datetime
) -> tuple[Demand, ...]:
    """The demands with those people whose yes counts for them now, each once."""
    about = {person for change in plan.changes for person in concerned(change, kinds)}
    fit = [item for item in approvals if _counts(item, accounts, plan, about, now)]
    return tuple(replace(demand, given=_givers(demand.rule, fit, accounts)) for demand in wanted)


def _givers(rule: Rule, approvals: Sequence[Approval], accounts: Known) -> tuple[Address, ...]:
    """Who had the role then and has it now."""
    roles = frozenset(rule.roles)
    found = {item.approver for item in approvals if roles & set(item.roles) & accounts[item.approver].roles}
    return tuple(sorted(found))


def _counts(item: Approval, accounts: Known, plan: Plan, about: set[Address], now: datetime) -> bool:
    account = accounts.get(item.approver)
    return (
        item.digest == plan.digest
        and item.at <= now < item.expires_at
        and account is not None
        and account.active
        and item.approver not in _authors(plan).people
        and item.approver not in about
    )


def _authors(plan: Plan) -> Authors:
    return plan.origin.authors if plan.origin else Authors()


def concerned(change: Change, kinds: Specs) -> Iterator[Address]:
    """The people whom a change is about: a person's own change, and who gains or loses by another object's."""
    spec = kinds[change.address.kind]
    if spec.people:
        yield change.address
        if change.previous:
            yield change.previous
        return
    for rule in spec.references:
        if kinds[rule.references or ""].people:
            before, after = _keys(change.before, rule.name), _keys(change.after, rule.name)
            for key in sorted(before ^ after):
                yield Address(rule.references or "", key)


def _keys(image: Fields | None, name: str) -> frozenset[str]:
    value = (image or {}).get(name)
    return frozenset(value if isinstance(value, tuple) else () if value is None else (value,))


def unfit(person: Address, plan: Plan, kinds: Specs) -> Iterator[Problem]:
    """Why this person can't approve this plan, whatever roles they have."""
    if person in _authors(plan).people:
        yield Problem(
            code="own-change",
            message=f"{person} wrote, committed or planned it, and nobody approves their own change",
            hint="ask somebody who had no part in it",
        )
    about = sorted({c.address for c in plan.changes if person in concerned(c, kinds)})
    if about:
        yield Problem(
            code="about-yourself",
            message=f"{names(about[:_SHOWN])} is about {person}, and nobody approves what is about themselves",
            address=about[0],
            hint=f"leave it out with --exclude {about[0]}, and have somebody else approve it",
        )


def not_approved(wanted: Sequence[Demand], authors: Authors) -> Iterator[Problem]:
    """What is missing, one problem a rule; authors whom nobody knows count as missing too."""
    for demand in wanted:
        if demand.missing:
            yield Problem(
                code="approval-missing",
                message=sentence(demand),
                address=demand.addresses[0],
                hint="save the plan with --out FILE; then somebody who may: dani approve FILE",
            )
    if wanted and authors.strangers:
        yield Problem(
            code="unknown-author",
            message=f"nobody knows who {', '.join(authors.strangers[:_SHOWN])} is, who had a part in it",
            hint="say in dani.yaml whose e-mail address it is (approvals.people), or plan it signed in (dani login)",
        )


def sentence(demand: Demand) -> str:
    """``needs 2 approvals by hr_manager or admin (leaver), has 1 by user.asmith, for user.tlee and 3 more``."""
    rule, shown = demand.rule, demand.addresses[:_SHOWN]
    many = "1 approval" if rule.need == 1 else f"{rule.need} approvals"
    has = f", has {len(demand.given)} by {names(demand.given)}" if demand.given else ""
    more = f" and {len(demand.addresses) - len(shown)} more" if len(demand.addresses) > len(shown) else ""
    why = f" ({rule.name})" if rule.name else ""
    return f"needs {many} by {' or '.join(rule.roles)}{why}{has}, for {', '.join(map(str, shown))}{more}"
