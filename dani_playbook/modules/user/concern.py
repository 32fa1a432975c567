"""Whom a rule concerns: what is declared, or what the plan changes. A mess that nobody touches is let alone."""

from collections.abc import Iterable
from dataclasses import replace

from dani_playbook.core.address import Address
from dani_playbook.core.problem import Problem
from dani_playbook.core.world import World

Place = tuple[Address, str]
"""An address and one of its fields."""


def declares(world: World, address: Address, *names: str) -> bool:
    """Whether the playbooks say something about one of the fields."""
    desired = world.declared.get(address)
    return desired is not None and any(name in desired.fields for name in names)


def changed(world: World, address: Address, *names: str) -> bool:
    """Whether one of the fields of an object that is live will be another."""
    before = world.before.get(address.kind, {}).get(address.key)
    after = world.of(address.kind).get(address.key)
    if before is None or after is None:
        return False
    return any(before.get(name) != after.get(name) for name in names)


def concerned(world: World, address: Address, *names: str) -> bool:
    """Declared or changed."""
    return declares(world, address, *names) or changed(world, address, *names)


def placed(world: World, code: str, message: str, places: Iterable[Place], hint: str | None = None) -> Problem:
    """A problem of several places: it stands at the first that is declared, the others are related."""
    in_turn = sorted(places, key=lambda place: world.source(*place) is None)
    (address, field), others = in_turn[0], in_turn[1:]
    related = tuple(source for place in others if (source := world.source(*place)) is not None)
    return replace(world.problem(code, message, address, field, hint=hint), related=related)


def where(world: World, address: Address, field: str) -> str:
    """``file:line`` of the field, or ``live`` where it isn't declared."""
    return source.short if (source := world.source(address, field)) else "live"


def listed(keys: Iterable[str], most: int = 5) -> str:
    """The first names in order, and how many more."""
    names = sorted(keys)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
