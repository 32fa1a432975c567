"""One resource beside the live object that it means -> what changes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dani_playbook.core.change import Change, FieldChange, Finding, Reason, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.memory import InventoryItem, Token
from dani_playbook.core.plan import Refresh
from dani_playbook.core.values import UNKNOWN
from dani_playbook.engine.field import Case, Outcome, Place, judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one resource contributes to a plan. ``refreshed`` is set where nothing changes but the memory is behind."""

    change: Change | None = None
    findings: tuple[Finding, ...] = ()
    refreshed: Refresh | None = None


def difference(case: Case) -> Difference:
    """Compare field by field what is declared, what is live and what we applied last."""
    outcomes = judged(case)
    changes = [item.change for item in outcomes if item.place is Place.CHANGED and item.change]
    changes += _released(case)
    item = InventoryItem(
        address=case.desired.address,
        live_id=case.live.id,
        applied=dict(_remembered(case, outcomes)),
        path=case.desired.resource.source.file,
        protect=case.desired.resource.protect,
    )
    findings = tuple(_findings(case, outcomes))
    verb = _verb(case, changes)
    if verb is None:
        behind = Refresh(before=case.item, after=item) if case.item and case.item != item else None
        return Difference(findings=findings, refreshed=behind)
    return Difference(change=_change(case, verb, tuple(changes), item), findings=findings)


def _remembered(case: Case, outcomes: Sequence[Outcome]) -> Iterator[tuple[str, Token]]:
    """Tokens of what is declared; a field that is ignored for now keeps the one it had."""
    for item in outcomes:
        if item.token is not None:
            yield item.name, item.token
    for name in case.applied:
        if name not in case.desired.fields and _is_ignored(case, name):
            yield name, case.applied[name]


def _is_ignored(case: Case, name: str) -> bool:
    return name in case.desired.resource.ignore


def _released(case: Case) -> list[FieldChange]:
    """Fields that we applied and nobody declares any more: from now on live owns them."""
    return [
        FieldChange(
            name=name,
            before=UNKNOWN if name in case.veiled else case.live.fields[name],
            after=UNKNOWN if name in case.veiled else case.live.fields[name],
            reason=Reason.RELEASED,
            writes=False,
        )
        for name in (*case.applied, *_said(case))
        if name in case.spec.fields and name not in case.desired.fields and not _is_ignored(case, name)
    ]


def _said(case: Case) -> list[str]:
    """Masked fields that a stranger sees as applied: those that the base declares."""
    return sorted(case.said or {}) if case.item else []


def _verb(case: Case, changes: Sequence[FieldChange]) -> Verb | None:
    if case.item is None:
        return Verb.ADOPT
    if case.previous is not None:
        return Verb.MOVE
    if not changes:
        return None
    return Verb.RELEASE if all(change.reason is Reason.RELEASED for change in changes) else Verb.UPDATE


def _change(case: Case, verb: Verb, changes: tuple[FieldChange, ...], item: InventoryItem) -> Change:
    before = case.item
    after = {**case.live.fields, **{change.name: change.after for change in changes if change.writes}}
    return Change(
        address=case.desired.address,
        verb=verb,
        reason=_reason(verb, changes),
        title=case.spec.shown_name(after),
        live_id=case.live.id,
        previous=case.previous,
        before=case.live.fields,
        after=after,
        fields=changes,
        source=case.desired.source_of(changes[0].name if changes else None),
        inventory_before=replace(before, address=case.previous) if before and case.previous else before,
        inventory_after=item,
    )


def _reason(verb: Verb, changes: Sequence[FieldChange]) -> Reason:
    """The change's own reason: the verb's, else what its fields agree on."""
    if verb is Verb.ADOPT:
        return Reason.ADOPTED
    if verb is Verb.MOVE:
        return Reason.MOVED
    reasons = {change.reason for change in changes}
    return reasons.pop() if len(reasons) == 1 else Reason.FIELD_CHANGED


_SAID: Mapping[Place, tuple[str, str]] = {
    Place.CONFLICT: (
        "both the playbook and the live system changed since the last apply",
        "change the playbook, or say which side wins: --prefer {address}.FIELD=playbook (or =live)",
    ),
    Place.HELD: (
        "was changed outside dani; this is never put back without a yes of its own",
        "to put it back: dani apply --restore {address}; to accept it: write it in the playbook, or ignore the field",
    ),
    Place.IMMUTABLE: (
        "can't be changed once it is set",
        "put the old value back in the playbook, or ignore the field",
    ),
}


def _findings(case: Case, outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    for place, (message, hint) in _SAID.items():
        fields = tuple(item.change for item in outcomes if item.place is place and item.change)
        if fields:
            yield Finding(
                code=place.value,
                message=message,
                address=case.desired.address,
                title=case.spec.shown_name(case.live.fields),
                fields=fields,
                source=case.desired.source_of(fields[0].name),
                hint=hint.format(address=case.desired.address),
            )
