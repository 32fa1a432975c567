"""Runs, entries and inventory items as rows, and back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.memory import Entry, InventoryItem, Run, RunState
from dani_playbook.core.values import canonical_text
from dani_playbook.state import models
from dani_playbook.state.bulk import BATCH, Row, insert
from dani_playbook.state.images import Images, Told, address_of, item_of, item_text

_TOLD_COLUMNS = ("title", "before", "after", "inventory_before", "inventory_after", "sealed")
Subject = tuple[Address, str]
"""A name, and the live id of the object that has it."""
Keys = Mapping[Subject, tuple[int, bytes]]
"""Subject -> the row of its key, and the key itself."""


def run_row(run: Run) -> models.Run:
    """A run as a row, not stored yet."""
    return models.Run(
        run_id=run.id,
        state=run.state,
        actor=run.actor,
        started_at=run.started_at,
        finished_at=run.finished_at,
        plan_digest=run.plan_digest,
        as_of=run.as_of,
        environment=run.environment,
        commit=run.commit,
        complete=run.complete,
        undoes=run.undoes or "",
        summary=dict(run.summary),
        marks=dict(run.marks),
        failure=run.failure or "",
        measures=dict(run.measures),
        reason=run.reason,
        token=run.token,
        request=dict(run.request),
    )


def run_of(row: models.Run) -> Run:
    """The inverse of ``run_row``."""
    return Run(
        id=row.run_id,
        state=RunState(row.state),
        actor=row.actor,
        started_at=row.started_at,
        finished_at=row.finished_at,
        plan_digest=row.plan_digest,
        as_of=row.as_of,
        environment=row.environment,
        commit=row.commit,
        complete=row.complete,
        undoes=row.undoes or None,
        summary=row.summary,
        marks=row.marks,
        failure=row.failure or None,
        measures=row.measures,
        reason=row.reason,
        token=row.token,
        request=row.request,
    )


ITEM_COLUMNS = ("kind", "key", "live_id", "applied", "path", "protect")


def inventory_row(item: InventoryItem) -> Row:
    """An item as ``ITEM_COLUMNS``."""
    address, applied = item.address, canonical_text(item.applied)
    return address.kind, address.key, item.live_id, applied, item.path, item.protect


def write_entries(entries: Sequence[Entry], images: Images, using: str) -> None:
    """The journal of one run: sealed as it is written, a few statements for 500 entries."""
    runs = {entry.run for entry in entries}
    numbers = dict(models.Run.objects.using(using).filter(run_id__in=runs).values_list("run_id", "number"))
    keys = _subject_keys(entries, images, using)
    rows = (_entry_row(entry, numbers[entry.run], keys.get(_subject(entry)), images) for entry in entries)
    insert(using, models.Entry, _ENTRY_COLUMNS, rows)


def _subject_keys(entries: Sequence[Entry], images: Images, using: str) -> Keys:
    """Keys of all subjects of whom something must be sealed, made where there is none yet."""
    subjects = sorted({_subject(entry) for entry in entries if images.needs_key(entry)})
    known = _known_keys(subjects, images, using)
    made = {subject: images.sealer.new_key(subject[0]) for subject in subjects if subject not in known}
    return known | _stored(made, using) if made else known


def _stored(made: Mapping[Subject, tuple[bytes, bytes]], using: str) -> dict[Subject, tuple[int, bytes]]:
    """New keys with the rows that they got, which are told by what was wrapped: no two are alike."""
    table = models.SubjectKey.objects.using(using)
    last = table.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = ((address.kind, address.key, id, wrapped) for (address, id), (_, wrapped) in made.items())
    insert(using, models.SubjectKey, ("kind", "key", "live_id", "wrapped"), rows)
    new = {bytes(wrapped): row for row, wrapped in table.filter(pk__gt=last).values_list("pk", "wrapped")}
    return {subject: (new[wrapped], key) for subject, (key, wrapped) in made.items()}


def _subject(entry: Entry) -> Subject:
    return entry.address, entry.live_id or ""


def _known_keys(subjects: Sequence[Subject], images: Images, using: str) -> dict[Subject, tuple[int, bytes]]:
    known = {}
    for start in range(0, len(subjects), BATCH):
        batch = set(subjects[start : start + BATCH])
        found = models.SubjectKey.objects.using(using).filter(
            kind__in={address.kind for address, _ in batch}, key__in={address.key for address, _ in batch}
        )
        for row, kind, key, live_id, wrapped in found.order_by("pk").values_list(
            "pk", "kind", "key", "live_id", "wrapped"
        ):
            subject = Address(kind, key), live_id
            if subject in batch and wrapped:
                known[subject] = (row, images.sealer.unwrap(subject[0], bytes(wrapped)))
    return known


def _place(run: int, position: int, side: str) -> str:
    return f"{run}/{position}/{side}"


_ENTRY_COLUMNS = (
    "run",
    "position",
    "kind",
    "key",
    "verb",
    "reason",
    "mark",
    "live_id",
    "previous",
    "changed",
    "reasons",
    "deletes",
    "subject",
    *_TOLD_COLUMNS,
)


def _entry_row(entry: Entry, run: int, subject: tuple[int, bytes] | None, images: Images) -> Row:
    row_key, key = subject or (None, None)
    return (
        run,
        entry.position,
        entry.address.kind,
        entry.address.key,
        entry.verb,
        entry.reason,
        entry.mark or "",
        entry.live_id or "",
        str(entry.previous or ""),
        canonical_text(entry.changed),
        canonical_text(entry.reasons),
        entry.deletes,
        row_key,
        *_told_columns(entry, run, key, images),
    )


def _told_columns(entry: Entry, run: int, key: bytes | None, images: Images) -> Row:
    kind = entry.address.kind
    if kind in images.people and key:
        return ("", "", "", "", "", images.seal(entry, key, _place(run, entry.position, "sealed")))
    return (
        entry.title,
        images.write(kind, entry.before, key, _place(run, entry.position, "before")),
        images.write(kind, entry.after, key, _place(run, entry.position, "after")),
        item_text(entry.inventory_before),
        item_text(entry.inventory_after),
        "",
    )


READ_COLUMNS = (*_ENTRY_COLUMNS, "run__run_id", "subject__wrapped")
"""What ``entry_of`` asks for, by name."""


def entry_of(row: Any, images: Images) -> Entry:
    """A row of the journal as it was written."""
    address = Address(row.kind, row.key)
    wrapped = bytes(row.subject__wrapped or b"")
    told = _told(row, images.sealer.unwrap(address, wrapped) if wrapped else None, images)
    return Entry(
        run=row.run__run_id,
        position=row.position,
        address=address,
        verb=row.verb,
        reason=row.reason,
        title=told.title,
        mark=row.mark or None,
        live_id=row.live_id or None,
        previous=address_of(row.previous) if row.previous else None,
        before=told.before,
        after=told.after,
        changed=tuple(json.loads(row.changed)),
        deletes=row.deletes,
        inventory_before=told.inventory_before,
        inventory_after=told.inventory_after,
        reasons=json.loads(row.reasons),
        purged=row.subject is not None and not wrapped,
    )


def _told(row: Any, key: bytes | None, images: Images) -> Told:
    """Nothing where the key was destroyed; rows of people from before they were sealed as a whole are like others."""
    if row.sealed or (row.subject and not key):
        return images.unseal(row.kind, row.sealed, key, _place_of(row, "sealed")) if key else Told()
    return Told(
        title=row.title,
        before=images.read(row.kind, row.before, key, _place_of(row, "before")),
        after=images.read(row.kind, row.after, key, _place_of(row, "after")),
        inventory_before=item_of(row.inventory_before),
        inventory_after=item_of(row.inventory_after),
    )


def _place_of(row: Any, side: str) -> str:
    return _place(row.run, row.position, side)
