"""Moments in UTC, whatever a host project says of time zones: our records are compared, and sealed with their times."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models


class MomentField(models.DateTimeField):  # type: ignore[type-arg]  # it can't be subscripted when it runs
    """A ``DateTimeField`` that takes and gives moments with a zone, also where ``USE_TZ`` is off.

    SQLite has no zones and keeps UTC. PostgreSQL keeps the moment itself, but would give it on the clock of the session,
    where one hour a year means two moments: it is asked for UTC.
    """

    def deconstruct(self) -> Any:
        """For migrations it is what Django has."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.DateTimeField", arguments, options

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, datetime) and value.tzinfo and not settings.USE_TZ and connection.vendor == "sqlite":
            value = value.astimezone(UTC).replace(tzinfo=None)
        return super().get_db_prep_value(value, connection, prepared)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        if settings.USE_TZ or compiler.connection.vendor != "postgresql":
            return sql, params
        return f"({sql} AT TIME ZONE 'UTC')", params

    def from_db_value(self, value: datetime | None, expression: Any, connection: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
