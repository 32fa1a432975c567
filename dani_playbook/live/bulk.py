"""Instances -> one INSERT, column by column: what Django's ``bulk_create`` writes, without its work for every cell."""

from collections.abc import Sequence
from datetime import date
from itertools import chain
from typing import Any

from django.db import connections, models
from django.db.models import NOT_PROVIDED, AutoField, Manager

from dani_playbook.live import signals
from dani_playbook.live.columns import Field, Model, meta
from dani_playbook.live.statements import VENDORS

Instances = Sequence[models.Model]
_ALIKE = frozenset({str, int, bool, type(None), date})
"""Of these types equal values are stored alike."""
_PREPARING = ("get_db_prep_save", "get_db_prep_value", "get_prep_value")


def insert_at_once(model: Model, instances: Instances, using: str) -> bool:
    """Stores the instances and sets their primary keys; false, and nothing done, where only ``bulk_create`` can."""
    columns = _columns(model, instances, using)
    if columns is None:
        return False
    fields = list(columns)
    new = meta(model).pk not in columns
    statement, values = _statement(model, fields, list(columns.values()), using)
    with connections[using].cursor() as cursor:
        cursor.execute(statement + _returning(model, using) * new, values)
        rows = cursor.fetchall() if new else ()
    if new:
        for instance, (pk,) in zip(instances, rows, strict=True):
            instance.pk = pk
    for instance in instances:
        instance._state.adding, instance._state.db = False, using  # noqa: SLF001
    return True


def _columns(model: Model, instances: Instances, using: str) -> dict[Field, list[Any]] | None:
    """What each column gets, or nothing where a statement of our own might store something else than Django's."""
    if not _is_plain(model, using):
        return None
    pk = meta(model).pk
    known = {instance.pk is not None for instance in instances}
    if len(known) != 1 or (known == {False} and not isinstance(pk, AutoField)):
        return None
    fields = [field for field in meta(model).concrete_fields if known == {True} or field is not pk]
    columns = {field: _prepared(field, instances, connections[using]) for field in fields if not field.generated}
    return None if any(values is None for values in columns.values()) else columns  # type: ignore[return-value]


def _is_plain(model: Model, using: str) -> bool:
    """One table of ordinary columns, with nobody who listens and no manager or database that has a say."""
    about, connection = meta(model), connections[using]
    return (
        connection.vendor in VENDORS
        and connection.features.can_return_rows_from_bulk_insert
        and type(model._base_manager) is Manager  # noqa: SLF001
        and not signals.saving_is_heard(model)
        and about.pk.column is not None
        and all(meta(parent).concrete_model is about.concrete_model for parent in about.all_parents)
        and all(_is_ordinary(field, connection) for field in about.concrete_fields)
    )


def _is_ordinary(field: Field, connection: Any) -> bool:
    kind = (field.target_field if field.is_relation else field).get_internal_type()
    return field.db_default is NOT_PROVIDED and not hasattr(field, "get_placeholder") and kind in connection.data_types


def _prepared(field: Field, instances: Instances, connection: Any) -> list[Any] | None:
    """The cells of one column as the driver takes them; nothing where one of them is an expression."""
    values = [field.pre_save(instance, True) for instance in instances]
    if not _prepares_alike(field) or not _ALIKE.issuperset(map(type, values)):
        if any(hasattr(value, "as_sql") for value in values):
            return None
        return [field.get_db_prep_save(value, connection) for value in values]
    told = {(type(value), value) for value in values}
    cells = {of: field.get_db_prep_save(of[1], connection) for of in told}
    return [cells[type(value), value] for value in values]


def _prepares_alike(field: Field) -> bool:
    """Whether only Django prepares the values: a column of somebody else's may store the same text in two ways."""
    return all(getattr(type(field), name).__module__.startswith("django.db.") for name in _PREPARING)


def _statement(model: Model, fields: Sequence[Field], columns: list[list[Any]], using: str) -> tuple[str, list[Any]]:
    """PostgreSQL gets an array for each column, as Django 5.2 does it; SQLite a row for each object."""
    connection = connections[using]
    quote, rows = connection.ops.quote_name, len(columns[0])
    names = ", ".join(quote(field.column) for field in fields)
    head = f"INSERT INTO {quote(meta(model).db_table)} ({names}) "
    if connection.vendor == "postgresql":
        types = (field.db_type(connection).split("(")[0] for field in fields)
        return head + f"SELECT * FROM UNNEST({', '.join(f'(%s)::{name}[]' for name in types)})", list(columns)  # noqa: S608
    line = "(" + ", ".join(["%s"] * len(fields)) + ")"
    return head + "VALUES " + ", ".join([line] * rows), list(chain.from_iterable(zip(*columns, strict=True)))


def _returning(model: Model, using: str) -> str:
    return f" RETURNING {connections[using].ops.quote_name(meta(model).pk.column)}"
