"""Results -> documents: the one place where values become text for people and programs, masked by their class.

A document is plain JSON with a ``format`` name and version. Text, Markdown and the exit code are made from it, so
they can't disagree.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, overload

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Nested, Reason, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec, Sensitivity
from dani_playbook.core.memory import REFRESH, Entry, Run
from dani_playbook.core.source import Source
from dani_playbook.core.values import Secret, SecretRef, SetEdit, Unknown, Value

if TYPE_CHECKING:
    from dani_playbook.engine.drift import DriftItem

Document = Mapping[str, Any]
Specs = Mapping[str, KindSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a use case says: a document, and the exit code that goes with it."""

    document: Document
    exit_code: int = 0


def shown(field: FieldSpec, value: Value, *, reveal: bool) -> Any:
    """A value as it may be read. Secrets are never revealed; a field without a class would be masked."""
    if value is None:
        return None
    if field.sensitivity is Sensitivity.SECRET or (field.sensitivity.is_masked and not reveal):
        return f"‹{field.sensitivity}›"
    return value if isinstance(value, str) else plain(value)


def plain(value: Value) -> Any:
    """A canonical value as JSON has it; tuples become lists."""
    if isinstance(value, Secret):
        return plain(value.reveal())
    if isinstance(value, SecretRef):
        return {"secret": value.uri}
    if isinstance(value, SetEdit):
        return {"add": plain(value.add), "remove": plain(value.remove)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return None if isinstance(value, Unknown) else value


def place(source: Source | None) -> str | None:
    """``file:line:column``."""
    return str(source) if source else None


class FieldDocuments(Sequence[dict[str, Any]]):
    """The fields of a change, each a document that is made when it is asked for: all of a large plan are gigabytes.

    Raises ``KeyError`` at once for a field that the kind doesn't have.
    """

    __slots__ = ("_changes", "_reveal", "_specs")

    def __init__(self, specs: Mapping[str, FieldSpec], changes: Sequence[FieldChange], *, reveal: bool) -> None:
        self._specs = [specs[change.name] for change in changes]
        self._changes, self._reveal = changes, reveal

    def __len__(self) -> int:
        return len(self._changes)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(self._document, self._specs, self._changes)

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(at, slice):
            return list(map(self._document, self._specs[at], self._changes[at]))
        return self._document(self._specs[at], self._changes[at])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))

    def _document(self, spec: FieldSpec, change: FieldChange) -> dict[str, Any]:
        return field_document(spec, change, reveal=self._reveal)


def field_document(spec: FieldSpec, change: FieldChange, *, reveal: bool) -> dict[str, Any]:
    """One field of a change, masked by its class."""
    known = not isinstance(change.before, Unknown)
    document = {
        "name": change.name,
        "title": spec.title,
        "class": spec.sensitivity.value,
        "set": spec.is_set,
        "before": shown(spec, change.before, reveal=reveal) if known else None,
        "after": shown(spec, change.after, reveal=reveal),
        "owner": "live" if change.reason is Reason.RELEASED else "playbook",
        "reason": change.reason.value,
        "since": change.since.isoformat() if change.since else None,
        "writes": change.writes,
        "source": place(change.source),
        "nested": [_nested(spec, item, reveal=reveal) for item in change.nested] if change.nested else [],
    }
    return document if known else document | {"unknown": True}


def _nested(spec: FieldSpec, item: Nested, *, reveal: bool) -> dict[str, Any]:
    return {
        "path": item.path,
        "before": shown(spec, item.before, reveal=reveal),
        "after": shown(spec, item.after, reveal=reveal),
    }


def change_document(specs: Specs, change: Change, *, reveal: bool) -> dict[str, Any]:
    """One change; the fields in the order of the plan."""
    fields = specs[change.address.kind].fields
    return {
        "address": str(change.address),
        "kind": change.address.kind,
        "verb": change.verb.value,
        "sign": change.sign,
        "reason": change.reason.value,
        "mark": change.mark,
        "title": change.title,
        "previous": str(change.previous) if change.previous else None,
        "policy": change.policy,
        "source": place(change.source),
        "reversible": change.reversible,
        "deletes": change.deletes,
        "guards": [str(address) for address in change.guards],
        "fields": FieldDocuments(fields, change.fields, reveal=reveal),
    }


