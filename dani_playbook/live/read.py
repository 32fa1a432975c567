"""Rows -> live objects: one query a kind, one more for each many-to-many field and each kind whose keys are made."""

from collections.abc import Callable, Collection, Iterator
from operator import itemgetter
from typing import Any

from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Value
from dani_playbook.live.columns import Bound, Column, Kinds
from dani_playbook.live.decode import Decode, Doubt, Known, decoder
from dani_playbook.live.ids import live_id
from dani_playbook.live.keys import Suggestions, known_for

Reader = tuple[str, Callable[[tuple[Any, ...]], tuple[Any, ...]], Decode]
"""One column: its name, how its raw values are taken out of a row, and what they mean."""


def read_objects(
    bound: Bound, kinds: Kinds, suggestions: Suggestions, using: str, rows: Collection[Any] | None = None
) -> Iterator[LiveObject]:
    """The objects whose primary keys are ``rows``, all without them."""
    columns = [column for column in (*bound.columns, *bound.links) if not column.spec.create_only]
    known = known_for(bound, kinds, suggestions, using, rows)
    keys = None if bound.stored_key else suggestions.of(bound.kind)
    first = bound.stored_key.attname if bound.stored_key else "pk"
    lookups = list(dict.fromkeys(["pk", first, *(lookup for column in columns for lookup in column.lookups)]))
    readers = [_reader(column, lookups, known) for column in columns]
    found = bound.rows(using).order_by("pk").values_list(*lookups)
    nothing = dict.fromkeys(bound.spec.fields) | {name: () for name, field in bound.spec.fields.items() if field.is_set}
    at = lookups.index(first)
    for row in found if rows is None else found.filter(pk__in=rows):
        key = str(row[at]) if keys is None else keys[row[0]]
        yield _object(row, key, readers, dict(nothing))


def _reader(column: Column, lookups: list[str], known: Known) -> Reader:
    first, *more = map(lookups.index, column.lookups)
    taken = itemgetter(first, *more) if more else itemgetter(slice(first, first + 1))
    return column.spec.name, taken, decoder(column, known)


def _object(row: tuple[Any, ...], key: str, readers: list[Reader], fields: dict[str, Value]) -> LiveObject:
    doubts: dict[str, str] = {}
    for name, taken, decode in readers:
        value = decode(*taken(row))
        if isinstance(value, Doubt):
            doubts[name] = value.why
        elif value is not None:
            fields[name] = value
    if doubts:
        return LiveObject(live_id(row[0]), key, fields, doubts)
    return LiveObject(live_id(row[0]), key, fields)
