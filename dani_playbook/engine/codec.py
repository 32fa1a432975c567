"""A plan as JSON and back. What is masked leaves the plain part and travels apart, to be encrypted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.change import Candidate, Change, Evidence, FieldChange, Finding, Nested, Reason, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.plan import Guard, Measured, Plan, Refresh
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields, Secret, SecretRef, Value, from_plain, json_text

Plain = Any
"""What JSON knows."""

_REFERENCE, _HIDDEN, _MAPPING = "$secret", "$hidden", "$mapping"
_CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Packed:
    """``pieces`` are those of canonical JSON, which names what is in ``hidden`` by its place there."""

    pieces: Sequence[bytes]
    hidden: Sequence[Plain]


def pack(plan: Plan, kinds: Mapping[str, KindSpec]) -> Packed:
    """The whole plan. Values of the classes personal and above, and every ``Secret``, go into ``hidden``."""
    hidden: list[Plain] = []
    return Packed(list(_pieces(_Packer(hidden, kinds), plan)), hidden)


def _pieces(packer: "_Packer", plan: Plan) -> Iterator[bytes]:
    """Change by change: all at once they'd be many times as large as their text."""
    parts = packer.around(plan)
    before, behind = ({name: parts[name] for name in parts if (name < _CHANGES) is first} for first in (True, False))
    yield f'{json_text(before)[:-1]},"{_CHANGES}":['.encode()
    for number, change in enumerate(plan.changes):
        yield f"{',' if number else ''}{json_text(packer.change(change))}".encode()
    yield f"],{json_text(behind)[1:]}".encode()


def unpack(plain: Plain, hidden: Sequence[Plain]) -> Plan:
    """The inverse of ``pack``, of its text when it is parsed.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for data that is no plan.
    """
    return _Unpacker(hidden).plan(plain)


@dataclass(frozen=True, slots=True)
class _Packer:
    hidden: list[Plain]
    kinds: Mapping[str, KindSpec]

    def around(self, plan: Plan) -> dict[str, Plain]:
        """All but the changes."""
        return {
            "digest": plan.digest,
            "live_name": plan.live_name,
            "live_identity": plan.live_identity,
            "as_of": plan.as_of.isoformat(),
            "blockers": [self.finding(item) for item in plan.blockers],
            "held": [self.finding(item) for item in plan.held],
            "warnings": [self.finding(item) for item in plan.warnings],
            "skipped": [self.finding(item) for item in plan.skipped],
            "refreshed": [[self.item(item.before), self.item(item.after)] for item in plan.refreshed],
            "complete": plan.complete,
            "unchanged": plan.unchanged,
            "unmanaged": dict(plan.unmanaged),
            "totals": dict(plan.totals),
            "declared": plan.declared,
            "files": list(plan.files),
            "undoes": plan.undoes,
            "guards": {str(address): [guard.live_id, guard.fingerprint] for address, guard in plan.guards.items()},
            "renames": {kind: dict(known) for kind, known in plan.renames.items()},
            "limits": [asdict(item) for item in plan.limits],
            "reason": plan.reason,
            "rules": plan.rules,
            "first": plan.first,
        }

    def change(self, change: Change) -> Plain:
        spec = self.kinds[change.address.kind]
        return {
            "address": str(change.address),
            "verb": change.verb.value,
            "reason": change.reason.value,
            "title": change.title,
            "mark": change.mark,
            "live_id": change.live_id,
            "previous": _text(change.previous),
            "before": self.image(spec, change.before),
            "after": self.image(spec, change.after),
            "fields": [self.field(spec, item) for item in change.fields],
            "policy": change.policy,
            "reversible": change.reversible,
            "deletes": change.deletes,
            "guards": [str(address) for address in change.guards],
            "source": _source(change.source),
            "inventory_before": self.item(change.inventory_before),
            "inventory_after": self.item(change.inventory_after),
        }

    def finding(self, finding: Finding) -> Plain:
        spec = self.kinds[finding.address.kind] if finding.address else None
        return {
            "code": finding.code,
            "message": finding.message,
            "address": _text(finding.address),
            "fields": [self.field(spec, item) for item in finding.fields] if spec else [],
            "source": _source(finding.source),
            "hint": finding.hint,
            "title": finding.title,
            "candidates": [self.candidate(spec, item) for item in finding.candidates] if spec else [],
        }

    def candidate(self, spec: KindSpec, candidate: Candidate) -> Plain:
        def value(item: Evidence, said: Value) -> Plain:
            return self.value(said, masked=item.name in spec.masked)

        return {
            "address": str(candidate.address),
            "live_id": candidate.live_id,
            "title": candidate.title,
            "same_key": candidate.same_key,
            "managed": candidate.managed,
            "evidence": [
                [item.name, value(item, item.declared), value(item, item.live), item.agrees]
                for item in candidate.evidence
            ],
            "source": _source(candidate.source),
        }

    def field(self, spec: KindSpec, change: FieldChange) -> Plain:
        masked = change.name in spec.masked
        return {
            "name": change.name,
            "before": self.value(change.before, masked=masked),
            "after": self.value(change.after, masked=masked),
            "reason": change.reason.value,
            "source": _source(change.source),
            "since": change.since.isoformat() if change.since else None,
            "nested": [
                [item.path, self.value(item.before, masked=masked), self.value(item.after, masked=masked)]
                for item in change.nested
            ],
            "writes": change.writes,
        }

    def image(self, spec: KindSpec, image: Fields | None) -> Plain:
        if image is None:
            return None
        return {name: self.value(value, masked=name in spec.masked) for name, value in image.items()}

    def value(self, value: Value, *, masked: bool) -> Plain:
        if isinstance(value, SecretRef):
            return {_REFERENCE: value.uri}
        if value is not None and (masked or isinstance(value, Secret)):
            secret = isinstance(value, Secret)
            self.hidden.append([secret, _jsonable(value.reveal() if secret else value)])
            return {_HIDDEN: len(self.hidden) - 1}
        return _jsonable(value)

    def item(self, item: InventoryItem | None) -> Plain:
        if item is None:
            return None
        return [str(item.address), item.live_id, dict(item.applied), item.path, item.protect]


