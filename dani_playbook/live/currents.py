"""What has to be looked up before rows are written: cells that depend on what they hold, and rows found by a column."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.live.columns import Bound, Cell, meta, stored
from dani_playbook.live.encode import Current, Encoded, Named
from dani_playbook.live.statements import batches


def currents(bound: Bound, wanted: Mapping[Any, Iterable[str]], using: str) -> Mapping[Any, Current]:
    """By primary key: what ``wanted`` fields of a row need to know of it. One query for many rows, none where nothing
    depends on anything."""
    columns = [column for column in bound.columns if column.needs_current and not column.is_derived]
    names = {column.spec.name for column in columns}
    rows = [row for row, fields in wanted.items() if names.intersection(fields)]
    cells = list(dict.fromkeys(cell for column in columns for cell in (*column.cells, *column.folds)))
    found: dict[Any, Current] = {}
    for batch in batches(rows):
        there = stored(bound.root.model, using).filter(pk__in=batch)
        for row, *values in there.values_list("pk", *(cell.lookup for cell in cells)):
            found[row] = dict(zip(cells, values, strict=True))
    return found


Wrong = tuple[Address, Named, str]
"""Of whom, what was named, and why it can't be found."""


def find_named(encodings: Iterable[tuple[Address, Encoded]], using: str) -> list[Wrong]:
    """Puts the rows that were named by a column into what is written; gives what couldn't be found. One query a cell."""
    wanted: dict[Cell, list[tuple[Address, Encoded, Named]]] = defaultdict(list)
    for address, encoded in encodings:
        for named in encoded.named:
            wanted[named.cell].append((address, encoded, named))
        encoded.named = []
    wrong: list[Wrong] = []
    for cell, asked in wanted.items():
        there = _rows(cell, {named.value for _, _, named in asked}, using)
        for address, encoded, named in asked:
            rows = there.get(named.value, [])
            if len(rows) == 1:
                encoded.put(cell, rows[0])
            else:
                wrong.append((address, named, _why(cell, bool(rows))))
    return wrong


def _rows(cell: Cell, values: set[Any], using: str) -> Mapping[Any, list[Any]]:
    there: dict[Any, list[Any]] = defaultdict(list)
    for batch in batches(sorted(values, key=str)):
        found = stored(cell.field.related_model, using).filter(**{f"{cell.other.attname}__in": batch})
        for value, row in found.values_list(cell.other.attname, cell.field.target_field.attname):
            there[value].append(row)
    return there


def _why(cell: Cell, several: bool) -> str:
    label, name = meta(cell.field.related_model).label, cell.other.name
    return f"several rows of {label} have this {name}" if several else f"no row of {label} has this {name}"
