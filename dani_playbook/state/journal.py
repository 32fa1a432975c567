"""Runs, entries and inventory items as rows, and back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.memory import Entry, InventoryItem, Run, RunState
from dani_playbook.core.values import canonical_text
from dani_playbook.state import models
from dani_playbook.state.images import Images, address_of, item_of, item_text

_BATCH = 500
Keys = Mapping[Address, tuple[int, bytes]]
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


def item_of_row(row: tuple[Any, ...]) -> InventoryItem:
    """The inverse, from (kind, key, live id, applied, path, protect)."""
    kind, key, live_id, applied, path, protect = row
    return InventoryItem(
        address=Address(kind, key), live_id=live_id, applied=json.loads(applied), path=path, protect=protect
    )


def write_entries(entries: Sequence[Entry], images: Images, using: str) -> None:
    """The journal of one run, in bulk: a few statements for 500 entries."""
    runs = {entry.run for entry in entries}
    numbers = dict(models.Run.objects.using(using).filter(run_id__in=runs).values_list("run_id", "number"))
    keys = _subject_keys(entries, images, using)
    rows = [_entry_row(entry, numbers[entry.run], keys.get(entry.address), images) for entry in entries]
    models.Entry.objects.using(using).bulk_create(rows, batch_size=_BATCH)


def _subject_keys(entries: Sequence[Entry], images: Images, using: str) -> Keys:
    """Keys of all subjects of whom something must be sealed, made where there is none yet."""
    subjects = sorted(
        {
            entry.address
            for entry in entries
            for image in (entry.before, entry.after)
            if images.has_masked(entry.address.kind, image)
        }
    )
    known = _known_keys(subjects, images, using)
    made = {address: images.sealer.new_key(address) for address in subjects if address not in known}
    rows = models.SubjectKey.objects.using(using).bulk_create(
        [models.SubjectKey(kind=address.kind, key=address.key, wrapped=made[address][1]) for address in made],
        batch_size=_BATCH,
    )
    new = {Address(row.kind, row.key): row.pk for row in rows}
    return known | {address: (new[address], made[address][0]) for address in made}


def _known_keys(subjects: Sequence[Address], images: Images, using: str) -> dict[Address, tuple[int, bytes]]:
    known = {}
    for start in range(0, len(subjects), _BATCH):
        batch = set(subjects[start : start + _BATCH])
        found = models.SubjectKey.objects.using(using).filter(
            kind__in={address.kind for address in batch}, key__in={address.key for address in batch}
        )
        for row in found:
            address = Address(row.kind, row.key)
            if address in batch and row.wrapped:
                known[address] = (row.pk, images.sealer.unwrap(address, bytes(row.wrapped)))
    return known


def _place(run: int, position: int, side: str) -> str:
    return f"{run}/{position}/{side}"


def _entry_row(entry: Entry, run: int, subject: tuple[int, bytes] | None, images: Images) -> models.Entry:
    row_key, key = subject or (None, None)
    kind = entry.address.kind
    return models.Entry(
        run_id=run,
        position=entry.position,
        kind=kind,
        key=entry.address.key,
        verb=entry.verb,
        reason=entry.reason,
        title=entry.title,
        mark=entry.mark or "",
        live_id=entry.live_id or "",
        previous=str(entry.previous or ""),
        before=images.write(kind, entry.before, key, _place(run, entry.position, "before")),
        after=images.write(kind, entry.after, key, _place(run, entry.position, "after")),
        changed=canonical_text(entry.changed),
        reasons=canonical_text(entry.reasons),
        deletes=entry.deletes,
        inventory_before=item_text(entry.inventory_before),
        inventory_after=item_text(entry.inventory_after),
        subject_id=row_key,
    )


def entry_of(row: models.Entry, images: Images) -> Entry:
    """A row of the journal as it was written; ``row`` comes with its run and its subject's key."""
    address = Address(row.kind, row.key)
    key = images.sealer.unwrap(address, bytes(row.subject.wrapped)) if row.subject and row.subject.wrapped else None
    return Entry(
        run=row.run.run_id,
        position=row.position,
        address=address,
        verb=row.verb,
        reason=row.reason,
        title=row.title,
        mark=row.mark or None,
        live_id=row.live_id or None,
        previous=address_of(row.previous) if row.previous else None,
        before=images.read(row.kind, row.before, key, _place(row.run.number, row.position, "before")),
        after=images.read(row.kind, row.after, key, _place(row.run.number, row.position, "after")),
        changed=tuple(json.loads(row.changed)),
        deletes=row.deletes,
        inventory_before=item_of(row.inventory_before),
        inventory_after=item_of(row.inventory_after),
        reasons=json.loads(row.reasons),
    )
