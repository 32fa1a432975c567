"""Primary keys -> what references to them write: the key itself, or a natural key."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from dani_playbook.core.errors import LiveError
from dani_playbook.live.columns import Cell, Column, Kinds, stored
from dani_playbook.live.ids import bare
from dani_playbook.live.statements import batches

_Place = tuple[str, tuple[str, ...]]


class Naturals:
    """Natural keys of rows, read in sets and kept: one query for each kind and natural key that is asked for."""

    def __init__(self, kinds: Kinds, using: str) -> None:
        self._kinds = kinds
        self._using = using
        self._found: dict[_Place, dict[Any, tuple[Any, ...]]] = defaultdict(dict)

    def read(self, wanted: Iterable[tuple[Column, Any]]) -> None:
        """What references by ``column`` to a row will need, where it isn't known yet."""
        missing: dict[_Place, dict[Any, None]] = defaultdict(dict)
        for column, row in wanted:
            place = (str(column.target), column.natural)
            if column.natural and bare(row) not in self._found[place]:
                missing[place][row] = None
        for (kind, natural), rows in missing.items():
            for batch in batches(rows):
                there = stored(self._kinds[kind].root.model, self._using).filter(pk__in=batch)
                for row, *values in there.values_list("pk", *natural):
                    self._found[kind, natural][bare(row)] = bare(tuple(values))

    def forget(self, kinds: Iterable[str]) -> None:
        """What objects of these kinds are called may have changed."""
        for place in [place for place in self._found if place[0] in set(kinds)]:
            del self._found[place]

    def cells(self, column: Column, row: Any) -> list[tuple[Cell, Any]]:
        """What a reference to ``row`` puts where."""
        if not column.natural:
            return [(cell, row) for cell in column.cells]
        self.read([(column, row)])
        values = self._found[str(column.target), column.natural].get(bare(row))
        if values is None or None in values:
            raise LiveError(f"{column.spec.name} refers to a {column.target} that has no key to refer to it by")
        return list(zip(column.cells, values, strict=True))
