"""What a bound kind is: tables, the cells in them, and the columns that fields of the dictionary live in."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from django.db import models

from dani_playbook.core.binding import Birth, Joined, Place, Plain, Write
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec

Model = type[models.Model]
Field = Any
"""A Django field; what the stubs say of it depends on its class."""


def meta(model: Model) -> Any:
    """What Django knows of a model."""
    return model._meta  # noqa: SLF001


def stored(model: Model, using: str) -> models.QuerySet[Any]:
    """All rows, also those that a project's own managers would hide."""
    return models.QuerySet(model=model, using=using)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The root of a kind, or a part of it.

    ``row`` is the field by which its rows are found: the primary key, or of a part the field that points at its owner.
    ``pointer`` is the owner's field where the owner points at the part. ``path`` leads here from the root, as Django
    spells it.
    """

    model: Model
    row: Field
    name: str = ""
    path: str = ""
    owner: "Table | None" = None
    pointer: Field = None
    birth: Birth = Birth.OURS

    @property
    def is_part(self) -> bool:
        return self.owner is not None

    @property
    def anchor(self) -> str:
        """The way from the root to the value of ``row``; ``pk`` where that is the root's own primary key."""
        if self.owner is None:
            return "pk"
        return self.owner.lookup(self.pointer.attname if self.pointer else "pk")

    @property
    def root(self) -> "Table":
        return self if self.owner is None else self.owner.root

    def lookup(self, *names: str) -> str:
        """The way from the root, as Django spells it."""
        return "__".join((self.path, *names) if self.path else names)


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One column of a table. ``other`` is the column at the other side of a relation, by which a row there is found."""

    table: Table
    field: Field
    other: Field = None

    @property
    def lookup(self) -> str:
        if self.other is not None:
            return self.table.lookup(self.field.name, self.other.name)
        return self.table.lookup(self.field.attname)

    @property
    def label(self) -> str:
        """What people call it: ``people.Employee.email``."""
        return f"{meta(self.table.model).label}.{self.field.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One field of the dictionary and where it lives: ``cells`` are in the order of its place.

    ``lookups`` is what is read for it. ``key`` is the column that holds the keys of the kind referred to, empty where
    those are made; ``natural`` leads from the root of that kind to what the cells hold. ``theirs`` maps our value to
    the live system's. ``own`` are the cells that no other field has.
    """

    spec: FieldSpec
    place: Place
    cells: tuple[Cell, ...]
    lookups: tuple[str, ...] = ()
    folds: tuple[Cell, ...] = ()
    target: str | None = None
    key: str = ""
    natural: tuple[str, ...] = ()
    theirs: Mapping[Any, Any] = field(default_factory=dict)
    own: tuple[Cell, ...] = ()

    @property
    def field(self) -> Field:
        return self.cells[0].field

    @property
    def kept(self) -> Field:
        """The field that holds the value, at the other side of a relation where it is there."""
        return self.cells[0].other or self.cells[0].field

    @property
    def table(self) -> Table:
        return self.cells[0].table

    @property
    def is_link(self) -> bool:
        return bool(self.field.many_to_many)

    @property
    def is_derived(self) -> bool:
        return isinstance(self.place, Plain) and self.place.derived

    @property
    def reads_beside(self) -> bool:
        """Whether its value depends on more than its own row."""
        return self.is_link or (self.target is not None and (bool(self.natural) or not self.key))

    @property
    def needs_current(self) -> bool:
        """Whether what is written depends on what is there."""
        return isinstance(self.place, Joined) or bool(self.folds)


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """Rows of another table that hang on an object: by a relation to ``table``, or because ``fields`` hold what
    ``target`` holds, seen from the root."""

    model: Model
    fields: tuple[Field, ...]
    table: Table
    target: tuple[str, ...]
    where: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""
    deactivation: bool = False

    @property
    def goes_along(self) -> bool:
        """Whether Django deletes these rows by itself when the object goes."""
        relation = self.fields[0].remote_field
        return relation is not None and relation.on_delete is models.CASCADE


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One save of a new object: the fields it writes, all that no other stage names where empty, and cells it sets."""

    fields: tuple[str, ...] = ()
    sets: tuple[tuple[Cell, Any], ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Bound:
    """One kind, resolved. ``columns`` and ``links`` are in the order of the schema, ``tables`` in the order in which
    rows are made: what is pointed at comes first.

    ``stored_key`` is the field that holds the key; else it is made from what ``key_lookups`` read. ``held`` names
    fields that can't become another value once they are written, and why.
    """

    spec: KindSpec
    root: Table
    tables: tuple[Table, ...]
    columns: tuple[Column, ...]
    links: tuple[Column, ...]
    places: Mapping[str, Column]
    key_lookups: tuple[str, ...]
    stored_key: Field = None
    constants: tuple[tuple[Cell, Any], ...] = ()
    manager: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    write: Write = Write.BULK
    stages: tuple[Stage, ...] = (Stage(),)
    children: tuple[Tie, ...] = ()
    blockers: tuple[Tie, ...] = ()
    deletes: bool = True
    held: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.spec.name

    @property
    def primary(self) -> tuple[Field, ...]:
        """The columns of the primary key."""
        return tuple(meta(self.root.model).pk_fields)

    @property
    def parts(self) -> tuple[Table, ...]:
        return tuple(table for table in self.tables if table.is_part)

    @property
    def saves(self) -> bool:
        """Whether rows are written by the models' own save()."""
        return self.write is Write.SAVE

    def column(self, name: str) -> Column | None:
        """Where a field is written, nothing where the live system doesn't have it."""
        return self.places.get(name)

    def rows(self, using: str) -> models.QuerySet[Any]:
        """The rows of the root that are of this kind."""
        manager = getattr(self.root.model, self.manager) if self.manager else None
        found = manager.using(using).all() if manager is not None else stored(self.root.model, using)
        return found.filter(**self.where) if self.where else found


Kinds = Mapping[str, Bound]
"""In the order in which kinds are created."""
