"""Raw: a query's rows as the driver gives them, and what each column needs to become what Django would give."""

from collections.abc import Callable
from typing import Any

from django.db import connections, models

from dani_playbook.core.table import Table

Convert = Callable[[Any], Any]
_AT_ONCE = 2000


def as_it_is(value: Any) -> Any:
    """For a column that needs nothing."""
    return value


def raw(found: models.QuerySet[Any], using: str) -> tuple[Table, list[Convert]]:
    """The rows of a ``values_list``, and a function a column. Most columns need none, and of most rows nobody looks
    at all columns: so nothing is converted before somebody asks."""
    connection: Any = connections[using]
    compiler = found.query.get_compiler(using=using)
    statement, parameters = compiler.as_sql()
    rows = Table(compiler.col_count)
    chunked = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    with connection.chunked_cursor() if chunked else connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        while batch := cursor.fetchmany(_AT_ONCE):
            rows.extend(batch)
    expressions = [selected[0] for selected in compiler.select[: compiler.col_count]]
    needed: dict[int, Any] = compiler.get_converters(expressions)
    return rows, [_convert(needed[at], connection) if at in needed else as_it_is for at in range(len(expressions))]


def _convert(needed: Any, connection: Any) -> Convert:
    converters, expression = needed

    def convert(value: Any) -> Any:
        for one in converters:
            value = one(value, expression, connection)
        return value

    return convert
