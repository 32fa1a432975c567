"""Bindings -> where each field is, checked once against the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from dani_playbook.core.binding import Binding, Money, Place
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.errors import LiveError

Model = type[models.Model]
Field = Any
"""A Django field; what the stubs say of it depends on its class."""


def meta(model: Model) -> Any:
    """What Django knows of a model."""
    return model._meta  # noqa: SLF001


def stored(model: Model, using: str) -> models.QuerySet[Any]:
    """All rows, also those that a project's own manager would hide."""
    return model._base_manager.using(using)  # noqa: SLF001


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The root of a kind, or a part of it. ``row`` is the field that holds the root's primary key."""

    model: Model
    row: Field
    path: str = ""

    @property
    def is_part(self) -> bool:
        return bool(self.path)

    def lookup(self, *names: str) -> str:
        """The way from the root, as Django spells it."""
        return "__".join((self.path, *names) if self.path else names)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One field of the dictionary: one column, two for money, a table of its own for many-to-many."""

    spec: FieldSpec
    table: Table
    field: Field
    currency: Field = None
    target: str | None = None

    @property
    def is_link(self) -> bool:
        return bool(self.field.many_to_many)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """One kind, resolved. ``columns`` and ``links`` are in the order of the schema."""

    spec: KindSpec
    root: Table
    key: Field
    parts: tuple[Table, ...]
    columns: tuple[Column, ...]
    links: tuple[Column, ...]
    constants: tuple[tuple[Table, str, object], ...]
    places: Mapping[str, Column]

    @property
    def kind(self) -> str:
        return self.spec.name

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.root, *self.parts)

    def column(self, name: str) -> Column | None:
        """Where a field is written, nothing where the live system doesn't have it."""
        return self.places.get(name)


def bind(bindings: Mapping[str, Binding], dictionary: Mapping[str, KindSpec]) -> dict[str, Bound]:
    """Every binding in the order in which kinds are created. Raises ``LiveError`` where one fits no model."""
    return {kind: _bind(bindings[kind], dictionary[kind], bindings) for kind in _creation_order(bindings, dictionary)}


def _creation_order(bindings: Mapping[str, Binding], dictionary: Mapping[str, KindSpec]) -> tuple[str, ...]:
    graph = {
        kind: sorted(
            {str(field.references) for field in dictionary[kind].references if not field.deferred}.intersection(
                bindings
            ).difference({kind})
        )
        for kind in sorted(bindings)
    }
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise LiveError(f"the kinds {', '.join(error.args[1])} need each other before they are there") from None


def _bind(binding: Binding, spec: KindSpec, bindings: Mapping[str, Binding]) -> Bound:
    model = _model(binding, binding.model)
    root = Table(model, meta(model).pk)
    tables = {"": root} | {
        name: Table(
            part_model := _model(binding, part.model), _field(binding, part_model, part.link), _dotted(part.path)
        )
        for name, part in binding.parts.items()
    }
    columns = [
        _column(binding, spec.fields[name], tables, binding.fields[name], bindings)
        for name in spec.fields
        if name in binding.fields
    ]
    return Bound(
        spec=spec,
        root=root,
        key=_key(binding, model),
        parts=tuple(tables[name] for name in sorted(tables) if name),
        columns=tuple(column for column in columns if not column.is_link),
        links=tuple(column for column in columns if column.is_link),
        places={column.spec.name: column for column in columns},
        constants=tuple(_constant(binding, tables, path, value) for path, value in sorted(binding.constants.items())),
    )


def _dotted(path: str) -> str:
    return path.replace(".", "__")


def _model(binding: Binding, label: str) -> Model:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        raise _misfit(binding, f"there is no model {label}") from None


def _field(binding: Binding, model: Model, name: str) -> Field:
    try:
        return meta(model).get_field(name)
    except FieldDoesNotExist:
        raise _misfit(binding, f"{meta(model).label} has no field {name}") from None


def _key(binding: Binding, model: Model) -> Field:
    name = binding.key.columns[0]
    key = _field(binding, model, name)
    if key.null or not key.unique:
        raise _misfit(binding, f"{meta(model).label}.{name} must be unique and never empty to hold the key")
    return key


def _place(binding: Binding, tables: Mapping[str, Table], path: str) -> tuple[Table, Field]:
    part, _, name = path.rpartition(".")
    if part not in tables:
        raise _misfit(binding, f"{path} leads through {part}, which is no part")
    return tables[part], _field(binding, tables[part].model, name)


def _constant(binding: Binding, tables: Mapping[str, Table], path: str, value: object) -> tuple[Table, str, object]:
    table, field = _place(binding, tables, path)
    return table, field.attname, value


def _column(
    binding: Binding,
    spec: FieldSpec,
    tables: Mapping[str, Table],
    path: Place,
    bindings: Mapping[str, Binding],
) -> Column:
    if isinstance(path, Money):
        table, minor = _place(binding, tables, path.minor)
        return Column(spec, table, minor, currency=_place(binding, tables, path.currency)[1])
    if not isinstance(path, str):
        raise _misfit(binding, f"{spec.name} has a place that isn't served yet")
    table, field = _place(binding, tables, path)
    if spec.references:
        _check_relation(binding, spec, table, field, bindings)
        return Column(spec, table, field, target=spec.references)
    if field.is_relation:
        raise _misfit(binding, f"{path} is a relation, and {spec.name} refers to nothing")
    return Column(spec, table, field)


def _check_relation(
    binding: Binding, spec: FieldSpec, table: Table, field: Field, bindings: Mapping[str, Binding]
) -> None:
    target = bindings.get(str(spec.references))
    if target is None:
        raise _misfit(binding, f"{spec.name} refers to {spec.references}, which isn't bound")
    if field.related_model is not _model(binding, target.model):
        raise _misfit(binding, f"{spec.name} must lead to {target.model}")
    if field.many_to_many and (table.is_part or field.auto_created):
        raise _misfit(binding, f"{spec.name} must be a many-to-many field of {binding.model} itself")
    if not field.many_to_many and not field.target_field.primary_key:
        raise _misfit(binding, f"{spec.name} must point at the primary key of {target.model}")


def _misfit(binding: Binding, why: str) -> LiveError:
    return LiveError(f"the binding of {binding.kind} doesn't fit the live system: {why}")