def moment_text(at: datetime | None) -> str | None:
    """``2026-11-23T08:15:02Z``, nothing for none."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def run_document(run: Run) -> dict[str, Any]:
    """What is known of a run, without its entries."""
    return {
        "id": run.id,
        "state": run.state.value,
        "actor": run.actor,
        "started_at": moment_text(run.started_at),
        "finished_at": moment_text(run.finished_at),
        "as_of": run.as_of.isoformat(),
        "environment": run.environment,
        "commit": run.commit,
        "complete": run.complete,
        "digest": run.plan_digest,
        "summary": dict(run.summary),
        "marks": dict(run.marks),
        "undoes": run.undoes,
        "failure": run.failure,
        "measures": dict(run.measures),
        "reason": run.reason,
    }


def entry_change(entry: Entry) -> Change:
    """A journal entry as the change it was."""
    before, after = entry.before or {}, entry.after or {}
    names = entry.changed or tuple(name for name in entry.reasons if name in before)
    return Change(
        address=entry.address,
        verb=Verb(entry.verb),
        reason=Reason(entry.reason),
        title=entry.title,
        mark=entry.mark,
        live_id=entry.live_id,
        previous=entry.previous,
        deletes=entry.deletes,
        reversible=entry.reason != Reason.PURGED,
        fields=tuple(
            FieldChange(
                name=name,
                before=before.get(name),
                after=after.get(name),
                reason=Reason(entry.reasons.get(name, entry.reason)),
                writes=name in entry.changed,
            )
            for name in names
        ),
    )


PURGED = "‹purged›"


def entry_document(specs: Specs, entry: Entry, *, reveal: bool) -> dict[str, Any]:
    """A journal entry as the change it was; of a purged one the fields that were written are told, and no values."""
    document = change_document(specs, entry_change(entry), reveal=reveal)
    if not entry.purged:
        return document
    fields = [{**field, "before": None, "after": PURGED, "nested": []} for field in document["fields"]]
    return {**document, "title": PURGED, "fields": fields}


def runs_document(runs: Sequence[Run]) -> dict[str, Any]:
    """``dani.runs/1``, newest first."""
    return {"format": "dani.runs/1", "runs": [run_document(run) for run in runs]}


def past_run_document(specs: Specs, run: Run, entries: Sequence[Entry], *, reveal: bool) -> dict[str, Any]:
    """``dani.run/1``: a run and what it did, as a plan would show it."""
    changes = [entry_document(specs, entry, reveal=reveal) for entry in entries if entry.verb != REFRESH]
    return {"format": "dani.run/1", "run": run_document(run), "changes": changes}


def drift_document(
    specs: Specs,
    items: Sequence["DriftItem"],
    as_of: date,
    unmanaged: Mapping[str, int],
    *,
    reveal: bool,
) -> dict[str, Any]:
    """``dani.drift/1``."""
    from dani_playbook.engine.drift import DriftClass

    return {
        "format": "dani.drift/1",
        "as_of": as_of.isoformat(),
        "items": [
            {
                "address": str(item.address),
                "title": item.title,
                "class": item.drift.value,
                "fields": [
                    field_document(specs[item.address.kind].fields[change.name], change, reveal=reveal)
                    for change in item.fields
                ],
            }
            for item in items
        ],
        "counts": {drift.value: sum(item.drift is drift for item in items) for drift in DriftClass},
        "unmanaged": dict(unmanaged),
    }


def export_document(specs: Specs, objects: Mapping[Address, Mapping[str, Value]], *, reveal: bool) -> dict[str, Any]:
    """``dani.export/1``: every managed field of every object."""
    return {
        "format": "dani.export/1",
        "resources": {
            str(address): {
                name: shown(specs[address.kind].fields[name], value, reveal=reveal) for name, value in fields.items()
            }
            for address, fields in sorted(objects.items())
        },
    }
