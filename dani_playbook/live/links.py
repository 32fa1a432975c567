"""Many-to-many: the difference of two sets, in bulk."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.live import signals
from dani_playbook.live.columns import Column, meta, stored
from dani_playbook.live.refusal import carry_out
from dani_playbook.live.statements import BATCH, batches

Wanted = Mapping[Any, tuple[Address, frozenset[Any]]]
"""Primary key of the object -> its address, and the primary keys it is to be linked with."""


def set_links(column: Column, wanted: Wanted, using: str) -> None:
    """Adds the links that are missing and removes those that are too many; leaves the rest as they are."""
    for rows in batches(wanted):
        _set_batch(column, {row: wanted[row] for row in rows}, using)


def _set_batch(column: Column, wanted: Wanted, using: str) -> None:
    there = _there(column, wanted, using)
    added = {row: set(links).difference(there[row]) for row, (_, links) in wanted.items()}
    removed = {row: set(there[row]).difference(links) for row, (_, links) in wanted.items()}
    owners = _owners(column, [row for row in wanted if added[row] or removed[row]], using)
    _tell(column, "pre_remove", removed, owners, using)
    _remove(column, [there[row][other] for row, others in removed.items() for other in sorted(others)], using)
    _tell(column, "post_remove", removed, owners, using)
    _tell(column, "pre_add", added, owners, using)
    _add(column, wanted, added, using)
    _tell(column, "post_add", added, owners, using)


def sides(column: Column) -> tuple[Any, str, str]:
    """The table between, and its fields for this side and the other."""
    field, is_reverse = column.field, not column.field.concrete
    own = field.field if is_reverse else field
    here, other = own.m2m_field_name(), own.m2m_reverse_field_name()
    return own.remote_field.through, *((other, here) if is_reverse else (here, other))


def _sides(column: Column) -> tuple[Any, str, str]:
    """The same with the columns of those fields."""
    through, here, other = sides(column)
    return through, meta(through).get_field(here).attname, meta(through).get_field(other).attname


def linked_keys(
    column: Column, keys: Mapping[Any, str] | None, using: str, rows: Collection[Any] | None
) -> Mapping[Any, list[str]]:
    """Keys of the other side, by primary key of this one. ``keys`` has them where they are made."""
    through, here, other = sides(column)
    links: dict[Any, list[str]] = defaultdict(list)
    found = stored(through, using)
    if rows is not None and not column.table.is_part:
        found = found.filter(**{f"{here}__in": rows})
    lookup = meta(through).get_field(other).attname if keys is not None else f"{other}__{column.key}"
    for row, key in found.values_list(meta(through).get_field(here).attname, lookup):
        if keys is None or key in keys:
            links[row].append(str(key) if keys is None else keys[key])
    return links


def _there(column: Column, wanted: Wanted, using: str) -> dict[Any, dict[Any, Any]]:
    """Object -> linked object -> row of the table between."""
    through, here, other = _sides(column)
    there: dict[Any, dict[Any, Any]] = defaultdict(dict)
    found = stored(through, using).filter(**{f"{here}__in": list(wanted)})
    for row, owner, linked in found.values_list("pk", here, other):
        there[owner][linked] = row
    return there


def _owners(column: Column, rows: list[Any], using: str) -> Mapping[Any, Any]:
    """Instances, where somebody listens."""
    if not rows or not signals.linking_is_heard(sides(column)[0]):
        return {}
    owners: Mapping[Any, Any] = stored(column.table.model, using).in_bulk(rows)
    return owners


def _tell(column: Column, action: str, links: Mapping[Any, set[Any]], owners: Mapping[Any, Any], using: str) -> None:
    for row, owner in owners.items():
        if links[row]:
            signals.links_changed(column, sides(column)[0], action, owner, links[row], using)


def _remove(column: Column, rows: list[Any], using: str) -> None:
    through = sides(column)[0]
    for batch in batches(rows):
        stored(through, using).filter(pk__in=batch).delete()


def _add(column: Column, wanted: Wanted, added: Mapping[Any, set[Any]], using: str) -> None:
    through, here, other = _sides(column)
    new = [
        (wanted[row][0], through(**{here: row, other: linked}))
        for row, others in added.items()
        for linked in sorted(others)
    ]
    for batch in batches(new):
        carry_out(
            using,
            through,
            batch,
            lambda links: stored(through, using).bulk_create(links, batch_size=BATCH),
        )
