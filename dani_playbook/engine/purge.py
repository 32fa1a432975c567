"""One person who left -> a plan that takes them away for good, or all that stands against it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Finding, Reason, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.errors import PlanRefused
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.normalize import fold
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.resource import DesiredState, Resource
from dani_playbook.core.snapshot import LiveId, LiveObject
from dani_playbook.core.values import Fields, Secret, SetEdit, Value
from dani_playbook.engine.brakes import frozen, protected
from dani_playbook.engine.guard import referred_to
from dani_playbook.engine.hanging import blocked, hanging
from dani_playbook.engine.measure import in_force
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.plan import Planner, assemble, sealed
from dani_playbook.engine.predict import broken_rules, predicted

_TELLING = 4
"""Shorter values of a person stand in many a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of one person: ``live`` and ``item`` as long as they are there.

    ``live_id`` is the one that the person has, or had last. ``last`` is the newest image, live or of the journal. ``left_on`` is the day from which retention counts, ``None``
    where nobody can say. ``words`` tell of the person wherever they stand. ``unfinished`` are runs whose end isn't
    known yet.
    """

    address: Address
    live_id: LiveId | None
    live: LiveObject | None = None
    item: InventoryItem | None = None
    last: Fields | None = None
    words: frozenset[str] = frozenset()
    left_on: date | None = None
    unfinished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms somebody is purged: ``kept_days`` is how long a person is kept after leaving, ``is_self`` whether
    who acts is the person."""

    declared: Mapping[Address, Resource]
    today: date
    kept_days: int
    reason: str
    is_self: bool = False


def make_purge(
    planner: Planner, person: Person, terms: Terms, observed: Observed, inventory: Mapping[Address, InventoryItem]
) -> Plan:
    """The plan. Raises ``PlanRefused`` with everything that stands against it."""
    specs = planner.specs
    changes = [_removed(person, specs[person.address.kind]), *_leaves_sets(person.address, observed, inventory, specs)]
    state = DesiredState(as_of=terms.today, resources={})
    problems = [*_against(person, terms, specs), *_stopped(planner, changes, observed, state)]
    if problems:
        raise PlanRefused(f"{person.address} can't be purged", problems=in_order(problems))
    return sealed(planner, assemble(planner, changes, (), observed, state, inventory=inventory))


def nothing_left(planner: Planner, today: date, observed: Observed, inventory: Mapping[Address, InventoryItem]) -> Plan:
    """The plan for somebody who was purged before."""
    state = DesiredState(as_of=today, resources={})
    return sealed(planner, assemble(planner, (), (), observed, state, inventory=inventory))


def _removed(person: Person, spec: KindSpec) -> Change:
    """Who isn't live any more is only forgotten; that is a change, too, since it can't be taken back."""
    live = person.live
    return Change(
        address=person.address,
        verb=Verb.REMOVE if live else Verb.RELEASE,
        reason=Reason.PURGED,
        title=spec.shown_name(live.fields) if live else "",
        live_id=person.live_id,
        before=live.fields if live else None,
        policy="purge",
        deletes=live is not None,
        reversible=False,
        inventory_before=person.item,
    )


def _leaves_sets(
    address: Address, observed: Observed, inventory: Mapping[Address, InventoryItem], kinds: Mapping[str, KindSpec]
) -> Iterator[Change]:
    """The person goes out of groups and the like."""
    for other, found in sorted(observed.objects.items()):
        fields = tuple(
            FieldChange(name=rule.name, before=value, after=_without(value, address.key), reason=Reason.PURGED)
            for rule in kinds[other.kind].references
            if rule.is_set and rule.references == address.kind and address.key in (value := found.fields[rule.name])
        )
        if fields and other != address:
            yield Change(
                address=other,
                verb=Verb.UPDATE,
                reason=Reason.PURGED,
                title=kinds[other.kind].shown_name(found.fields),
                live_id=found.id,
                before=found.fields,
                after={**found.fields, **{field.name: field.after for field in fields}},
                fields=fields,
                reversible=False,
                inventory_before=inventory.get(other),
                inventory_after=inventory.get(other),
            )


def _without(value: Value, key: str) -> Value:
    return tuple(item for item in value if item != key)


def _against(person: Person, terms: Terms, specs: Mapping[str, KindSpec]) -> Iterator[Problem]:
    spec, address = specs[person.address.kind], person.address
    if not spec.people:
        yield _problem(address, "not-a-person", "is no person, and only people are purged", "removal: in dani.yaml")
        return
    if terms.is_self:
        yield _problem(address, "own-account", "is you, and nobody purges themselves", "ask somebody else to")
    if person.live and in_force(spec, person.live.fields):
        hint = "let the person leave first, with end_date or state: absent, and apply that"
        yield _problem(address, "still-here", "hasn't left", hint)
    else:
        yield from _kept(person, terms)
    yield from _on_hold(person, terms)
    yield from _unfinished(person)
    yield from _declared(address, terms.declared, specs)
    yield from _told_in_reason(person, terms.reason)


def _problem(address: Address, code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, message=message, address=address, hint=hint)


