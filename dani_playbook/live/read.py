"""Rows -> live objects: one query a kind, one more for each many-to-many field and each kind whose keys are made."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import models

from dani_playbook.core.normalize import normalize_all
from dani_playbook.core.table import Table
from dani_playbook.core.values import Value
from dani_playbook.live.columns import Bound, Column, Kinds
from dani_playbook.live.decode import Decode, decoder, in_row, is_spelled_only, may_doubt, of_row
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
        beside.append(Reader(primary.at, lambda *values: keys[primary.read(*values)]))
        suggest = Reader((-1,), str)
    readers = {name: _nothing(() if field.is_set else None) for name, field in bound.spec.fields.items()} | decoded
    for at, column in enumerate((column for column in columns if column.reads_beside), len(lookups)):
        readers[column.spec.name] = _beside(at, column)
    doubtful = [column.spec.name for column in columns if may_doubt(column)]
    stored = as_stored(columns, lookups, converters)
    identify = _identify(bound, converters, primary)
    return Rows(_completed(fetched, beside), readers, identify, suggest, stored, doubtful)


def _completed(fetched: Table, beside: Sequence[Reader]) -> Table:
    """Rows with what they depend on beside themselves at the end: a row tells all of its object."""
    for values in [list(map(in_row, look.all(fetched))) for look in beside]:
        fetched.add(values)
    return fetched


def _lookups(bound: Bound, columns: Sequence[Column]) -> Lookups:
    """Each once, the primary key first."""
    own = [field.attname for field in bound.primary]
    key = [bound.stored_key.attname] if bound.stored_key else []
    names = dict.fromkeys([*own, *key, *(lookup for column in columns for lookup in column.lookups)])
    return {name: at for at, name in enumerate(names)}


def _primary(bound: Bound, converters: Sequence[Convert]) -> Reader:
    count = len(bound.primary)
    if count == 1:
        return Reader((0,), converters[0])
    first = converters[:count]
    return Reader(
        tuple(range(count)),
        lambda *values: tuple(convert(value) for convert, value in zip(first, values, strict=True)),
    )


def _identify(bound: Bound, converters: Sequence[Convert], primary: Reader) -> Reader:
    if len(bound.primary) == 1 and converters[0] is as_it_is:
        return Reader((0,), str)
    return Reader(primary.at, lambda *values: live_id(primary.read(*values)))


def _stored_key(bound: Bound, lookups: Lookups, converters: Sequence[Convert]) -> Reader:
    at = lookups[bound.stored_key.attname] if bound.stored_key else 0
    key = converters[at]
    if key is as_it_is and isinstance(bound.stored_key, models.CharField):
        return Reader((at,), as_it_is)
    return Reader((at,), lambda value: str(key(value)))


def _nothing(value: Value) -> Reader:
    return Reader((), lambda: value)


def _decoded(column: Column, lookups: Lookups, converters: Sequence[Convert], decode: Decode) -> Reader:
    """One column's value, or a ``Doubt``, in a row."""
    places = tuple(lookups[name] for name in column.lookups)
    needed = [converters[at] for at in places]
    if len(places) > 1:
        return Reader(
            places, lambda *values: decode(*(convert(value) for convert, value in zip(needed, values, strict=True)))
        )
    (convert,) = needed
    if column.spec.is_set and not column.is_link:
        return Reader(places, _remembering(convert, decode))
    if column.theirs or column.is_link or convert is not as_it_is:
        return Reader(places, lambda value: decode(convert(value)))
    read_texts = partial(normalize_all, column.spec) if is_spelled_only(column) else None
    return Reader(places, lambda value: None if value is None else decode(value), read_texts)


_MOST = 1_000


def _remembering(convert: Convert, decode: Decode) -> Decode:
    """Of sets there are few: what a text stands for is worked out once."""
    known: dict[Any, Value] = {}

    def read(raw: Any) -> Value:
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
    return Reader((at,), lambda value: of_row(value, is_set=column.is_link))
