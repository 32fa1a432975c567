"""Unique values out of the way: what rows hand to each other in one run, no two may hold in between."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models.expressions import F

from dani_playbook.core.address import Address
from dani_playbook.live.columns import Field, Model, Table, meta
from dani_playbook.live.update import Target, Targets, update


def park(table: Table, updates: Targets, deletes: Mapping[Any, Address], using: str) -> None:
    """Gives every unique column that will be written, and those of rows that will go, a value nobody else has.

    Signals and computed columns follow as in any update.
    """
    names = [field.attname for field in _parkable(table.model)]
    parked: Targets = {
        row: Target(target.address, _aside(table, [name for name in names if name in target.values], row))
        for row, target in updates.items()
    }
    parked |= {row: Target(address, _aside(table, names, row)) for row, address in deletes.items()}
    update(table, {row: target for row, target in parked.items() if target.values}, using, aside=True)


def _aside(table: Table, names: Sequence[str], row: Any) -> dict[str, Any]:
    return {name: _value(meta(table.model).get_field(name), row) for name in names}


def _value(field: Field, row: Any) -> Any:
    return None if field.null else f"~{row}"[: field.max_length]


def _parkable(model: Model) -> list[Field]:
    """Columns of unique constraints that can hold a stand-in: text, or nothing."""
    names = set(_unique_names(model))
    fields = [field for field in meta(model).concrete_fields if names & {field.name, field.attname}]
    sources = {name for field in fields for name in getattr(field, "sources", ())}
    return [
        field
        for field in meta(model).concrete_fields
        if (field in fields or field.name in sources)
        and not hasattr(field, "sources")
        and not field.primary_key
        and (field.null or isinstance(field, models.CharField | models.TextField))
    ]


def _unique_names(model: Model) -> Iterator[str]:
    for field in meta(model).concrete_fields:
        if field.unique and not field.primary_key:
            yield field.name
    for together in meta(model).unique_together:
        yield from together
    for constraint in meta(model).constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield from constraint.fields
            yield from _named_in(constraint.expressions)


def _named_in(expressions: Sequence[Any]) -> Iterator[str]:
    for expression in expressions:
        parts = expression.flatten() if hasattr(expression, "flatten") else (expression,)
        yield from (str(getattr(part, "name", "")) for part in parts if isinstance(part, F))
