"""Rows of other tables that hang on objects: what keeps them, and what goes with them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Count

from dani_playbook.core.live import Attached
from dani_playbook.live.alone import relations
from dani_playbook.live.columns import Bound, Kinds, Tie, meta, stored
from dani_playbook.live.decode import Natural, natural_key
from dani_playbook.live.links import sides
from dani_playbook.live.statements import batches


def hanging(bound: Bound, tie: Tie, roots: Collection[Any], using: str) -> Mapping[Any, list[Any]]:
    """By primary key of the root: the primary keys of the rows. One query, and one for what they hold of the object."""
    found: dict[Any, list[Any]] = defaultdict(list)
    names = [field.attname for field in tie.fields]
    for batch in batches(roots):
        owners = _owners(bound, tie, batch, using)
        first = sorted({value for raw in owners.values() for value in raw[1]}, key=str)
        rows = stored(tie.model, using).filter(**tie.where, **{f"{names[0]}__in": first})
        for row, *values in rows.values_list("pk", *names):
            key = natural_key(values)
            if key in owners:
                found[owners[key][0]].append(row)
    return found


def _owners(
    bound: Bound, tie: Tie, roots: list[Any], using: str
) -> Mapping[Natural | None, tuple[Any, tuple[Any, ...]]]:
    """What rows that hang on an object hold of it: the object, and all spellings of the first column."""
    if tie.target == ("pk",):
        return {natural_key((row,)): (row, (row,)) for row in roots}
    found = stored(bound.root.model, using).filter(pk__in=roots).values_list("pk", *tie.target)
    keys = [(natural_key(values), row, values[0]) for row, *values in found]
    return {key: (row, (first, key[0])) for key, row, first in keys if key is not None}


def unknown(bound: Bound, roots: Collection[Any], kinds: Kinds, using: str) -> Iterator[tuple[Any, Attached]]:
    """Rows of tables that no binding knows of: Django would delete or change them along, so they keep the object. What
    hangs on parts that the root points at is only found when they are deleted."""
    known = {table.model for each in kinds.values() for table in each.tables}
    known |= {sides(link)[0] for each in kinds.values() for link in each.links}
    known |= {tie.model for tie in (*bound.children, *bound.blockers)}
    for relation in relations(bound):
        if relation.model in known or relation.anchor != "pk":
            continue
        for batch in batches(roots):
            rows = stored(relation.model, using).filter(**{f"{relation.lookup}__in": batch}).order_by()
            for root, count in rows.values_list(relation.lookup).annotate(count=Count("pk")):
                yield (
                    root,
                    Attached(what=f"rows of {meta(relation.model).label}", count=count, stops=True, unknown=True),
                )


def attached(bound: Bound, roots: Collection[Any], using: str) -> Iterator[tuple[Any, Attached]]:
    """What keeps each object, and what would go along with it."""
    for tie in bound.blockers:
        for root, rows in hanging(bound, tie, roots, using).items():
            yield root, Attached(what=tie.says, count=len(rows), stops=True, stops_leaving=tie.deactivation)
    for tie in bound.children:
        for root, rows in hanging(bound, tie, roots, using).items():
            yield root, Attached(what=f"rows of {meta(tie.model).label}", count=len(rows))
