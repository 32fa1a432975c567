"""One declared field of one resource beside the live object -> what becomes of it."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import date
from enum import StrEnum

from dani_playbook.core.address import Address
from dani_playbook.core.change import FieldChange, Reason
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.memory import InventoryItem, Token
from dani_playbook.core.resource import Desired
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import UNKNOWN, Fields, Value, same
from dani_playbook.engine.nested import nested_changes
from dani_playbook.engine.token import Tokens, effective, kept_token
from dani_playbook.engine.verdict import Judged, Verdict, judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the caller decided beforehand.

    ``restore`` says which addresses may have held drift put back. ``prefer`` maps ``address.field`` of a conflict to
    the winning side, ``playbook`` or ``live``. ``last_as_of`` is the date of the last run that succeeded.
    """

    restore: Callable[[Address], bool] = lambda address: False
    prefer: Mapping[str, str] = field(default_factory=dict)
    last_as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A resource, the live object that it means, and what we applied to it last.

    ``item`` is ``None`` where the object isn't managed yet: then it is adopted. ``previous`` is the address that it
    had before it was moved.
    """

    spec: KindSpec
    desired: Desired
    live: LiveObject
    item: InventoryItem | None
    tokens: Tokens
    choices: Choices
    previous: Address | None = None
    said: Fields | None = None
    """What the base says of masked fields, where a stranger reads along: then only that is compared."""

    @property
    def veiled(self) -> frozenset[str]:
        """The fields of which nothing live is known."""
        return frozenset() if self.said is None else self.spec.masked

    @property
    def applied(self) -> Mapping[str, Token]:
        return self.item.applied if self.item else {}


class Place(StrEnum):
    """Where a field ends: changed, or in a finding of that name."""

    SAME = "same"
    CHANGED = "changed"
    CONFLICT = "conflict"
    HELD = "held"
    IMMUTABLE = "immutable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``token`` is what the inventory remembers once the plan is applied, ``None`` for nothing."""

    name: str
    place: Place
    token: Token | None
    change: FieldChange | None = None


def judged(case: Case) -> list[Outcome]:
    """Every declared field. Plain ones are compared as two tuples first; mostly that is all that is to be done."""
    declared, fields = case.desired.fields, case.spec.fields
    plain = [name for name in declared if not fields[name].is_nested and name not in case.veiled]
    if tuple(declared[name] for name in plain) != tuple(case.live.fields[name] for name in plain):
        return [outcome(case, name, value) for name, value in declared.items()]
    same = {name: Outcome(name, Place.SAME, case.tokens.of(fields[name], declared[name])) for name in plain}
    return [same.get(name) or outcome(case, name, value) for name, value in declared.items()]


def outcome(case: Case, name: str, value: Value) -> Outcome:
    """Judge a declared field and say where it belongs."""
    rule, before, applied = case.spec.fields[name], case.live.fields[name], case.applied.get(name)
    if name in case.veiled:
        return _veiled(case, rule, value)
    found = judge(rule, value, before, applied, case.tokens)
    if found.verdict is Verdict.SAME:
        return Outcome(name, Place.SAME, found.token)
    change = _change(case, rule, found)
    if rule.immutable and before is not None:
        return Outcome(name, Place.IMMUTABLE, applied, change)
    if found.verdict is Verdict.CONFLICT or _follows_live(case, name):
        return _conflict(case, rule, found, change)
    if found.verdict is Verdict.DRIFT and rule.ask and not case.choices.restore(case.desired.address):
        return Outcome(name, Place.HELD, applied, change)
    return Outcome(name, Place.CHANGED, found.token, change)


def _veiled(case: Case, rule: FieldSpec, value: Value) -> Outcome:
    """As if live were unknown: a value that the base doesn't declare alike will be set, whatever is there."""
    said, token = case.said or {}, case.tokens.of(rule, value)
    if rule.create_only or (rule.name in said and same(said[rule.name], value)):
        return Outcome(rule.name, Place.SAME, token)
    after = effective(rule, value, None)
    change = FieldChange(
        name=rule.name,
        before=UNKNOWN,
        after=after,
        reason=_reason(case, rule, Verdict.NEW),
        source=case.desired.source_of(rule.name),
        since=case.desired.since.get(rule.name),
    )
    return Outcome(rule.name, Place.CHANGED, token, change)


def _change(case: Case, rule: FieldSpec, judged: Judged) -> FieldChange:
    before = case.live.fields[rule.name]
    return FieldChange(
        name=rule.name,
        before=before,
        after=judged.after,
        reason=_reason(case, rule, judged.verdict),
        source=case.desired.source_of(rule.name),
        since=case.desired.since.get(rule.name),
        nested=nested_changes(before, judged.after) if rule.is_nested else (),
    )


def _reason(case: Case, rule: FieldSpec, verdict: Verdict) -> Reason:
    """A day that our last run had passed already means that the entry was written after it: a correction."""
    if verdict is Verdict.DRIFT:
        return Reason.REACTIVATION if rule.ask else Reason.DRIFT
    if since := case.desired.since.get(rule.name):
        last = case.choices.last_as_of
        is_late = last is not None and since <= last and since < case.desired.as_of
        return Reason.CORRECTION if is_late else Reason.DUE
    return Reason.DERIVED if rule.name in case.desired.derived else Reason.FIELD_CHANGED


def _follows_live(case: Case, name: str) -> bool:
    """A derived field goes with what it is derived from: who stays suspended isn't enabled."""
    address = case.desired.address
    sides = (case.choices.prefer.get(f"{address}.{other}") for other in case.spec.fields)
    return bool(case.choices.prefer) and name in case.desired.derived and "live" in sides


def _conflict(case: Case, rule: FieldSpec, judged: Judged, change: FieldChange) -> Outcome:
    winner = case.choices.prefer.get(f"{case.desired.address}.{rule.name}")
    winner = "live" if _follows_live(case, rule.name) else winner
    settled = replace(change, reason=Reason.CONFLICT_SETTLED)
    if winner == "playbook":
        return Outcome(rule.name, Place.CHANGED, judged.token, settled)
    if winner == "live":
        kept = kept_token(judged.token, case.tokens.of(rule, change.before))
        return Outcome(rule.name, Place.CHANGED, kept, replace(settled, writes=False))
    return Outcome(rule.name, Place.CONFLICT, case.applied.get(rule.name), change)
