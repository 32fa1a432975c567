"""Last applied, live -> what others changed."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from dani_playbook.core.address import Address
from dani_playbook.core.change import FieldChange, Reason
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.memory import InventoryItem, Token
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Value, same
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.token import Tokens, effective, read_edit, read_kept, read_plain, read_secret
from dani_playbook.engine.verdict import Verdict, judge


class DriftClass(StrEnum):
    """``DUE`` is named with the others so that it can be told from them: a date that comes is not drift."""

    CHANGED_OUTSIDE = "changed_outside"
    MISSING = "missing"
    SATISFIED_LATE = "satisfied_late"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftItem:
    """One object of one class. ``before`` of a field is what we applied, ``after`` what is live."""

    address: Address
    title: str
    drift: DriftClass
    fields: tuple[FieldChange, ...] = ()


def find_drift(
    state: DesiredState,
    inventory: Mapping[Address, InventoryItem],
    observed: Observed,
    kinds: Mapping[str, KindSpec],
    tokens: Tokens,
) -> tuple[DriftItem, ...]:
    """Every managed object that isn't as we left it, sorted by address, then class."""
    found = []
    for address, item in inventory.items():
        live = observed.objects.get(address)
        if live is None or live.id != item.live_id:
            found.append(DriftItem(address=address, title="", drift=DriftClass.MISSING))
            continue
        spec = kinds[address.kind]
        fields = list(_fields(spec, item, live, state.resources.get(address), tokens))
        title = spec.shown_name(live.fields)
        found.extend(
            DriftItem(address=address, title=title, drift=drift, fields=mine)
            for drift in DriftClass
            if (mine := tuple(change for change, of in fields if of is drift))
        )
    return tuple(sorted(found, key=lambda item: (item.address, item.drift)))


def _fields(
    spec: KindSpec, item: InventoryItem, live: LiveObject, desired: Desired | None, tokens: Tokens
) -> Iterator[tuple[FieldChange, DriftClass]]:
    for name in spec.fields:
        if name not in item.applied or name in live.doubts or (desired and _is_ignored(desired, name)):
            continue  # what can't be read for sure is no difference; a plan says why it can't be
        rule, value = spec.fields[name], live.fields[name]
        drift = _class(rule, item.applied[name], value, desired, tokens)
        if drift:
            yield _shown(rule, item.applied[name], value, desired, drift), drift


def _is_ignored(desired: Desired, name: str) -> bool:
    return name in desired.resource.ignore and name not in desired.fields


def _class(rule: FieldSpec, applied: Token, live: Value, desired: Desired | None, tokens: Tokens) -> DriftClass | None:
    moved = is_moved(rule, applied, live, tokens)
    if desired is None or rule.name not in desired.fields:
        return DriftClass.CHANGED_OUTSIDE if moved else None
    verdict = judge(rule, desired.fields[rule.name], live, applied, tokens).verdict
    if moved:
        return DriftClass.SATISFIED_LATE if verdict is Verdict.SAME else DriftClass.CHANGED_OUTSIDE
    dated = rule.name in desired.since or rule.name in desired.derived
    return DriftClass.DUE if verdict is Verdict.CHANGED and dated else None


def is_moved(rule: FieldSpec, applied: Token, live: Value, tokens: Tokens) -> bool:
    """Whether a live value is another than the one we left behind."""
    if kept := read_kept(applied):
        return tokens.of(rule, live) != kept[1]
    if edit := read_edit(applied):
        return not same(edit.over(live), live or ())
    if secret := read_secret(applied):
        return not rule.create_only and secret[1] != (None if live is None else tokens.fingerprint.of(live))
    return tokens.of(rule, live) != applied


def _shown(rule: FieldSpec, applied: Token, live: Value, desired: Desired | None, drift: DriftClass) -> FieldChange:
    if drift is DriftClass.DUE and desired is not None:
        return FieldChange(
            name=rule.name,
            before=live,
            after=effective(rule, desired.fields[rule.name], live),
            reason=Reason.DUE if rule.name in desired.since else Reason.DERIVED,
            since=desired.since.get(rule.name),
            source=desired.source_of(rule.name),
        )
    return FieldChange(name=rule.name, before=applied_value(rule, applied, live), after=live, reason=Reason.DRIFT)


def applied_value(rule: FieldSpec, applied: Token, live: Value) -> Value:
    """What we applied, as far as the memory tells: of masked fields it keeps only a fingerprint, so live stands in."""
    if rule.sensitivity.is_masked:
        return live
    if kept := read_kept(applied):
        applied = kept[1]
    edit = read_edit(applied)
    return edit.over(live) if edit else read_plain(applied)
