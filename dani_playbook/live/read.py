"""Rows -> live objects: one query a kind, one more for each many-to-many field."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.values import Secret, Value
from dani_playbook.live.columns import Bound, Column, meta, stored

Reader = Callable[[Any], Value]
Links = Mapping[str, Mapping[Any, list[str]]]


def read_objects(
    bound: Bound, keys: Mapping[str, str], using: str, rows: Collection[Any] | None = None
) -> Iterator[LiveObject]:
    """The objects whose primary keys are ``rows``, all without them. ``keys`` names the key column of each kind."""
    columns = [column for column in bound.columns if not column.spec.create_only]
    links = {column.spec.name: _links(column, keys, using, rows) for column in bound.links}
    lookups = [lookup for column in columns for lookup in _lookups(column, keys)]
    found = stored(bound.root.model, using).order_by("pk")
    if rows is not None:
        found = found.filter(pk__in=rows)
    readers = [(column.spec.name, _reader(column)) for column in columns]
    nothing = dict.fromkeys(bound.spec.fields) | {name: () for name, field in bound.spec.fields.items() if field.is_set}
    for pk, key, *values in found.values_list("pk", bound.key.name, *lookups):
        fields = dict(nothing)
        for (name, reader), value in zip(readers, _paired(columns, values), strict=True):
            if value is not None:
                fields[name] = reader(value)
        for column in bound.links:
            fields[column.spec.name] = _keys(column.spec, links, pk)
        yield LiveObject(str(pk), str(key), fields)


def _lookups(column: Column, keys: Mapping[str, str]) -> tuple[str, ...]:
    if column.target:
        return (column.table.lookup(column.field.name, keys[column.target]),)
    if column.currency:
        return (column.table.lookup(column.field.name), column.table.lookup(column.currency.name))
    return (column.table.lookup(column.field.name),)


def _paired(columns: list[Column], values: list[Any]) -> Iterator[Any]:
    """One value a column: for money the two of them, nothing where one of them is missing."""
    rest = iter(values)
    for column in columns:
        value = next(rest)
        if column.currency is None:
            yield value
        else:
            currency = next(rest)
            yield (value, currency) if value is not None and currency else None


def _reader(column: Column) -> Reader:
    spec = column.spec
    plain = _money if column.currency else _plain(spec)
    return (lambda value: _secret(plain(value))) if spec.sensitivity.is_reference_only else plain


def _plain(spec: FieldSpec) -> Reader:
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


def _keys(spec: FieldSpec, links: Links, pk: Any) -> Value:
    keys = links[spec.name].get(pk)
    return normalize_value(spec, keys) if keys else ()
