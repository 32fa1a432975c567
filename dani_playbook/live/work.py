"""Work: all changes of one call, sorted by what is done with them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Any, Self

from django.db import models

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import LiveError
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.values import Value
from dani_playbook.live.actor import Acting
from dani_playbook.live.columns import Bound, Cell, Column, Kinds, Table, stored
from dani_playbook.live.encode import Encoded, Row
from dani_playbook.live.ids import bare, live_id, row_of
from dani_playbook.live.naturals import Naturals
from dani_playbook.live.statements import batches
from dani_playbook.live.update import Target, Targets


@dataclass(slots=True, kw_only=True)
class Work:
    """``known`` maps addresses to primary keys and grows with what is created. ``updates`` holds rows by stage and
    table; references to objects that aren't there yet wait in ``changed``, each with its stage."""

    kinds: Kinds
    using: str
    acting: Acting
    naturals: Naturals
    known: dict[Address, Any]
    creates: dict[str, list[tuple[Change, Encoded]]]
    deletes: dict[str, dict[Any, Address]]
    updates: dict[int, dict[Table, Targets]] = field(default_factory=dict)
    links: dict[Column, dict[Any, tuple[Address, tuple[str, ...]]]] = field(default_factory=dict)
    changed: list[tuple[Address, Encoded, int]] = field(default_factory=list)
    created: dict[Address, LiveId] = field(default_factory=dict)

    @classmethod
    def begun(cls, kinds: Kinds, ids: Mapping[Address, LiveId], acting: Acting, using: str) -> Self:
        return cls(
            kinds=kinds,
            using=using,
            acting=acting,
            naturals=Naturals(kinds, using),
            known={address: row_of(kinds[address.kind], id) for address, id in ids.items() if address.kind in kinds},
            creates={kind: [] for kind in kinds},
            deletes={kind: {} for kind in kinds},
        )

    def row(self, address: Address) -> Any:
        if address in self.known:
            return self.known[address]
        raise LiveError(f"{address}: it isn't known which live object this is")

    def as_stored(self, bound: Bound, addresses: Iterable[Address]) -> None:
        """Primary keys as the database gives them back: it may fill up a text with blanks."""
        if not any(isinstance(each, models.CharField) for each in bound.primary):
            return
        made = {bare(self.known[address]): address for address in addresses}
        for batch in batches([self.known[address] for address in made.values()]):
            for row in stored(bound.root.model, self.using).filter(pk__in=batch).values_list("pk", flat=True):
                self.made(made[bare(row)], row)

    def made(self, address: Address, row: Any) -> None:
        """An object is there now."""
        self.known[address] = row
        self.created[address] = live_id(row)

    def target(self, table: Table, row: Any, address: Address, stage: int = 0) -> Target:
        """A row of an object that is there, to be written with the updates."""
        return self.updates.setdefault(stage, {}).setdefault(table, {}).setdefault(row, Target(address, {}))

    def all_targets(self, table: Table) -> Targets:
        """The rows of a table in all stages."""
        found: Targets = {}
        for stage in sorted(self.updates):
            for row, target in self.updates[stage].get(table, {}).items():
                known = found.setdefault(row, Target(target.address, {}))
                known.values |= target.values
        return found


def said(change: Change) -> Mapping[str, Value]:
    """A new object is empty where nothing is said: the columns' own defaults hold."""
    return {name: value for name, value in change.written.items() if value is not None}


def settle(address: Address, encoded: Encoded, table: Table, done: Collection[Table], work: Work) -> Row:
    """The row of one table of a new object. References to what isn't there yet keep waiting.

    ``done`` are tables whose rows are there: what belongs to them goes with the updates.
    """
    waiting = []
    for column, target in encoded.references:
        here = [cell for cell in column.cells if cell.table is table]
        if here and target in work.known:
            for cell, value in work.naturals.cells(column, work.known[target]):
                if cell.table in done:
                    work.target(cell.table, work.known[address], address).values[cell.field.attname] = value
                else:
                    encoded.row(cell.table)[cell.field.attname] = value
            continue
        if not all(may_wait(cell) for cell in here):
            raise LiveError(f"{address}: {column.spec.name} must not be empty, and {target} isn't there yet")
        waiting.append((column, target))
    encoded.references = waiting
    return dict(encoded.rows.get(table, {}))


def may_wait(cell: Cell) -> bool:
    """Whether a row can be there before the cell is filled."""
    is_text = isinstance(cell.field, models.CharField | models.TextField)
    return bool(cell.field.null or cell.field.has_default() or is_text)


def resolve(work: Work) -> None:
    """References and links, now that everything is there. What a create wrote at once isn't repeated."""
    work.naturals.read(
        (column, known(address, column, target, work))
        for address, encoded, _ in work.changed
        for column, target in encoded.references
    )
    for address, encoded, stage in work.changed:
        row = work.known[address]
        for column, target in encoded.references:
            for cell, value in work.naturals.cells(column, known(address, column, target, work)):
                work.target(cell.table, row, address, stage).values[cell.field.attname] = value
        for column, keys in encoded.links:
            work.links.setdefault(column, {})[row] = (address, keys)


def known(address: Address, column: Column, target: Address, work: Work) -> Any:
    """The primary key of what a reference means."""
    if target not in work.known:
        raise LiveError(f"{address}: {column.spec.name} refers to {target}, which isn't there")
    return work.known[target]


def linked(column: Column, address: Address, keys: tuple[str, ...], work: Work) -> frozenset[Any]:
    """The primary keys of a set of links."""
    return frozenset(known(address, column, Address(str(column.target), key), work) for key in keys)