def _kept(person: Person, terms: Terms) -> Iterator[Problem]:
    if not terms.kept_days:
        return
    if person.left_on is None:
        yield _problem(
            person.address, "retention", "left on a day that nobody knows", "say it with end_date, and apply"
        )
        return
    free = person.left_on + timedelta(days=terms.kept_days)
    if terms.today < free:
        days = f"retention is {terms.kept_days} days from {person.left_on.isoformat()}"
        message = f"is kept until {free.isoformat()}: {days}"
        yield _problem(person.address, "retention", message, "purge on that day or later; dani.yaml says how long")


def _on_hold(person: Person, terms: Terms) -> Iterator[Problem]:
    """Of who isn't live any more the journal is the only copy. Who is live, a rule asks about."""
    declared = terms.declared.get(person.address)
    holds = [(declared.fields if declared else {}).get("hold")]
    holds += [] if person.live else [(person.last or {}).get("hold")]
    for hold in holds:
        until = hold.get("until") if hold else None
        if hold and (until is None or until >= terms.today.isoformat()):
            hint = "end the hold first"
            yield _problem(person.address, "on-hold", "is under a legal hold and can't be purged", hint)
            return


def _unfinished(person: Person) -> Iterator[Problem]:
    for run in person.unfinished:
        hint = "wait until it is done; dani runs shows it. One that died is closed by the next dani apply"
        yield _problem(person.address, "unfinished", f"may be touched by run {run}, which isn't finished", hint)


def _declared(
    address: Address, declared: Mapping[Address, Resource], specs: Mapping[str, KindSpec]
) -> Iterator[Problem]:
    """The next apply would create who is declared, and refuse what names somebody who isn't there."""
    for other, resource in sorted(declared.items()):
        if resource.absent:
            continue
        if other == address:
            yield Problem(
                code="declared",
                message="is declared, so the next apply would create the person anew",
                address=address,
                source=resource.source,
                hint="take it out of the playbooks, or write state: absent, and apply that",
            )
        elif name := _names(resource, address, specs[other.kind]):
            yield Problem(
                code="referred-to",
                message=f"{other} still names {address} as {name}",
                address=address,
                source=resource.sources.get(name, resource.source),
                hint="point it elsewhere, and apply that",
            )


def _names(resource: Resource, address: Address, spec: KindSpec) -> str | None:
    """The field that holds the key of ``address``, now or on a day to come."""
    layers = [resource.fields, *(entry.fields for entry in resource.upcoming)]
    for rule in spec.references:
        for fields in layers if rule.references == address.kind else ():
            value = fields.get(rule.name)
            value = value.add if isinstance(value, SetEdit) else value
            if address.key in (value if isinstance(value, tuple) else (value,)):
                return rule.name
    return None


def _told_in_reason(person: Person, reason: str) -> Iterator[Problem]:
    """The reason stays for good, so it must not tell what is to be forgotten."""
    if tells(reason, person.words):
        message = "the reason tells something of the person, and it is kept for good"
        yield _problem(person.address, "reason-tells", message, "say it by a number: --reason 'request 4711'")


def telling_words(spec: KindSpec, images: Iterable[Fields]) -> frozenset[str]:
    """Names, numbers, addresses: values of a person's images, folded, by which somebody may be recognised in a text."""
    rules = [rule for rule in spec.fields.values() if _is_telling(spec, rule)]
    found = (leaf for image in images for rule in rules for leaf in _leaves(image.get(rule.name)))
    return frozenset(fold(leaf) for leaf in found if len(leaf) >= _TELLING)


def tells(text: str, words: Iterable[str]) -> bool:
    """Whether one of ``words``, which are folded, stands in a text."""
    said = fold(text)
    return any(word in said for word in words)


def _is_telling(spec: KindSpec, rule: FieldSpec) -> bool:
    if rule.choices or rule.references:
        return False
    named = rule.identity or rule.name in spec.title or rule.normalize in ("email", "phone")
    return bool(named) or rule.sensitivity.is_masked


def _leaves(value: Value) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _leaves(value.reveal())
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value


def _stopped(planner: Planner, changes: list[Change], observed: Observed, state: DesiredState) -> Iterator[Problem]:
    """What stands against any plan: rules, references, protection, freezes. Limits count people who leave, and these
    have left."""
    specs, limits = planner.specs, planner.limits
    days = sorted({state.as_of, limits.today or state.as_of})
    findings: list[Finding] = [
        *(finding for _, finding in referred_to(changes, observed, specs)),
        *(finding for _, finding in blocked(changes, hanging(changes, planner.live, specs))),
        *protected(changes, limits.protected, specs),
        *frozen([replace(change, deletes=True) for change in changes], limits.freezes, days),
    ]
    yield from broken_rules(predicted(state, observed, changes, specs), planner.kinds.values())
    item = changes[0].inventory_before
    if item and item.protect:
        findings.append(
            Finding(
                code="protected", message="is protected", address=item.address, hint="take protect: true away first"
            )
        )
    for found in findings:
        yield Problem(
            code=found.code, message=found.message, address=found.address, source=found.source, hint=found.hint
        )
