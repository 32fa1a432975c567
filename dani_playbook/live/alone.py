"""Rows that nothing else refers to: they go in a statement a table, without an object for each."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import DO_NOTHING
from django.db.models.deletion import get_candidate_relations_to_delete
from django.db.models.signals import post_delete, pre_delete

from dani_playbook.core.dataclass import dataclass
from dani_playbook.live.columns import Bound, Model, meta, stored
from dani_playbook.live.links import sides


def delete_alone(bound: Bound, rows: Sequence[Any], relations: Sequence["Referring"], using: str) -> bool:
    """Deletes the roots ``rows`` with their parts and links; false, and nothing done, where more hangs on them.

    ``relations`` are those that ``used_relations`` gave when nobody had been deleted yet.
    """
    if not is_quiet(bound) or any(_refers(relation, rows, using) for relation in relations):
        return False
    for link in bound.links:
        through, here, _ = sides(link)
        _delete(through, here, rows, using)
    for table in bound.parts:
        _delete(table.model, table.row.attname, rows, using)
    _delete(bound.root.model, "pk", rows, using)
    return True


def _delete(model: Model, name: str, rows: Sequence[Any], using: str) -> None:
    found: Any = stored(model, using).filter(**{f"{name}__in": rows})
    found._raw_delete(using)  # noqa: SLF001


def is_quiet(bound: Bound) -> bool:
    """Whether nobody listens to deletions, all is found by the root's primary key, and Django has nothing to do beyond
    foreign keys."""
    if bound.saves or bound.children or any(table.anchor != "pk" for table in bound.tables):
        return False
    models = [*(table.model for table in bound.tables), *(sides(link)[0] for link in bound.links)]
    return not any(
        pre_delete.has_listeners(model)
        or post_delete.has_listeners(model)
        or meta(model).parents
        or any(hasattr(field, "bulk_related_objects") for field in meta(model).private_fields)
        for model in models
    )


@dataclass(frozen=True, slots=True)
class Referring:
    """A foreign key of others: in which table, and the lookup from there that finds what ``anchor`` leads to from a
    root: its primary key, but for parts that the root points at."""

    model: Model
    name: str
    lookup: str
    anchor: str


def used_relations(bound: Bound, using: str) -> list[Referring]:
    """Foreign keys of others to the tables of a kind, in which anything stands. A statement for each."""
    return [
        found
        for found in relations(bound)
        if stored(found.model, using).filter(**{f"{found.name}__isnull": False}).exists()
    ]


def relations(bound: Bound) -> Iterator[Referring]:
    """Foreign keys of others to the tables of a kind, without those by which parts and links go with their root."""
    own = {table.row for table in bound.parts}
    own |= {meta(through).get_field(here) for through, here, _ in map(sides, bound.links)}
    for table in bound.tables:
        candidates: Any = get_candidate_relations_to_delete(meta(table.model))
        for field in (relation.field for relation in candidates):
            if field not in own and field.remote_field.on_delete is not DO_NOTHING:
                lookup = f"{field.name}__{table.row.name if table.is_part else 'pk'}"
                yield Referring(field.model, field.name, lookup, table.anchor)


def _refers(found: Referring, rows: Sequence[Any], using: str) -> bool:
    return stored(found.model, using).filter(**{f"{found.lookup}__in": rows}).exists()
