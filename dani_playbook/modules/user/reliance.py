"""Who is relied on must be there: managers, heads, hiring managers, recruiters, owners."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from dani_playbook.core.address import Address
from dani_playbook.core.column import Column
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields
from dani_playbook.core.world import World
from dani_playbook.modules.user.concern import changed, concerned, placed
from dani_playbook.modules.user.standing import absence, has_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliance:
    """A reference to a person who must be there while ``matters`` says so of the object that refers."""

    kind: str
    field: str
    role: str
    matters: Callable[[Fields, str], bool]


RELIANCES = (
    Reliance(kind="department", field="head", role="head", matters=lambda it, day: it.get("status") != "closed"),
    Reliance(kind="user", field="manager", role="manager", matters=lambda it, day: not has_left(it, day)),
    Reliance(
        kind="job",
        field="hiring_manager",
        role="hiring manager",
        matters=lambda it, day: it.get("status") in ("open", "paused"),
    ),
    Reliance(
        kind="job", field="recruiters", role="recruiter", matters=lambda it, day: it.get("status") in ("open", "paused")
    ),
    Reliance(kind="schedule", field="owner", role="owner", matters=lambda it, day: it.get("enabled") is not False),
)

_ZONES_APART, _FIRST = timedelta(days=2), date(1, 1, 3)
"""How far the days of two offices may lie apart at one moment."""

_WORDS = {
    "left": ("has left", "will have left"),
    "not-started": ("has not started yet", "will not have started yet"),
    "suspended": ("is suspended", "is suspended"),
}


def people_relied_on(world: World) -> Iterator[Problem]:
    """Everybody who is referred to for something to be done and isn't there on the day."""
    doubtful = _perhaps_absent(world)
    for reliance in RELIANCES if doubtful else ():
        objects = world.of(reliance.kind)
        for key in sorted(_relying(objects.column(reliance.field), doubtful)):
            address, fields = Address(reliance.kind, key), objects[key]
            day = world.as_of_for(address).isoformat()
            if fields.get(reliance.field) and reliance.matters(fields, day):
                yield from _absent(world, reliance, address, fields, day)


def _relying(column: Column, doubtful: AbstractSet[str]) -> Iterator[str]:
    for key, value in column.items():
        if value is not None and (value in doubtful if isinstance(value, str) else not doubtful.isdisjoint(value)):
            yield key


def _perhaps_absent(world: World) -> AbstractSet[str]:
    """Everybody but those of whom a glance shows that they are there, whatever day is asked for."""
    people = world.of("user")
    first, end = people.column("start_date"), people.column("end_date")
    earliest = (max(world.as_of, _FIRST) - _ZONES_APART).isoformat()
    return {
        key
        for key, stands in people.column("status").items()
        if stands not in ("active", "leave") or end[key] or (first[key] or "") > earliest
    }


def _absent(world: World, reliance: Reliance, address: Address, fields: Fields, today: str) -> Iterator[Problem]:
    day = max(today, fields.get("start_date") or today) if reliance.kind == "user" else today
    value = fields[reliance.field]
    for key in value if isinstance(value, tuple) else (value,):
        person = world.of("user").get(key)
        why = absence(person, day) if person is not None and key != address.key else None
        if why and _concerns(world, reliance, address, Address("user", key)):
            yield _problem(world, reliance, address, Address("user", key), why, later=day > today)


def _concerns(world: World, reliance: Reliance, address: Address, person: Address) -> bool:
    return concerned(world, address, reliance.field, "start_date") or changed(
        world, person, "status", "enabled", "start_date", "end_date"
    )


def _problem(world: World, reliance: Reliance, address: Address, person: Address, why: str, *, later: bool) -> Problem:
    code = f"{reliance.role.replace(' ', '-')}-{why}"
    when = " on the first day" if later else ""
    message = f"{person} {_WORDS[why][later]}{when} and can't be {reliance.role} of {address}"
    field = {"left": "end_date", "not-started": "start_date"}.get(why, "status")
    hint = f"name another {reliance.role}, or change when {person} is there"
    return placed(world, code, message, [(address, reliance.field), (person, field)], hint)
