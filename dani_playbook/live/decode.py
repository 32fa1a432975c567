"""Raw columns -> canonical values. What can't be read for sure is a ``Doubt``, never a guess."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from dani_playbook.core.binding import Joined, Moment, Money, Plain, Split
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.normalize import iso_moment, normalize_value
from dani_playbook.core.values import Secret, Value, same
from dani_playbook.live.columns import Column
from dani_playbook.live.joining import parted

Decode = Callable[..., Value]
"""Takes the raw values of a column's ``lookups`` in their order; gives a canonical value or a ``Doubt``."""

Natural = tuple[str, ...]
"""A natural key as text, so that 7 and "7 " are alike."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a field can't be read. Never holds a value."""

    why: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is needed beside the row itself, read once for all rows.

    ``keys`` has primary key -> key of kinds whose keys are made. ``naturals`` has natural key -> key by kind and
    look-ups, ``None`` where several objects have it. ``links`` has the linked keys of each many-to-many field.
    """

    keys: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    naturals: Mapping[tuple[str, tuple[str, ...]], Mapping[Natural, str | None]] = field(default_factory=dict)
    links: Mapping[str, Mapping[Any, list[str]]] = field(default_factory=dict)


def natural_key(values: Any) -> Natural | None:
    """Nothing where any of it is empty."""
    found = tuple("" if value is None else str(value).strip() for value in values)
    return found if all(found) else None


def decoder(column: Column, known: Known) -> Decode:
    """How one column is read. Every answer is either right or a ``Doubt``."""
    decode = _decoder(column, known)
    if column.spec.sensitivity.is_reference_only:
        return lambda *values: _secret(decode(*values))
    return decode


def _secret(value: Value) -> Value:
    return value if value is None or isinstance(value, Doubt) else Secret(value)


def _decoder(column: Column, known: Known) -> Decode:
    if column.target:
        return _of_reference(column, known)
    match column.place:
        case Money():
            return _money
        case Moment() as place:
            return _moment(place)
        case Split() as place:
            return _split(column.spec, place)
        case Joined() as place:
            return _joined(column.spec, place)
    one = _mapped(column) if column.theirs else _plain(column.spec)
    return _agreed(column, one) if len(column.cells) > 1 else one


def _of_reference(column: Column, known: Known) -> Decode:
    if column.is_link:
        return _links(column, known)
    if column.natural:
        return _natural(column, known)
    one = _reference(column, known)
    return _agreed(column, one) if len(column.cells) > 1 else one


def _plain(spec: FieldSpec) -> Decode:
    if spec.type == "string":
        return lambda value: None if value is None else normalize_value(spec, str(value))
    if spec.type == "boolean":
        return lambda value: None if value is None else bool(value)
    if spec.type == "set":
        return lambda value: () if value is None else normalize_value(spec, value)
    normalize: Decode = int if spec.type == "integer" else lambda value: normalize_value(spec, value)

    def decode(value: Any) -> Value:
        if value is None or (value == "" and not spec.is_nested):
            return None
        try:
            return normalize(value)
        except (ValueError, TypeError):
            return Doubt(f"its column holds something that is no {spec.type}")

    return decode


def _mapped(column: Column) -> Decode:
    ours = {theirs: value for value, theirs in column.theirs.items()}
    unknown = Doubt("its column holds a value that the binding doesn't map")

    def decode(value: Any) -> Value:
        value = value.strip() if isinstance(value, str) else value
        if value in ours:
            return ours[value]
        return None if value is None or value == "" else unknown

    return decode


def _agreed(column: Column, one: Decode) -> Decode:
    """The first of several columns, where all of those that have a row say the same."""
    assert isinstance(column.place, Plain)
    differ = Doubt(f"{' and '.join(column.place.columns)} don't agree")
    cells = [(at, _row_of(column, at)) for at in range(len(column.cells))]

    def decode(*values: Any) -> Value:
        found = [one(values[at]) for at, row in cells if row is None or values[row] is not None]
        first = found[0] if found else None
        return first if all(same(first, other) for other in found[1:]) else differ

    return decode


def _row_of(column: Column, at: int) -> int | None:
    """Where the primary key of a part's row is among the look-ups: without one there is nothing to agree."""
    table = column.cells[at].table
    return column.lookups.index(table.lookup("pk")) if table.is_part and not column.target else None


def _reference(column: Column, known: Known) -> Decode:
    if column.key:
        return lambda value: None if value is None else str(value)
    keys = known.keys[str(column.target)]
    lost = Doubt(f"it leads to a row that is no {column.target}")
    return lambda value: None if value is None else keys.get(value, lost)


def _natural(column: Column, known: Known) -> Decode:
    keys = known.naturals[str(column.target), column.natural]
    names = " and ".join(cell.field.name for cell in column.cells)
    lost = Doubt(f"{names} lead to no {column.target}")
    several = Doubt(f"{names} lead to several {column.target} objects")

    def decode(*values: Any) -> Value:
        key = natural_key(values)
        if key is None:
            return None
        return (keys[key] or several) if key in keys else lost

    return decode


def _links(column: Column, known: Known) -> Decode:
    links, spec = known.links[column.spec.name], column.spec

    def decode(row: Any) -> Value:
        keys = links.get(row)
        return normalize_value(spec, keys) if keys else ()

    return decode


def _money(minor: Any, currency: Any) -> Value:
    return {"currency": currency, "minor": minor} if minor is not None and currency else None


def _moment(place: Moment) -> Decode:
    zone = ZoneInfo(place.zone)
    half = Doubt(f"only one of {place.date} and {place.time} is filled")

    def decode(day: date | None, clock: time | None) -> Value:
        if day is None and clock is None:
            return None
        if day is None or clock is None:
            return half
        return iso_moment(datetime.combine(day, clock, zone))

    return decode


def _split(spec: FieldSpec, place: Split) -> Decode:
    def decode(*values: Any) -> Value:
        filled = [str(value).strip() for value in values if value is not None and str(value).strip()]
        return normalize_value(spec, place.separator.join(filled))

    return decode


def _joined(spec: FieldSpec, place: Joined) -> Decode:
    def decode(value: Any) -> Value:
        return None if value is None else normalize_value(spec, parted(place.format, str(value))[spec.name])

    return decode


def is_spelled_only(column: Column) -> bool:
    """Whether a text that stands in it is read as that text in its canonical spelling."""
    one = len(column.cells) == 1 and isinstance(column.place, Plain | str) and not (column.target or column.theirs)
    return one and column.spec.type == "string" and not column.spec.sensitivity.is_reference_only


def may_doubt(column: Column) -> bool:
    """Whether reading can fail to be sure."""
    if column.target:
        return not column.is_link and (column.reads_beside or len(column.cells) > 1)
    kept = column.cells[0].other or column.field
    is_text = isinstance(kept, models.CharField | models.TextField)
    checked = column.spec.type in ("date", "datetime", "integer", "money") and is_text
    return checked or len(column.cells) > 1 or bool(column.theirs)


def in_row(value: Value) -> Value:
    """What stands for a value at the end of a row: a doubt is a list of its reason alone."""
    return [value.why] if isinstance(value, Doubt) else value


def of_row(value: Value, *, is_set: bool) -> Value:
    """The inverse."""
    if isinstance(value, list):
        return Doubt(value[0])
    return tuple(value) if is_set else value
