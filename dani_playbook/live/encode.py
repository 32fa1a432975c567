"""Canonical values -> what a column takes. Everything that would not fit is refused here, on every database alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from dani_playbook.core.address import Address
from dani_playbook.core.errors import LiveError
from dani_playbook.core.normalize import money
from dani_playbook.core.values import Secret, Value
from dani_playbook.live.columns import Bound, Column, Table

Row = dict[str, Any]
"""Column name (Django's attname) to value."""


@dataclass(slots=True)
class Encoded:
    """What one change writes: rows by table, references still to be resolved, and whole sets of links."""

    rows: dict[Table, Row] = field(default_factory=dict)
    references: list[tuple[Column, Address]] = field(default_factory=list)
    links: list[tuple[Column, tuple[str, ...]]] = field(default_factory=list)

    def row(self, table: Table) -> Row:
        """The row of ``table``, made when it is first asked for."""
        return self.rows.setdefault(table, {})


def encode(bound: Bound, address: Address, written: Mapping[str, Value]) -> Encoded:
    """What ``written`` becomes. Raises ``LiveError`` for what the live system has no place for, or that doesn't fit."""
    encoded = Encoded()
    for name, value in written.items():
        column = bound.column(name)
        if column is None:
            raise LiveError(f"{address}: the live system has no place for {name}")
        _put(encoded, column, address, value.reveal() if isinstance(value, Secret) else value)
    return encoded


def _put(encoded: Encoded, column: Column, address: Address, value: Value) -> None:
    if column.is_link:
        encoded.links.append((column, tuple(value or ())))
    elif column.target and value is not None:
        encoded.references.append((column, Address(column.target, value)))
    else:
        try:
            encoded.row(column.table).update(_cells(column, value))
        except (ValueError, ValidationError, TypeError) as error:
            why = str(error) if isinstance(error, Misfit) else "the value doesn't fit"
            raise LiveError(f"{address}: {column.spec.name} can't be stored: {why}") from None


class Misfit(ValueError):
    """A value that a column doesn't take; the text never repeats it."""


def _cells(column: Column, value: Value) -> Row:
    if column.currency is not None:
        amount = {} if value is None else money(value)
        return {
            column.field.attname: _cell(column.field, amount.get("minor")),
            column.currency.attname: _cell(column.currency, amount.get("currency")),
        }
    if value is None:
        return {column.field.attname: [] if column.spec.is_set else _empty(column.field)}
    return {column.field.attname: _cell(column.field, _prepared(column, value))}


def _prepared(column: Column, value: Value) -> Any:
    """A password is never stored as it is."""
    if column.field.name == "password" and column.spec.create_only:
        return make_password(str(value))
    return value


def _cell(target: Any, value: Any) -> Any:
    if value is None:
        return _empty(target)
    if isinstance(target, models.JSONField):
        return plain(value)
    python = target.to_python(value)
    if isinstance(python, str):
        _check_text(target, python)
    elif isinstance(python, int):
        _check_range(target, python)
    return python


def _check_text(target: Any, value: str) -> None:
    if target.max_length is not None and len(value) > target.max_length:
        raise Misfit(f"it has more than {target.max_length} characters")
    if "\x00" in value:
        raise Misfit("it has a NUL character in it")


def _check_range(target: Any, value: int) -> None:
    """SQLite would store any number; the ranges are those of all other databases."""
    low, high = BaseDatabaseOperations.integer_field_ranges.get(target.get_internal_type(), (value, value))
    if not low <= value <= high:
        raise Misfit(f"it isn't between {low} and {high}")


def _empty(target: Any) -> Any:
    """``None``, or what stands for it in a column that takes no null."""
    if target.null:
        return None
    if target.blank and isinstance(target, models.CharField | models.TextField):
        return ""
    raise Misfit("it must not be empty")


def plain(value: Value) -> Any:
    """What JSON takes: tuples become lists."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value
