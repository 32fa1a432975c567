"""Runs, entries and inventory items as rows, and back."""

import json
from collections.abc import Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.memory import Entry, InventoryItem, Run, RunState
from dani_playbook.core.values import canonical_text
from dani_playbook.state import models
from dani_playbook.state.images import Images, Told, address_of, item_of, item_text

_BATCH = 500
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


def inventory_row(item: InventoryItem) -> models.Inventory:
    """An item as a row, not stored yet."""
    return models.Inventory(
        kind=item.address.kind,
        key=item.address.key,
        live_id=item.live_id,
        applied=canonical_text(item.applied),
        path=item.path,
        protect=item.protect,
    )


def write_entries(entries: Sequence[Entry], images: Images, using: str) -> None:
    """The journal of one run, in bulk: a few statements for 500 entries."""
    runs = {entry.run for entry in entries}
    numbers = dict(models.Run.objects.using(using).filter(run_id__in=runs).values_list("run_id", "number"))
    keys = _subject_keys(entries, images, using)
    rows = [_entry_row(entry, numbers[entry.run], keys.get(_subject(entry)), images) for entry in entries]
    models.Entry.objects.using(using).bulk_create(rows, batch_size=_BATCH)


def _subject_keys(entries: Sequence[Entry], images: Images, using: str) -> Keys:
    """Keys of all subjects of whom something must be sealed, made where there is none yet."""
    subjects = sorted({_subject(entry) for entry in entries if images.needs_key(entry)})
    known = _known_keys(subjects, images, using)
    made = {subject: images.sealer.new_key(subject[0]) for subject in subjects if subject not in known}
    rows = models.SubjectKey.objects.using(using).bulk_create(
        [
            models.SubjectKey(kind=address.kind, key=address.key, live_id=live_id, wrapped=made[address, live_id][1])
            for address, live_id in made
        ],
        batch_size=_BATCH,
    )
    new = {(Address(row.kind, row.key), row.live_id): row.pk for row in rows}
    return known | {subject: (new[subject], made[subject][0]) for subject in made}


def _subject(entry: Entry) -> Subject:
    return entry.address, entry.live_id or ""


def _known_keys(subjects: Sequence[Subject], images: Images, using: str) -> dict[Subject, tuple[int, bytes]]:
    known = {}
    for start in range(0, len(subjects), _BATCH):
        batch = set(subjects[start : start + _BATCH])
        found = models.SubjectKey.objects.using(using).filter(
            kind__in={address.kind for address, _ in batch}, key__in={address.key for address, _ in batch}
        )
        for row in found:
            subject = Address(row.kind, row.key), row.live_id
            if subject in batch and row.wrapped:
                known[subject] = (row.pk, images.sealer.unwrap(subject[0], bytes(row.wrapped)))
    return known


def _place(run: int, position: int, side: str) -> str:
    return f"{run}/{position}/{side}"


def _entry_row(entry: Entry, run: int, subject: tuple[int, bytes] | None, images: Images) -> models.Entry:
    row_key, key = subject or (None, None)
    return models.Entry(
        run_id=run,
        position=entry.position,
        kind=entry.address.kind,
        key=entry.address.key,
        verb=entry.verb,
        reason=entry.reason,
        mark=entry.mark or "",
        live_id=entry.live_id or "",
        previous=str(entry.previous or ""),
        changed=canonical_text(entry.changed),
        reasons=canonical_text(entry.reasons),
        deletes=entry.deletes,
        subject_id=row_key,
        **_told_columns(entry, run, key, images),
    )


def _told_columns(entry: Entry, run: int, key: bytes | None, images: Images) -> dict[str, str]:
    kind = entry.address.kind
    if kind in images.people and key:
        return {"sealed": images.seal(entry, key, _place(run, entry.position, "sealed"))}
    return {
        "title": entry.title,
        "before": images.write(kind, entry.before, key, _place(run, entry.position, "before")),
        "after": images.write(kind, entry.after, key, _place(run, entry.position, "after")),
        "inventory_before": item_text(entry.inventory_before),
        "inventory_after": item_text(entry.inventory_after),
    }


def entry_of(row: models.Entry, images: Images) -> Entry:
    """A row of the journal as it was written; ``row`` comes with its run and its subject's key."""
    address = Address(row.kind, row.key)
    wrapped = bytes(row.subject.wrapped) if row.subject else b""
    told = _told(row, images.sealer.unwrap(address, wrapped) if wrapped else None, images)
    return Entry(
        run=row.run.run_id,
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
        purged=bool(row.subject) and not wrapped,
    )


def _told(row: models.Entry, key: bytes | None, images: Images) -> Told:
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


def _place_of(row: models.Entry, side: str) -> str:
    return _place(row.run.number, row.position, side)
