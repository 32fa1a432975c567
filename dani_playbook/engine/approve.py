"""Which approvals a plan needs, and which of those that were given count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dani_playbook.core.address import Address
from dani_playbook.core.approval import DELETION, SKEW, Approval, Authors, Demand, Known, Policy, Rule, names
from dani_playbook.core.change import Change, Reason, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.identity import Account
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Value
from dani_playbook.engine.target import matches

Specs = Mapping[str, KindSpec]
_SHOWN = 5


def demands(plan: Plan, policy: Policy, kinds: Specs) -> tuple[Demand, ...]:
    """A demand for each rule that some change fits, in the order of the policy. Cost: changes times rules."""
    raised = any(item.raised is not None for item in plan.limits)
    changes = [*plan.changes, *_unprotected(plan)]
    found = []
    for rule in policy.rules:
        met = tuple(change.address for change in changes if _fits(rule, change, kinds, raised=raised))
        if met:
            found.append(Demand(rule=rule, addresses=met))
    if policy.change and changes:
        found.append(Demand(rule=policy.change, addresses=()))
    return tuple(found)


def _unprotected(plan: Plan) -> Iterator[Change]:
    """Objects of which nothing changes but that they aren't protected any more."""
    for item in plan.refreshed:
        if item.before.protect and not item.after.protect:
            yield Change(
                address=item.after.address,
                verb=Verb.RELEASE,
                reason=Reason.RELEASED,
                live_id=item.after.live_id,
                inventory_before=item.before,
                inventory_after=item.after,
            )


def _fits(rule: Rule, change: Change, kinds: Specs, *, raised: bool) -> bool:
    written, spec = _written(change), kinds[change.address.kind]
    return (
        (not rule.marks or change.mark in rule.marks or (change.deletes and DELETION in rule.marks))
        and (not rule.addresses or any(matches(address, rule.addresses) for address in _addresses(change)))
        and (not rule.fields or not written.isdisjoint(rule.fields))
        and (not rule.classes or any(_class(spec, name) in rule.classes for name in written))
        and (not rule.irreversible or not change.reversible)
        and (not rule.raised or raised)
    )


def _class(spec: KindSpec, name: str) -> str:
    return spec.fields[name].sensitivity.value if name in spec.fields else ""


def _addresses(change: Change) -> Iterator[Address]:
    yield change.address
    if change.previous:
        yield change.previous


def _written(change: Change) -> set[str]:
    """Names of fields that change, go with their object, or aren't ours any more: from then on anybody decides them."""
    written = {item.name for item in change.fields} | (set(change.before or ()) if change.deletes else set())
    before, after = change.inventory_before, change.inventory_after
    return written | (set(before.applied if before else ()) - set(after.applied if after else ()))


def with_given(
    wanted: Sequence[Demand], approvals: Sequence[Approval], accounts: Known, plan: Plan, kinds: Specs, now: datetime
) -> tuple[Demand, ...]:
    """The demands with those people whose yes counts for them now, each once."""
    fit = [item for item in approvals if _counts(item, accounts, plan, kinds, now)]
    return tuple(replace(demand, given=_givers(demand.rule, fit, accounts)) for demand in wanted)


def _givers(rule: Rule, approvals: Sequence[Approval], accounts: Known) -> tuple[Address, ...]:
    """Who had the role then and has it now."""
    roles = frozenset(rule.roles)
    found = {item.approver for item in approvals if roles & set(item.roles) & accounts[item.approver].roles}
    return tuple(sorted(found))


def _counts(item: Approval, accounts: Known, plan: Plan, kinds: Specs, now: datetime) -> bool:
    account = accounts.get(item.approver)
    return (
        item.digest == plan.digest
        and item.at - SKEW <= now < item.expires_at
        and account is not None
        and account.active
        and not any(unfit(account, plan, kinds))
    )


def unfit(person: Account, plan: Plan, kinds: Specs) -> Iterator[Problem]:
    """Why this person can't approve this plan, whatever roles they have."""
    authors = plan.origin.authors if plan.origin else Authors()
    if person.address in authors.people or person.id in authors.ids:
        yield Problem(
            code="own-change",
            message=f"{person.address} wrote, committed or planned it, and nobody approves their own change",
            hint="ask somebody who had no part in it",
        )
    if about := sorted(change.address for change in plan.changes if _is_about(change, person, plan, kinds)):
        yield Problem(
            code="about-yourself",
            message=f"{names(about[:_SHOWN])} is about {person.address}, and nobody approves what is about themselves",
            address=about[0],
            hint=f"leave it out with --exclude {about[0]}, and have somebody else approve it",
        )


def _is_about(change: Change, person: Account, plan: Plan, kinds: Specs) -> bool:
    """Whether it is a person's own change, or they gain or lose by another object's; under whatever key."""
    if change.verb is Verb.ADOPT and not change.fields:
        return False
    known, spec = _called(person, plan), kinds[change.address.kind]
    if spec.people:
        return change.live_id == person.id or not known.isdisjoint(_addresses(change))
    images = (change.before or {}, change.after or {})
    return any(
        _names(images[0].get(rule.name), other.key) != _names(images[1].get(rule.name), other.key)
        for rule in spec.references
        for other in known
        if rule.references == other.kind
    )


def _called(person: Account, plan: Plan) -> set[Address]:
    """The person's address, and the one that the playbooks have for it."""
    kind, key = person.address.kind, person.address.key
    return {person.address, Address(kind, plan.renames.get(kind, {}).get(key, key))}


def _names(value: Value, key: str) -> bool:
    return key in value if isinstance(value, tuple) else bool(value == key)


def not_approved(wanted: Sequence[Demand], authors: Authors) -> Iterator[Problem]:
    """What is missing, one problem a rule; authors whom nobody knows count as missing too."""
    for demand in wanted:
        if demand.missing:
            yield Problem(
                code="approval-missing",
                message=sentence(demand),
                address=demand.addresses[0] if demand.addresses else None,
                hint="save the plan with --out FILE; then somebody who may: dani approve FILE",
            )
    if wanted and authors.strangers:
        yield Problem(
            code="unknown-author",
            message=f"nobody knows who {', '.join(authors.strangers[:_SHOWN])} is, who had a part in it",
            hint="say in dani.yaml whose e-mail address it is (approvals.people); who plans signs in (dani login)",
        )
    for doubt in authors.doubts if wanted else ():
        yield Problem(code="unknown-author", message=doubt.message, hint=doubt.hint)


def sentence(demand: Demand) -> str:
    """``needs 2 approvals by hr_manager or admin (leaver), has 1 by user.asmith, for user.tlee and 3 more``."""
    rule, shown = demand.rule, demand.addresses[:_SHOWN]
    many = "1 approval" if rule.need == 1 else f"{rule.need} approvals"
    has = f", has {len(demand.given)} by {names(demand.given)}" if demand.given else ""
    more = f" and {len(demand.addresses) - len(shown)} more" if len(demand.addresses) > len(shown) else ""
    why = f" ({rule.name})" if rule.name else ""
    whom = f", for {', '.join(map(str, shown))}{more}" if shown else ""
    return f"needs {many} by {' or '.join(rule.roles)}{why}{has}{whom}"
