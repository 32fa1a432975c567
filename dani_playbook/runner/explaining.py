"""One address, field by field: who said what, what we applied, what is live, and what the next plan makes of it."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding, Reason
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.memory import REFRESH, Entry, InventoryItem, Run
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.resource import Desired, Playbooks, Resource
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Fields
from dani_playbook.engine.drift import applied_value, is_moved
from dani_playbook.engine.token import Tokens, read_edit, read_kept, read_secret
from dani_playbook.runner.documents import shown

_PLANNED: Mapping[Reason, str] = {
    Reason.FIELD_CHANGED: "will be updated: the playbook changed",
    Reason.DECLARED: "will be set: the object doesn't exist yet",
    Reason.DERIVED: "will be updated: the dates say so",
    Reason.DUE: "will be updated: its day has come",
    Reason.CORRECTION: "will be updated: a correction of a day that has passed",
    Reason.DRIFT: "was changed outside dani since the last apply; will be restored",
    Reason.REACTIVATION: "was changed outside dani since the last apply; will be restored",
    Reason.RELEASED: "will be released: from then on live owns it",
    Reason.NO_LONGER_DECLARED: "will be changed by the removal: no longer declared",
    Reason.DECLARED_ABSENT: "will be changed by the removal: declared absent",
}
_FOUND: Mapping[str, str] = {
    "conflict": "conflict: both the playbook and live changed since the last apply",
    "held": "was changed outside dani since the last apply; waits for --restore",
    "immutable": "can't be changed: it is set for good",
}


_WHOLE: Mapping[str, str] = {
    "disputed": "not compared: it isn't sure which live object is meant",
    "held": "not live: deleted outside dani; waits for --restore",
}
"""Of a finding that is about the whole resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Everything that is known of one address, and what the next plan makes of it.

    ``places`` are the fields that the live system can keep.
    """

    address: Address
    spec: KindSpec
    places: Container[str]
    resource: Resource | None
    desired: Desired | None
    item: InventoryItem | None
    live: LiveObject | None
    change: Change | None
    findings: tuple[Finding, ...]
    history: Sequence[tuple[Run, Entry]]

    def raise_if_unknown(self, playbooks: Playbooks) -> None:
        """Raises ``PlaybookError`` where neither the playbooks nor the live system know the address."""
        if self.resource is None and self.live is None and not self.history:
            known = [str(address) for address in playbooks.resources if address.kind == self.address.kind]
            near = did_you_mean(str(self.address), known)
            raise PlaybookError(f"neither the playbooks nor the live system know {self.address}{near}")


def explain_document(
    subject: Subject, as_of: str, tokens: Tokens, descriptions: Mapping[str, str], name: str | None, *, reveal: bool
) -> dict[str, Any]:
    """``name`` picks one field; without it every field that somebody has a say in is there."""
    live: Fields = subject.live.fields if subject.live else {}
    title = subject.spec.shown_name(live or (subject.desired.fields if subject.desired else {}))
    source = subject.resource.source if subject.resource else None
    return {
        "format": "dani.explain/1",
        "address": str(subject.address),
        "title": title,
        "as_of": as_of,
        "managed": subject.item is not None,
        "live_id": subject.live.id if subject.live else None,
        "source": str(source) if source else None,
        "fields": [
            _field(subject, spec, descriptions.get(spec.name, ""), tokens, reveal=reveal)
            for spec in subject.spec.fields.values()
            if spec.name == name or (name is None and _concerns(subject, spec.name))
        ],
        "history": [_past(run, entry, name) for run, entry in subject.history if _touched(entry, name)],
    }


def _concerns(subject: Subject, name: str) -> bool:
    declared = subject.desired is not None and name in subject.desired.fields
    applied = subject.item is not None and name in subject.item.applied
    live = subject.live.fields[name] if subject.live else None
    return declared or applied or live not in (None, ())


def _touched(entry: Entry, name: str | None) -> bool:
    return entry.verb != REFRESH and (name is None or name in entry.reasons or name in entry.changed)


def _field(subject: Subject, spec: FieldSpec, description: str, tokens: Tokens, *, reveal: bool) -> dict[str, Any]:
    desired, resource, item, name = subject.desired, subject.resource, subject.item, spec.name
    is_declared = desired is not None and name in desired.fields
    live = subject.live.fields[name] if subject.live else None
    token = item.applied.get(name) if item else None
    return {
        "name": name,
        "title": spec.title,
        "description": description,
        "class": spec.sensitivity.value,
        "desired": shown(spec, desired.fields[name], reveal=reveal) if desired and is_declared else None,
        "origin": _origin(desired, resource, name) if is_declared else None,
        "source": str(desired.source_of(name)) if desired and is_declared else None,
        "since": desired.since[name].isoformat() if desired and name in desired.since else None,
        "shadowed": _shadowed(resource, spec, reveal=reveal),
        "applied": _applied(spec, token, live, tokens, reveal=reveal),
        "live": shown(spec, live, reveal=reveal),
        "owner": "playbook" if is_declared else "live" if live not in (None, ()) else "nobody",
        "verdict": _verdict(subject, spec.name, token),
        "next": [
            {"date": entry.on.isoformat(), "value": shown(spec, entry.fields[name], reveal=reveal)}
            for entry in (resource.upcoming if resource else ())
            if name in entry.fields and desired and entry.on > desired.as_of
        ],
    }


def _origin(desired: Desired | None, resource: Resource | None, name: str) -> str:
    if desired and name in desired.derived:
        return "derived from the dates"
    if desired and name in desired.since:
        return f"upcoming {desired.since[name]}"
    return resource.origins.get(name, "resource") if resource else ""


def _shadowed(resource: Resource | None, spec: FieldSpec, *, reveal: bool) -> list[dict[str, Any]]:
    layers = resource.shadowed.get(spec.name, ()) if resource else ()
    return [
        {"origin": origin, "source": str(source), "value": shown(spec, value, reveal=reveal)}
        for origin, source, value in layers
    ]


def _applied(spec: FieldSpec, token: str | None, live: Any, tokens: Tokens, *, reveal: bool) -> Any:
    if token is None:
        return None
    if secret := read_secret(token):
        return shown(spec, secret[0], reveal=reveal)
    if edit := read_edit(token):
        return shown(spec, edit, reveal=reveal)
    if spec.sensitivity.is_masked and is_moved(spec, token, live, tokens):
        return f"‹{spec.sensitivity}›"
    return shown(spec, applied_value(spec, token, live), reveal=reveal)


def _verdict(subject: Subject, name: str, token: str | None) -> str:
    for finding in subject.findings:
        if finding.code in _FOUND and any(change.name == name for change in finding.fields):
            return _FOUND[finding.code]
        if finding.code in _WHOLE and not finding.fields and subject.desired and name in subject.desired.fields:
            return _WHOLE[finding.code]
    change = subject.change
    if change is not None:
        if change.deletes:
            return "will be deleted with the object"
        if planned := next((item for item in change.fields if item.name == name), None):
            settled = "will be settled as it was said" if planned.reason is Reason.CONFLICT_SETTLED else ""
            return settled or _PLANNED[planned.reason]
    return _standing(subject, name, token)


def _standing(subject: Subject, name: str, token: str | None) -> str:
    desired = subject.desired
    if desired is None or desired.absent or name not in desired.fields:
        if name not in subject.places:
            return "not kept: this HR system has no place for it"
        is_ignored = desired is not None and name in desired.resource.ignore
        return "ignored: live owns it" if is_ignored else "not declared: live owns it"
    if token is not None and read_kept(token):
        return "kept as it is live: a conflict was settled that way"
    return "as declared"


def _past(run: Run, entry: Entry, name: str | None) -> dict[str, Any]:
    at = run.finished_at or run.started_at
    return {
        "run": run.id,
        "at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "actor": run.actor,
        "verb": entry.verb,
        "reason": entry.reasons.get(name or "", entry.reason),
        "fields": [name] if name else list(entry.changed),
        "purged": entry.purged,
    }
