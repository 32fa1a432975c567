"""Live ids: primary keys as text, and back. A key of several columns is a JSON list."""

import json
from typing import Any

from dani_playbook.core.snapshot import LiveId
from dani_playbook.live.columns import Bound


def live_id(row: Any) -> LiveId:
    """The text of a primary key."""
    if not isinstance(row, tuple):
        return str(row)
    return json.dumps([item if isinstance(item, int | str) else str(item) for item in row], ensure_ascii=False)


def bare(row: Any) -> Any:
    """A primary key, or a part of one, without the blanks that a database may have filled it up with."""
    if isinstance(row, tuple):
        return tuple(map(bare, row))
    return row.rstrip() if isinstance(row, str) else row


def row_of(bound: Bound, found: LiveId) -> Any:
    """The primary key that a live id stands for."""
    row = bound.root.row.to_python(found)
    return tuple(row) if isinstance(row, list) else row
