"""Many-to-many: the difference of two sets, in bulk."""

from collections import defaultdict
from collections.abc import Mapping
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


def _sides(column: Column) -> tuple[Any, str, str]:
    """The table between, and its columns for this side and the other."""
    through = column.field.remote_field.through
    here = meta(through).get_field(column.field.m2m_field_name()).attname
    return through, here, meta(through).get_field(column.field.m2m_reverse_field_name()).attname


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
    if not rows or not signals.linking_is_heard(column.field.remote_field.through):
        return {}
    owners: Mapping[Any, Any] = stored(column.table.model, using).in_bulk(rows)
    return owners


def _tell(column: Column, action: str, links: Mapping[Any, set[Any]], owners: Mapping[Any, Any], using: str) -> None:
    for row, owner in owners.items():
        if links[row]:
            signals.links_changed(column.field, action, owner, links[row], using)


def _remove(column: Column, rows: list[Any], using: str) -> None:
    through = column.field.remote_field.through
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
