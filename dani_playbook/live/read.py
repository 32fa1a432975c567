"""Rows -> live objects: one query a kind, one more for each many-to-many field."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from dani_playbook.core.blocks import Row
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.values import Secret, Value
from dani_playbook.live.columns import Bound, Column, meta, stored
from dani_playbook.live.raw import Convert, as_it_is, raw
from dani_playbook.live.rows import Reader, Rows

Links = Mapping[str, Mapping[Any, list[str]]]
_PK, _KEY = 0, 1


def read_rows(bound: Bound, keys: Mapping[str, str], using: str, rows: Collection[Any] | None = None) -> Rows:
    """The objects whose primary keys are ``rows``, all without them. ``keys`` names the key column of each kind."""
    columns = [column for column in bound.columns if not column.spec.create_only]
    found = stored(bound.root.model, using).order_by("pk")
    if rows is not None:
        found = found.filter(pk__in=rows)
    lookups = [_lookups(column, keys) for column in columns]
    fetched, converters = raw(found.values_list("pk", bound.key.name, *chain.from_iterable(lookups)), using)
    readers = {name: _nothing(() if field.is_set else None) for name, field in bound.spec.fields.items()}
    at = _KEY + 1
    for column, names in zip(columns, lookups, strict=True):
        readers[column.spec.name] = _at(at, _reader(column), converters[at : at + len(names)])
        at += len(names)
    for column in bound.links:
        readers[column.spec.name] = _linked(at, column.spec)
        at += 1
    if bound.links:
        links = [_links(column, keys, using, rows) for column in bound.links]
        fetched = [(*row, *(tuple(sorted(found.get(row[_PK], ()))) for found in links)) for row in fetched]
    key = converters[_KEY]
    return Rows(fetched, readers, _identify(converters[_PK]), lambda row: str(key(row[_KEY])))


def _lookups(column: Column, keys: Mapping[str, str]) -> tuple[str, ...]:
    if column.target:
        return (column.table.lookup(column.field.name, keys[column.target]),)
    if column.currency:
        return (column.table.lookup(column.field.name), column.table.lookup(column.currency.name))
    return (column.table.lookup(column.field.name),)


def _identify(convert: Convert) -> Callable[[Row], str]:
    if convert is as_it_is:
        return lambda row: str(row[_PK])
    return lambda row: str(convert(row[_PK]))


def _nothing(value: Value) -> Reader:
    return lambda row: value


def _at(index: int, plain: Callable[[Any], Value], converters: Sequence[Convert]) -> Reader:
    """What one column says, or two of which both must be there."""
    if len(converters) == 2:
        first, second = converters

        def both(row: Row) -> Value:
            one, other = first(row[index]), second(row[index + 1])
            return plain((one, other)) if one is not None and other else None

        return both
    (convert,) = converters
    if convert is as_it_is:
        return lambda row: None if (value := row[index]) is None else plain(value)
    return lambda row: None if (value := convert(row[index])) is None else plain(value)


def _linked(index: int, spec: FieldSpec) -> Reader:
    return lambda row: normalize_value(spec, keys) if (keys := row[index]) else ()


def _reader(column: Column) -> Callable[[Any], Value]:
    spec = column.spec
    plain = _money if column.currency else _plain(spec)
    return (lambda value: _secret(plain(value))) if spec.sensitivity.is_reference_only else plain


def _plain(spec: FieldSpec) -> Callable[[Any], Value]:
    if spec.type == "string":
        return lambda value: normalize_value(spec, str(value))
    if spec.type == "integer":
        return int
    if spec.type == "boolean":
        return bool
    return lambda value: normalize_value(spec, value)


def _money(pair: tuple[int, str]) -> Value:
    return {"currency": pair[1], "minor": pair[0]}


def _secret(value: Value) -> Value:
    return None if value is None else Secret(value)


def _links(
    column: Column, keys: Mapping[str, str], using: str, rows: Collection[Any] | None
) -> Mapping[Any, list[str]]:
    """Keys of the other side, by primary key of this one."""
    field, through = column.field, column.field.remote_field.through
    here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
    found = stored(through, using)
    if rows is not None:
        found = found.filter(**{f"{here}__in": rows})
    links: dict[Any, list[str]] = defaultdict(list)
    for pk, key in found.values_list(meta(through).get_field(here).attname, f"{there}__{keys[str(column.target)]}"):
        links[pk].append(str(key))
    return links
