"""Table: many rows in little memory: by column, and a text that stands in one again and again is there once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import NoneType
from typing import Any

Row = tuple[Any, ...]
_AT_ONCE = 2_000
_TEXTS = frozenset({str, NoneType})
"""Of these, equal values are the same ones; true is no 1, and 1.0 isn't either."""


class Table:
    """Rows of one width, in their order. Cost of a row that is looked at: 1 µs for 25 columns."""

    def __init__(self, width: int, rows: Iterable[Row] = ()) -> None:
        self._columns: list[list[Any]] = [[] for _ in range(width)]
        self._known: list[dict[Any, Any] | None] = [{} for _ in range(width)]
        rest = iter(rows)
        while batch := list(islice(rest, _AT_ONCE)):
            self.extend(batch)

    def extend(self, rows: Sequence[Row]) -> None:
        """More rows; a batch of some thousands is best."""
        for at, values in enumerate(zip(*rows, strict=True)):
            column, known = self._columns[at], self._known[at]
            if known is None or not _TEXTS.issuperset(map(type, values)):
                column.extend(values)
                continue
            column.extend(map(known.setdefault, values, values))
            if len(known) * 2 > len(column):
                self._known[at] = None

    def add(self, values: Iterable[Any]) -> None:
        """One more column, the last one."""
        self._columns.append(list(values))
        self._known.append(None)

    def column(self, at: int) -> Sequence[Any]:
        """One value a row."""
        return self._columns[at]

    def part(self, start: int, end: int) -> list[Row]:
        """The rows from ``start`` on, before ``end``."""
        return list(zip(*(column[start:end] for column in self._columns), strict=True))

    def __getitem__(self, number: int) -> Row:
        return tuple([column[number] for column in self._columns])

    def __iter__(self) -> Iterator[Row]:
        return zip(*self._columns, strict=True)

    def __len__(self) -> int:
        return len(self._columns[0])