@dataclass(frozen=True, slots=True)
class _Unpacker:
    hidden: Sequence[Plain]

    def plan(self, data: Plain) -> Plan:
        return Plan(
            digest=data["digest"],
            live_name=data["live_name"],
            live_identity=data["live_identity"],
            as_of=date.fromisoformat(data["as_of"]),
            changes=_each(self.change, data["changes"]),
            blockers=_each(self.finding, data["blockers"]),
            held=_each(self.finding, data["held"]),
            warnings=_each(self.finding, data["warnings"]),
            skipped=_each(self.finding, data["skipped"]),
            refreshed=tuple(Refresh(before=_item(before), after=_item(after)) for before, after in data["refreshed"]),
            complete=data["complete"],
            unchanged=data["unchanged"],
            unmanaged=data["unmanaged"],
            totals=data["totals"],
            declared=data["declared"],
            files=tuple(data["files"]),
            undoes=data["undoes"],
            guards={_address(text): Guard(live_id=id, fingerprint=seen) for text, (id, seen) in data["guards"].items()},
            renames=data["renames"],
            limits=tuple(Measured(**item) for item in data["limits"]),
            reason=data["reason"],
            rules=data["rules"],
            first=data["first"],
        )

    def change(self, data: Plain) -> Change:
        return Change(
            address=_address(data["address"]),
            verb=Verb(data["verb"]),
            reason=Reason(data["reason"]),
            title=data["title"],
            mark=data["mark"],
            live_id=data["live_id"],
            previous=_address(data["previous"]) if data["previous"] else None,
            before=self.image(data["before"]),
            after=self.image(data["after"]),
            fields=_each(self.field, data["fields"]),
            policy=data["policy"],
            reversible=data["reversible"],
            deletes=data["deletes"],
            guards=_each(_address, data["guards"]),
            source=_placed(data["source"]),
            inventory_before=_item(data["inventory_before"]) if data["inventory_before"] else None,
            inventory_after=_item(data["inventory_after"]) if data["inventory_after"] else None,
        )

    def finding(self, data: Plain) -> Finding:
        return Finding(
            code=data["code"],
            message=data["message"],
            address=_address(data["address"]) if data["address"] else None,
            fields=_each(self.field, data["fields"]),
            source=_placed(data["source"]),
            hint=data["hint"],
            title=data["title"],
            candidates=_each(self.candidate, data["candidates"]),
        )

    def candidate(self, data: Plain) -> Candidate:
        return Candidate(
            address=_address(data["address"]),
            live_id=data["live_id"],
            title=data["title"],
            same_key=data["same_key"],
            managed=data["managed"],
            evidence=tuple(
                Evidence(name=name, declared=self.value(declared), live=self.value(live), agrees=agrees)
                for name, declared, live, agrees in data["evidence"]
            ),
            source=_placed(data["source"]),
        )

    def field(self, data: Plain) -> FieldChange:
        return FieldChange(
            name=data["name"],
            before=self.value(data["before"]),
            after=self.value(data["after"]),
            reason=Reason(data["reason"]),
            source=_placed(data["source"]),
            since=date.fromisoformat(data["since"]) if data["since"] else None,
            nested=tuple(
                Nested(path=path, before=self.value(before), after=self.value(after))
                for path, before, after in data["nested"]
            ),
            writes=data["writes"],
        )

    def image(self, data: Plain) -> Fields | None:
        return None if data is None else {name: self.value(value) for name, value in data.items()}

    def value(self, data: Plain) -> Value:
        if isinstance(data, dict):
            if _REFERENCE in data:
                return SecretRef(data[_REFERENCE])
            if _HIDDEN in data:
                secret, value = self.hidden[data[_HIDDEN]]
                return Secret(_value(value)) if secret else _value(value)
        return _value(data)


def _jsonable(value: Value) -> Plain:
    """A mapping whose own keys look like ours is wrapped, so that no data can pose as a reference."""
    if isinstance(value, tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, Mapping):
        plain = {key: _jsonable(item) for key, item in value.items()}
        return {_MAPPING: plain} if any(key.startswith("$") for key in plain) else plain
    return value


def _value(data: Plain) -> Value:
    if isinstance(data, dict):
        found = data.get(_MAPPING, data)
        return {key: _value(item) for key, item in found.items()}
    if isinstance(data, list):
        return tuple(_value(item) for item in data)
    return from_plain(data)


def _each(read: Callable[[Plain], Any], items: Plain) -> tuple[Any, ...]:
    return tuple(read(item) for item in items)


def _text(address: Address | None) -> str | None:
    return str(address) if address else None


def _address(text: str) -> Address:
    kind, _, key = text.partition(".")
    return Address(kind, key)


def _source(source: Source | None) -> Plain:
    return list(source) if source else None


def _placed(data: Plain) -> Source | None:
    return Source(*data) if data else None


def _item(data: Plain) -> InventoryItem:
    address, live_id, applied, path, protect = data
    return InventoryItem(address=_address(address), live_id=live_id, applied=applied, path=path, protect=protect)
