"""Rows: one line of a table or list, with where it was written."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.source import Source


class Row(dict[str, Any]):
    """What templates see as ``row``: a column that is empty here is no error, a column that isn't there is one."""

    __slots__ = ("columns",)

    def __init__(self, values: Mapping[str, Any], columns: Mapping[str, int]) -> None:
        super().__init__(values)
        self.columns = columns


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """``value`` is a ``Row``, or a scalar where a list has scalars; ``places`` has the source of single columns."""

    value: Any
    source: Source
    places: Mapping[str, Source] = field(default_factory=dict)

    def place_of(self, columns: frozenset[str]) -> Source:
        """The column where only one is asked for and its place is known, else the row."""
        return self.places.get(next(iter(columns)), self.source) if len(columns) == 1 else self.source
