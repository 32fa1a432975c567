"""Many rows into a table of ours: a statement for 500 of them, without an object for each."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connections, models
from django.db.models.constants import OnConflict

BATCH = 500
Row = tuple[Any, ...]


def insert(
    using: str, model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, unique: Sequence[str] = ()
) -> None:
    """Writes ``rows``, values of the columns ``names`` as the driver takes them; they are made as they are written.

    Where a row has the same ``unique`` columns as one that is there, it takes its place.
    """
    connection: Any = connections[using]
    about: Any = model._meta  # noqa: SLF001
    fields = [about.get_field(name) for name in names]
    head, tail = _head(about.db_table, fields, connection), _tail(fields, names, unique, connection)
    left = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(left, BATCH)):
            if connection.vendor == "postgresql":
                cursor.execute(f"{head} {_from_json(fields, connection)}{tail}", [_json(fields, batch)])
            else:
                cursor.executemany(f"{head} VALUES ({', '.join(['%s'] * len(fields))}){tail}", batch)


def _head(table: str, fields: Sequence[Any], connection: Any) -> str:
    quote = connection.ops.quote_name
    return f"INSERT INTO {quote(table)} ({', '.join(quote(field.column) for field in fields)})"


def _tail(fields: Sequence[Any], names: Sequence[str], unique: Sequence[str], connection: Any) -> str:
    if not unique:
        return ""
    others = [name for name in names if name not in unique]
    return f" {connection.ops.on_conflict_suffix_sql(fields, OnConflict.UPDATE, others, unique)}"


def _from_json(fields: Sequence[Any], connection: Any) -> str:
    """One parameter, and the server makes rows of it: an array for each column takes ten times as long to write."""
    quote = connection.ops.quote_name
    types = (f"{quote(field.column)} {field.db_type(connection).split('(')[0]}" for field in fields)
    return f"SELECT * FROM json_to_recordset(%s) AS given({', '.join(types)})"  # noqa: S608


def _json(fields: Sequence[Any], batch: Sequence[Row]) -> str:
    names = [field.column for field in fields]
    return json.dumps([dict(zip(names, row, strict=True)) for row in batch], ensure_ascii=False, default=_hexadecimal)


def _hexadecimal(value: bytes) -> str:
    """As PostgreSQL reads bytes."""
    return f"\\x{value.hex()}"
