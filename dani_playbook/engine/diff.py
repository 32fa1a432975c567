"""One resource, desired and live and applied -> what changes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Finding, Reason, Verb
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.memory import InventoryItem, Token
from dani_playbook.core.plan import Refresh
from dani_playbook.core.resource import Desired
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Fields, Value
from dani_playbook.engine.nested import nested_changes
from dani_playbook.engine.token import Tokens, effective, kept_token
from dani_playbook.engine.verdict import Judged, Verdict, judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the caller decided beforehand.

    ``restore`` holds addresses whose held drift may be put back. ``prefer`` maps ``address.field`` of a conflict to
    the winning side, ``playbook`` or ``live``. ``last_as_of`` is the date of the last run that succeeded.
    """

    restore: Callable[[Address], bool] = lambda address: False
    prefer: Mapping[str, str] = field(default_factory=dict)
    last_as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one resource contributes to a plan. ``refreshed`` is set where nothing changes but the memory is behind."""

    change: Change | None = None
    findings: tuple[Finding, ...] = ()
    refreshed: Refresh | None = None


@dataclass(slots=True)
class _Collected:
    changes: list[FieldChange] = field(default_factory=list)
    applied: dict[str, Token] = field(default_factory=dict)
    conflicts: list[FieldChange] = field(default_factory=list)
    held: list[FieldChange] = field(default_factory=list)
    immutable: list[FieldChange] = field(default_factory=list)


def difference(
    spec: KindSpec,
    desired: Desired,
    live: LiveObject,
    item: InventoryItem | None,
    *,
    tokens: Tokens,
    choices: Choices,
    previous: Address | None = None,
) -> Difference:
    """Compare a resource with the live object that it means.

    ``item`` is the inventory's, ``None`` where it isn't managed yet: then the object is adopted. ``previous`` is the
    address it had before it was moved.
    """
    applied = item.applied if item else {}
    out = _Collected()
    for name, value in desired.fields.items():
        _collect(spec.fields[name], value, desired, live, applied.get(name), out, tokens, choices)
    _release(spec, desired, live, applied, out)
    after_item = InventoryItem(
        address=desired.address,
        live_id=live.id,
        applied=out.applied,
        path=desired.resource.source.file,
        protect=desired.resource.protect,
    )
    findings = _findings(desired, spec.shown_name(live.fields), out)
    verb = _verb(out.changes, item, previous)
    if verb is None:
        behind = Refresh(before=item, after=after_item) if item and item != after_item else None
        return Difference(findings=findings, refreshed=behind)
    change = _change(spec, desired, live, verb, out, item, after_item, previous)
    return Difference(change=change, findings=findings)


def _collect(
    spec: FieldSpec,
    value: Value,
    desired: Desired,
    live: LiveObject,
    applied: Token | None,
    out: _Collected,
    tokens: Tokens,
    choices: Choices,
) -> None:
    before = live.fields[spec.name]
    judged = judge(spec, value, before, applied, tokens)
    if judged.verdict is Verdict.SAME:
        out.applied[spec.name] = judged.token
        return
    change = FieldChange(
        name=spec.name,
        before=before,
        after=judged.after,
        reason=_reason(spec, desired, judged.verdict, choices),
        source=desired.source_of(spec.name),
        since=desired.since.get(spec.name),
        nested=nested_changes(before, judged.after) if spec.is_nested else (),
    )
    _place(spec, desired.address, change, judged, tokens.of(spec, before), applied, out, choices)


def _place(
    spec: FieldSpec,
    address: Address,
    change: FieldChange,
    judged: Judged,
    live: Token,
    applied: Token | None,
    out: _Collected,
    choices: Choices,
) -> None:
    """Put a difference where it belongs: changed, held back, in conflict, or not possible."""
    winner = choices.prefer.get(f"{address}.{spec.name}") if judged.verdict is Verdict.CONFLICT else None
    if spec.immutable and change.before is not None:
        out.immutable.append(change)
    elif judged.verdict is Verdict.CONFLICT and winner is None:
        out.conflicts.append(change)
        _keep(out, spec.name, applied)
    elif winner == "live":
        out.applied[spec.name] = kept_token(judged.token, live)
        out.changes.append(_settled(change, writes=False))
    elif winner == "playbook":
        out.applied[spec.name] = judged.token
        out.changes.append(_settled(change, writes=True))
    elif judged.verdict is Verdict.DRIFT and spec.ask and not choices.restore(address):
        out.held.append(change)
        _keep(out, spec.name, applied)
    else:
        out.applied[spec.name] = judged.token
        out.changes.append(change)


def _keep(out: _Collected, name: str, applied: Token | None) -> None:
    if applied is not None:
        out.applied[name] = applied


def _settled(change: FieldChange, *, writes: bool) -> FieldChange:
    return FieldChange(
        name=change.name,
        before=change.before,
        after=change.after,
        reason=Reason.CONFLICT_SETTLED,
        source=change.source,
        nested=change.nested,
        writes=writes,
    )


def _reason(spec: FieldSpec, desired: Desired, verdict: Verdict, choices: Choices) -> Reason:
    if verdict is Verdict.DRIFT:
        return Reason.REACTIVATION if spec.ask else Reason.DRIFT
    if since := desired.since.get(spec.name):
        late = choices.last_as_of is not None and choices.last_as_of >= since
        return Reason.CORRECTION if late else Reason.DUE
    if spec.name in desired.derived:
        return Reason.DERIVED
    return Reason.FIELD_CHANGED


def _release(spec: KindSpec, desired: Desired, live: LiveObject, applied: Mapping[str, Token], out: _Collected) -> None:
    """Fields that we applied and nobody declares any more: from now on live owns them. Ignored ones stay as they are."""
    for name in applied:
        if name in desired.fields:
            continue
        if name in desired.resource.ignore and name in desired.resource.fields:
            out.applied[name] = applied[name]
        elif name in spec.fields:
            value = live.fields[name]
            out.changes.append(FieldChange(name=name, before=value, after=value, reason=Reason.RELEASED, writes=False))


def _verb(changes: list[FieldChange], item: InventoryItem | None, previous: Address | None) -> Verb | None:
    if item is None:
        return Verb.ADOPT
    if previous is not None:
        return Verb.MOVE
    if not changes:
        return None
    return Verb.RELEASE if all(change.reason is Reason.RELEASED for change in changes) else Verb.UPDATE


def _change(
    spec: KindSpec,
    desired: Desired,
    live: LiveObject,
    verb: Verb,
    out: _Collected,
    item: InventoryItem | None,
    after_item: InventoryItem,
    previous: Address | None,
) -> Change:
    after = {**live.fields, **{change.name: change.after for change in out.changes if change.writes}}
    return Change(
        address=desired.address,
        verb=verb,
        reason=_change_reason(verb, out.changes),
        title=spec.shown_name(after),
        live_id=live.id,
        previous=previous,
        before=live.fields,
        after=after,
        fields=tuple(out.changes),
        source=desired.source_of(out.changes[0].name if out.changes else None),
        inventory_before=replace(item, address=previous) if item and previous else item,
        inventory_after=after_item,
    )


def _change_reason(verb: Verb, changes: list[FieldChange]) -> Reason:
    """The change's own reason: the verb's, else what its fields agree on."""
    if verb is Verb.ADOPT:
        return Reason.ADOPTED
    if verb is Verb.MOVE:
        return Reason.MOVED
    reasons = {change.reason for change in changes}
    return reasons.pop() if len(reasons) == 1 else Reason.FIELD_CHANGED


def _findings(desired: Desired, title: str, out: _Collected) -> tuple[Finding, ...]:
    rows = (
        (
            "conflict",
            out.conflicts,
            "both the playbook and the live system changed since the last apply",
            f"change the playbook, or say which side wins: --prefer {desired.address}.FIELD=playbook (or =live)",
        ),
        (
            "held",
            out.held,
            "was changed outside dani; this is never put back without a yes of its own",
            f"to put it back: --restore {desired.address}; to accept it: write it in the playbook, or ignore the field",
        ),
        (
            "immutable",
            out.immutable,
            "can't be changed once it is set",
            "put the old value back in the playbook, or ignore the field",
        ),
    )
    return tuple(
        Finding(
            code=code,
            message=message,
            address=desired.address,
            title=title,
            fields=tuple(fields),
            source=desired.source_of(fields[0].name),
            hint=hint,
        )
        for code, fields, message, hint in rows
        if fields
    )


def creation(spec: KindSpec, desired: Desired, tokens: Tokens, item: InventoryItem | None) -> Change:
    """The change that brings a resource into being: declared fields, and the schema's defaults for the rest.

    ``item`` is the inventory's where we managed it and it is gone.
    """
    fields = _created_fields(spec, desired)
    after: Fields = dict.fromkeys(spec.fields) | {change.name: change.after for change in fields}
    return Change(
        address=desired.address,
        verb=Verb.CREATE,
        reason=Reason.DRIFT if item else Reason.DECLARED,
        title=spec.shown_name(after),
        after=after,
        fields=fields,
        source=desired.resource.source,
        inventory_before=item,
        inventory_after=InventoryItem(
            address=desired.address,
            live_id="",
            applied={name: tokens.of(spec.fields[name], value) for name, value in desired.fields.items()},
            path=desired.resource.source.file,
            protect=desired.resource.protect,
        ),
    )


def _created_fields(spec: KindSpec, desired: Desired) -> tuple[FieldChange, ...]:
    out = []
    for name, rule in spec.fields.items():
        declared = name in desired.fields
        value = _start(rule, desired.fields[name]) if declared else rule.default
        if value is None or (rule.is_set and value == ()):
            continue
        out.append(
            FieldChange(
                name=name,
                before=None,
                after=value,
                reason=Reason.DERIVED if name in desired.derived else Reason.DECLARED,
                source=desired.source_of(name) if declared else None,
                since=desired.since.get(name),
            )
        )
    return tuple(out)


def _start(spec: FieldSpec, value: Value) -> Value:
    return effective(spec, value, ())
