"""Canonical values -> what a column takes. Everything that would not fit is refused here, on every database alike."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from dani_playbook.core.address import Address
from dani_playbook.core.binding import Joined, Moment, Money, Split
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import LiveError
from dani_playbook.core.normalize import iso_moment, money
from dani_playbook.core.values import Secret, Value
from dani_playbook.live.columns import Bound, Cell, Column, Table
from dani_playbook.live.found import Misfit
from dani_playbook.live.joining import joined, parted

Row = dict[str, Any]
"""Column name (Django's attname) to value."""

Current = Mapping[Cell, Any]
"""What a row holds now in cells that are written in dependence on it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A row of another table, found by one of its columns, for a cell that points at it."""

    name: str
    cell: Cell
    value: Any


@dataclass(slots=True)
class Encoded:
    """What one change writes: rows by table, references still to be resolved, and whole sets of links."""

    rows: dict[Table, Row] = field(default_factory=dict)
    references: list[tuple[Column, Address]] = field(default_factory=list)
    links: list[tuple[Column, tuple[str, ...]]] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)

    def row(self, table: Table) -> Row:
        """The row of ``table``, made when it is first asked for."""
        return self.rows.setdefault(table, {})

    def put(self, cell: Cell, value: Any) -> None:
        """Raises ``Misfit`` where two fields want different values in one cell."""
        row, name = self.row(cell.table), cell.field.attname
        if name in row and row[name] != value:
            raise Misfit(f"another field puts something else into {cell.label}")
        row[name] = value


def encode(bound: Bound, address: Address, written: Mapping[str, Value], current: Current | None = None) -> Encoded:
    """What ``written`` becomes. Raises ``LiveError`` for what the live system has no place for, or that doesn't fit."""
    encoded = Encoded()
    for name, why in put_all(encoded, bound, written, current):
        if name not in bound.places:
            raise LiveError(f"{address}: {why}")
        raise LiveError(f"{address}: {name} can't be stored: {why}")
    return encoded


def put_all(
    encoded: Encoded, bound: Bound, written: Mapping[str, Value], current: Current | None = None
) -> Iterator[tuple[str, str]]:
    """Puts everything that fits into ``encoded``; yields the field and the reason of what doesn't."""
    for name, value in written.items():
        column = bound.column(name)
        if column is None:
            yield name, f"the live system has no place for {name}"
            continue
        try:
            _put(encoded, column, value, written, current or {})
        except (ValueError, ValidationError, TypeError) as error:
            yield name, str(error) if isinstance(error, Misfit) else "the value doesn't fit"


def _put(encoded: Encoded, column: Column, said: Value, written: Mapping[str, Value], current: Current) -> None:
    value = said.reveal() if isinstance(said, Secret) else said
    if column.is_derived:
        return
    if column.is_link:
        encoded.links.append((column, tuple(value or ())))
    elif column.target and value is not None:
        encoded.references.append((column, Address(column.target, value)))
    elif isinstance(column.place, Joined):
        encoded.put(column.cells[0], _joined(column, column.place, written, current))
    else:
        for cell, raw in _cells(column, value):
            if cell.other is not None and raw is not None:
                encoded.named.append(Named(column.spec.name, cell, raw))
            else:
                encoded.put(cell, raw)
        _fold(encoded, column, value, current)


def _cells(column: Column, value: Value) -> Iterator[tuple[Cell, Any]]:
    if column.target and column.natural:
        yield from ((cell, _empty(cell.field)) for cell in column.own)
        return
    match column.place:
        case Money():
            amount = {} if value is None else money(value)
            raws = [amount.get("minor"), amount.get("currency")]
        case Moment():
            raws = _moment(column.place, value)
        case Split():
            raws = _split(column.place, value)
        case _:
            raws = [_their(column, value)] * len(column.cells)
    for cell, raw in zip(column.cells, raws, strict=True):
        yield cell, _raw(column, cell, raw)


def _raw(column: Column, cell: Cell, value: Any) -> Any:
    if value is None and column.spec.is_set:
        return []
    if value is None and cell.other is not None:
        return _empty(cell.field)
    return _cell(cell.other or cell.field, value)


def _their(column: Column, value: Value) -> Any:
    """What stands for a value in the live system. A password is never stored as it is."""
    if column.theirs:
        if value in column.theirs:
            return column.theirs[value]
        if value is not None:
            raise Misfit("the live system has nothing that stands for it")
    elif value is not None and column.field.name == "password" and column.spec.create_only:
        return make_password(str(value))
    return value


def _moment(place: Moment, value: Value) -> list[Any]:
    if value is None:
        return [None, None]
    zone = ZoneInfo(place.zone)
    there = datetime.fromisoformat(value).astimezone(zone)
    day, clock = there.date(), there.timetz().replace(tzinfo=None, fold=0)
    if iso_moment(datetime.combine(day, clock, zone)) != iso_moment(datetime.fromisoformat(value).astimezone(UTC)):
        raise Misfit(f"that hour comes twice in {place.zone}, and its columns can't tell which it is")
    return [day, clock]


def _split(place: Split, value: Value) -> list[Any]:
    count = len(place.columns)
    if value is None:
        return [None] * count
    pieces = [piece.strip() for piece in str(value).split(place.separator, count - 1)]
    if place.separator.join(filter(None, pieces)) != value:
        raise Misfit("it couldn't be put together again from its columns")
    return [piece or None for piece in pieces] + [None] * (count - len(pieces))


def _joined(column: Column, place: Joined, written: Mapping[str, Value], current: Current) -> Any:
    cell = column.cells[0]
    values = parted(place.format, str(current.get(cell) or ""))
    values |= {name: written[name] for name in values if name in written}
    text = joined(place.format, values)
    if parted(place.format, text) != values:
        raise Misfit(f"{place.format} couldn't be taken apart again")
    return _cell(cell.field, text or None)


def _fold(encoded: Encoded, column: Column, value: Value, current: Current) -> None:
    """Small letters follow, but where somebody wrote something else there."""
    for cell in column.folds:
        before, was = current.get(cell), current.get(column.cells[0])
        if before and was is not None and before != str(was).lower():
            continue
        encoded.put(cell, _cell(cell.field, None if value is None else str(value).lower()))


def _cell(target: Any, value: Any) -> Any:
    if value is None:
        return _empty(target)
    if isinstance(target, models.JSONField):
        return plain(value)
    python = target.to_python(value)
    if isinstance(python, str):
        _check_text(target, python)
    elif isinstance(python, int):
        _check_range(target, python)
    if target.choices and python not in {choice for choice, _ in target.flatchoices}:
        raise Misfit("it is none of the live system's choices")
    return python


def _check_text(target: Any, value: str) -> None:
    if target.max_length is not None and len(value) > target.max_length:
        raise Misfit(f"it has more than {target.max_length} characters")
    if "\x00" in value:
        raise Misfit("it has a NUL character in it")


def _check_range(target: Any, value: int) -> None:
    """SQLite would store any number; the ranges are those of all other databases."""
    low, high = BaseDatabaseOperations.integer_field_ranges.get(target.get_internal_type(), (value, value))
    if not low <= value <= high:
        raise Misfit(f"it isn't between {low} and {high}")


def _empty(target: Any) -> Any:
    """``None``, or what stands for it in a column that takes no null."""
    if target.null:
        return None
    if target.blank and isinstance(target, models.CharField | models.TextField):
        return ""
    raise Misfit("it must not be empty")


def plain(value: Value) -> Any:
    """What JSON takes: tuples become lists."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value
