"""Rows -> live objects: one query a kind, one more for each many-to-many field and each kind whose keys are made."""

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.db import models

from dani_playbook.core.blocks import Row
from dani_playbook.core.values import Value
from dani_playbook.live.columns import Bound, Column, Kinds
from dani_playbook.live.decode import Decode, decoder, in_row, may_doubt, of_row
from dani_playbook.live.ids import live_id
from dani_playbook.live.keys import Suggestions, known_for
from dani_playbook.live.raw import Convert, as_it_is, raw
from dani_playbook.live.rows import Reader, Rows
from dani_playbook.live.verbatim import as_stored, as_text, days_of

Lookups = Mapping[str, int]
"""What is read, and where it is in a row."""


def read_rows(
    bound: Bound, kinds: Kinds, suggestions: Suggestions, using: str, rows: Collection[Any] | None = None
) -> Rows:
    """The objects whose primary keys are ``rows``, all without them."""
    columns = [column for column in (*bound.columns, *bound.links) if not column.spec.create_only]
    known = known_for(bound, kinds, suggestions, using, rows)
    lookups, days = _lookups(bound, columns), days_of(columns)
    asked = [as_text(name) if name in days else name for name in lookups]
    found = bound.rows(using).order_by("pk").values_list(*asked)
    fetched, converters = raw(found if rows is None else found.filter(pk__in=rows), using)
    primary = _primary(bound, converters)
    decoded = {column.spec.name: _decoded(column, lookups, converters, decoder(column, known)) for column in columns}
    beside = [decoded[column.spec.name] for column in columns if column.reads_beside]
    suggest = _stored_key(bound, lookups, converters)
    if bound.stored_key is None:
        keys = suggestions.of(bound.kind)
        beside.append(lambda row: keys[primary(row)])
        suggest = _last
    readers = {name: _nothing(() if field.is_set else None) for name, field in bound.spec.fields.items()} | decoded
    for at, column in enumerate((column for column in columns if column.reads_beside), len(lookups)):
        readers[column.spec.name] = _beside(at, column)
    doubtful = [column.spec.name for column in columns if may_doubt(column)]
    stored = as_stored(columns, lookups, converters)
    identify = _identify(bound, converters, primary)
    return Rows(_completed(fetched, beside), readers, identify, suggest, stored, doubtful)


def _completed(fetched: list[Row], beside: Sequence[Reader]) -> list[Row]:
    """Rows with what they depend on beside themselves at the end: a row tells all of its object."""
    if not beside:
        return fetched
    return [(*row, *(in_row(look(row)) for look in beside)) for row in fetched]


def _last(row: Row) -> str:
    return str(row[-1])


def _lookups(bound: Bound, columns: Sequence[Column]) -> Lookups:
    """Each once, the primary key first."""
    own = [field.attname for field in bound.primary]
    key = [bound.stored_key.attname] if bound.stored_key else []
    names = dict.fromkeys([*own, *key, *(lookup for column in columns for lookup in column.lookups)])
    return {name: at for at, name in enumerate(names)}


def _primary(bound: Bound, converters: Sequence[Convert]) -> Callable[[Row], Any]:
    count = len(bound.primary)
    if count == 1:
        first = converters[0]
        return lambda row: first(row[0])
    return lambda row: tuple(converters[at](row[at]) for at in range(count))


def _identify(bound: Bound, converters: Sequence[Convert], primary: Callable[[Row], Any]) -> Callable[[Row], str]:
    if len(bound.primary) == 1 and converters[0] is as_it_is:
        return lambda row: str(row[0])
    return lambda row: live_id(primary(row))


def _stored_key(bound: Bound, lookups: Lookups, converters: Sequence[Convert]) -> Callable[[Row], str]:
    at = lookups[bound.stored_key.attname] if bound.stored_key else 0
    key = converters[at]
    if key is as_it_is and isinstance(bound.stored_key, models.CharField):
        return itemgetter(at)
    return lambda row: str(key(row[at]))


def _nothing(value: Value) -> Reader:
    return lambda row: value


def _decoded(column: Column, lookups: Lookups, converters: Sequence[Convert], decode: Decode) -> Reader:
    """One column's value, or a ``Doubt``, in a row."""
    places = [lookups[name] for name in column.lookups]
    if len(places) > 1:
        pairs = [(at, converters[at]) for at in places]
        return lambda row: decode(*(convert(row[at]) for at, convert in pairs))
    (at,) = places
    convert = converters[at]
    if column.spec.is_set and not column.is_link:
        return _remembering(at, convert, decode)
    if column.theirs or column.is_link or convert is not as_it_is:
        return lambda row: decode(convert(row[at]))
    return lambda row: None if (value := row[at]) is None else decode(value)


_MOST = 1_000


def _remembering(at: int, convert: Convert, decode: Decode) -> Reader:
    """Of sets there are few: what a text stands for is worked out once."""
    known: dict[Any, Value] = {}

    def read(row: Row) -> Value:
        raw = row[at]
        if type(raw) is not str:
            return decode(convert(raw))
        if raw not in known:
            if len(known) >= _MOST:
                known.clear()
            known[raw] = decode(convert(raw))
        return known[raw]

    return read


def _beside(at: int, column: Column) -> Reader:
    """What was put at the end of the row."""
    reference_only = column.spec.sensitivity.is_reference_only
    assert not reference_only
    return lambda row: of_row(row[at], is_set=column.is_link)
