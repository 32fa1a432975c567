"""The journal of a run as one digest, which the audit trail keeps: what was changed in the journal later shows."""

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from dani_playbook.state.models import Entry, Run

_CHUNK = 2000
_COLUMNS = (
    "position",
    "kind",
    "key",
    "verb",
    "reason",
    "title",
    "mark",
    "live_id",
    "previous",
    "before",
    "after",
    "changed",
    "reasons",
    "deletes",
    "inventory_before",
    "inventory_after",
    "sealed",
    "subject_id",
)
"""Everything that an entry's row holds. Keys of subjects lie elsewhere, so that they can be destroyed."""

NOTHING = hashlib.sha256().hexdigest()
"""The digest of a run without entries."""


def anchor(using: str, run: str) -> str:
    """SHA-256 over the rows of one run as they stand in the table, in order. One statement."""
    rows = Entry.objects.using(using).filter(run__run_id=run).order_by("position", "id").values_list(*_COLUMNS)
    return _digest(rows.iterator(chunk_size=_CHUNK))


def anchors(using: str) -> Iterator[tuple[str, str]]:
    """Every run that has entries, in order of their numbers, with its digest; a run that isn't there is called ``""``.

    Cost: one pass; memory doesn't grow with entries.
    """
    names = dict(Run.objects.using(using).order_by().values_list("number", "run_id"))
    rows = Entry.objects.using(using).order_by("run_id", "position", "id").values_list("run_id", *_COLUMNS)
    for number, group in groupby(rows.iterator(chunk_size=_CHUNK), key=itemgetter(0)):
        yield names.get(number, ""), _digest(row[1:] for row in group)


def _digest(rows: Iterator[tuple[Any, ...]]) -> str:
    """Whatever type or byte stands in the table counts."""
    digest = hashlib.sha256()
    for row in rows:
        text = json.dumps(row, ensure_ascii=True, separators=(",", ":"), default=repr)
        digest.update(text.encode("ascii") + b"\n")
    return digest.hexdigest()
