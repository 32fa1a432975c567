"""Table: many rows in little memory: by column, and a text that stands in one again and again is there once."""

from collections.abc import Iterable, Sequence
from itertools import islice, repeat
from types import NoneType
from typing import Any

Row = tuple[Any, ...]
_AT_ONCE = 2_000
TEXTS = frozenset({str, NoneType})
"""Of these, equal values are the same ones; true is no 1, and 1.0 isn't either."""


class Table:
    """Rows of one width, in their order. ``columns`` have one value a row."""

    def __init__(self, width: int, rows: Iterable[Row] = ()) -> None:
        self.columns: list[list[Any]] = [[] for _ in range(width)]
        self._known: list[dict[Any, Any] | None] = [{} for _ in range(width)]
        rest = iter(rows)
        while batch := list(islice(rest, _AT_ONCE)):
            self.extend(batch)

    def extend(self, rows: Sequence[Row]) -> None:
        """More rows; a batch of some thousands is best."""
        for at, values in enumerate(zip(*rows, strict=True)):
            column, known = self.columns[at], self._known[at]
            if known is None:
                column.extend(values)
            elif type(first := values[0]) in TEXTS and values.count(first) == len(values):
                column.extend(repeat(known.setdefault(first, first), len(values)))
            elif TEXTS.issuperset(map(type, values)):
                column.extend(map(known.setdefault, values, values))
                if len(known) * 2 > len(column):
                    self._known[at] = None
            else:
                column.extend(values)

    def add(self, values: Iterable[Any]) -> None:
        """One more column, the last one."""
        self.columns.append(list(values))
        self._known.append(None)

    def part(self, start: int, end: int) -> list[list[Any]]:
        """The rows from ``start`` on, before ``end``, by column."""
        return [column[start:end] for column in self.columns]

    def __len__(self) -> int:
        return len(self.columns[0])
