"""The two statements that Django has no bulk form for, or a slow one: an update of many rows, and reading for it."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connections

from dani_playbook.core.errors import LiveError
from dani_playbook.live.columns import Field, Table, meta

T = TypeVar("T")
BATCH = 500
VENDORS = ("sqlite", "postgresql")


def batches(items: Collection[T], size: int = BATCH) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def update_rows(using: str, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, Sequence[Any]]]) -> int:
    """Writes the columns ``names`` of all ``rows`` (row, values) in one ``UPDATE … FROM (VALUES …)``.

    Gives the number of rows that were there. Both databases call the columns of ``VALUES`` column1, column2 and so on.
    """
    connection = connections[using]
    if connection.vendor not in VENDORS:
        raise LiveError(f"dani writes to SQLite and PostgreSQL; this is {connection.display_name}")
    fields = [table.row, *(meta(table.model).get_field(name) for name in names)]
    quote = connection.ops.quote_name
    own = quote(meta(table.model).db_table)
    line = "(" + ", ".join(_placeholder(field, connection) for field in fields) + ")"
    settings = ", ".join(f"{quote(field.column)} = v.column{at}" for at, field in enumerate(fields[1:], 2))
    statement = (
        f"UPDATE {own} SET {settings} FROM (VALUES {', '.join([line] * len(rows))}) AS v "  # noqa: S608
        f"WHERE {own}.{quote(table.row.column)} = v.column1"
    )
    values = [
        field.get_db_prep_save(value, connection)
        for row, cells in rows
        for field, value in zip(fields, (row, *cells), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _placeholder(field: Field, connection: Any) -> str:
    """PostgreSQL has to be told the type of a value that may be null; SQLite would change values when told."""
    if connection.vendor == "sqlite":
        return "%s"
    return f"%s::{field.rel_db_type(connection) if field.is_relation else field.cast_db_type(connection)}"


def rows_per_statement(using: str, columns: int) -> int:
    """As many rows as fit: 500, or fewer where the database takes fewer parameters."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return BATCH
    connection.ensure_connection()
    limit = int(connection.connection.getlimit(_VARIABLES))
    return max(1, min(BATCH, limit // columns))


_VARIABLES = 9
"""SQLITE_LIMIT_VARIABLE_NUMBER, without importing the driver."""
