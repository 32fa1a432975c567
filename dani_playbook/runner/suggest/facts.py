"""Facts: what is known of a project's models, without Django."""

from collections.abc import Mapping
from dataclasses import field

from dani_playbook.core.dataclass import dataclass

TEXT, INTEGER, DECIMAL, BOOLEAN, DATE, MOMENT, TIME = "text", "integer", "decimal", "boolean", "date", "moment", "time"
RELATION, RELATIONS, OTHER = "relation", "relations", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``to`` is the label of the model that a relation leads to, ``back`` the way back as the ORM spells it.

    ``demanded``: neither null, nor a default, nor filled by Django or the database. ``choices`` are value and label.
    """

    name: str
    type: str
    title: str = ""
    to: str = ""
    back: str = ""
    one_to_one: bool = False
    protects: bool = False
    unique: bool = False
    slug: bool = False
    null: bool = False
    demanded: bool = False
    editable: bool = True
    choices: tuple[tuple[object, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. ``together`` are sets of columns that are unique together, the shortest first.

    ``makes`` are names that its save() and the handlers of its signals mention: models, and own fields as ``self.x``.
    """

    label: str
    columns: Mapping[str, Column]
    together: tuple[tuple[str, ...], ...] = ()
    makes: frozenset[str] = frozenset()
    is_login: bool = False
    saves_itself: bool = False
    handlers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.label.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All models of a project that may hold what playbooks declare, by label."""

    models: Mapping[str, Model] = field(default_factory=dict)

    def pointing_at(self, label: str) -> list[tuple[Model, Column]]:
        """Every relation that leads to a model."""
        return [
            (model, column)
            for model in self.models.values()
            for column in model.columns.values()
            if column.to == label and column.type == RELATION
        ]
