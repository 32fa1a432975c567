"""Chain: each row of the audit trail bound to the row before it, by a key that isn't in the database."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.derive import derived
from dani_playbook.core.hidden import Key
from dani_playbook.core.values import canonical_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that is to be remembered.

    ``object`` is an address, a pattern or a run; ``detail`` holds no value of a masked field; ``at`` is aware.
    """

    at: datetime
    actor: str
    action: str
    object: str = ""
    run: str = ""
    result: str = "done"
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it stands in the table, with its place in the chain. ``key`` names the key of ``mac``."""

    number: int
    at: str
    actor: str
    action: str
    object: str
    run: str
    result: str
    detail: str
    key: str
    prev: str
    mac: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that isn't as it was written.

    ``what`` is one of changed, missing, out of order, cut at the end, other key; or journal, where the rows are whole
    and the journal of ``run`` isn't. ``number`` is then the row that tells how it was, 0 for a run that none tells of.
    """

    number: int
    what: str
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How many rows are as they were written, of how many runs the journal is, and the first fault."""

    rows: int
    runs: int = 0
    fault: Fault | None = None


COLUMNS = tuple(column.name for column in fields(Row))


class Chain:
    """Makes and checks rows with a key derived from ``key``, the project's: HMAC-SHA-256."""

    def __init__(self, key: bytes) -> None:
        self._key = Key(derived(key, b"dani audit trail"))
        self._name = hmac.digest(self._key, b"name", "sha256").hex()[:16]

    def linked(self, event: Event, number: int, prev: str) -> Row:
        """An event as the row ``number`` behind the row with the mac ``prev``."""
        at = event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        what = (event.actor, event.action, event.object, event.run, event.result, canonical_text(dict(event.detail)))
        row = Row(number, at, *what, self._name, prev, "")
        return replace(row, mac=self._mac(row))

    def _mac(self, row: Row) -> str:
        """Over all of the row but its own mac; whatever type or byte stands in the table counts."""
        text = json.dumps([row.prev, *astuple(row)[:-2]], ensure_ascii=True, separators=(",", ":"), default=repr)
        return hmac.digest(self._key, text.encode("ascii"), "sha256").hex()

    def fault(self, row: Row, number: int, previous: str) -> str | None:
        """What is wrong with a row that should have ``number`` and follow the mac ``previous``."""
        if row.mac != self._mac(row):
            other = row.key != self._name and self._mac(replace(row, key=self._name)) != row.mac
            return "other key" if other else "changed"
        if row.number != number:
            return "missing" if row.number > number else "out of order"
        return None if row.prev == previous else "out of order"

    def is_moved(self, row: Row, numbers: Iterable[int]) -> bool:
        """Whether a row that looks changed is whole but for its number, which was one of ``numbers``."""
        return any(self._mac(replace(row, number=number)) == row.mac for number in numbers)
