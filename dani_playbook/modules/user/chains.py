"""Chains that must end somewhere: managers and parent departments."""

from collections.abc import Iterator

from dani_playbook.core.address import Address
from dani_playbook.core.column import Column
from dani_playbook.core.problem import Problem
from dani_playbook.core.world import World
from dani_playbook.modules.user.concern import concerned, placed, where


def manager_cycles(world: World) -> Iterator[Problem]:
    """People who, followed upwards, report to themselves."""
    for cycle in _concerning(world, "user", "manager"):
        if len(cycle) == 1:
            address = Address("user", cycle[0])
            message = f"{address} is their own manager"
            yield placed(world, "self-manager", message, [(address, "manager")], "name somebody else, or nobody")
        else:
            yield _problem(world, "user", "manager", cycle, "manager-cycle", "managers run in a circle")


def department_cycles(world: World) -> Iterator[Problem]:
    """Departments that are above themselves."""
    for cycle in _concerning(world, "department", "parent"):
        yield _problem(world, "department", "parent", cycle, "department-cycle", "departments run in a circle")


def _problem(world: World, kind: str, field: str, cycle: tuple[str, ...], code: str, text: str) -> Problem:
    places = [(Address(kind, key), field) for key in cycle]
    steps = [f"{address.key} ({where(world, address, field)})" for address, _ in places]
    message = f"{text}: {' → '.join([*steps, cycle[0]])}"
    return placed(world, code, message, places, f"change the {field} of one of them")


def _concerning(world: World, kind: str, field: str) -> Iterator[tuple[str, ...]]:
    for cycle in cycles(world.of(kind).column(field)):
        if any(concerned(world, Address(kind, key), field) for key in cycle):
            yield cycle


def cycles(column: Column) -> Iterator[tuple[str, ...]]:
    """Every circle once, from its smallest key, in order of it. Linear, without recursion."""
    above = _inner({key: value for key, value in column.items() if value is not None})
    found = []
    seen: set[str] = set()
    for start in above:
        path: dict[str, int] = {}
        key: str | None = start
        while key is not None and key not in seen and key not in path:
            path[key] = len(path)
            key = above.get(key)
        if key is not None and key in path:
            found.append(_from_smallest(list(path)[path[key] :]))
        seen.update(path)
    yield from sorted(found)


_LAYERS = 20
"""As many are taken off: nobody has more managers above, and a longer chain is walked."""


def _inner(above: dict[str, str]) -> dict[str, str]:
    """Those whom somebody is below, and the same of these, again and again: whoever stands in a circle is left."""
    for _ in range(_LAYERS):
        named = set(above.values())
        left = {key: value for key, value in above.items() if key in named}
        if len(left) == len(above):
            break
        above = left
    return above


def _from_smallest(cycle: list[str]) -> tuple[str, ...]:
    first = cycle.index(min(cycle))
    return tuple(cycle[first:] + cycle[:first])
