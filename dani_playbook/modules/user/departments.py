"""What must be true of a department and of who belongs to it."""

from collections.abc import Collection, Iterator

from dani_playbook.core.address import Address
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields
from dani_playbook.core.world import World
from dani_playbook.modules.user.concern import changed, concerned, declares, listed, placed
from dani_playbook.modules.user.standing import has_left

_OPEN_JOB = ("open", "paused")


def members_of_closed(world: World) -> Iterator[Problem]:
    """People whom the playbooks put in a closed department."""
    members = _members(world, _closed(world))
    for name, found in members.items():
        for address in found:
            if declares(world, address, "department"):
                department = Address("department", name)
                message = f"{department} is closed, and {address} belongs to it"
                places = [(address, "department"), (department, "status")]
                yield placed(world, "closed-department", message, places, "choose an open department")


def closed_with_members(world: World) -> Iterator[Problem]:
    """A department is closed when nobody is left in it and nothing is open. Who declares it is told elsewhere."""
    closing = [name for name in _closed(world) if concerned(world, Address("department", name), "status")]
    members, jobs = _members(world, closing), _open_jobs(world)
    for name in closing:
        address = Address("department", name)
        left = [it for it in (*members.get(name, ()), *jobs.get(name, ())) if not declares(world, it, "department")]
        if left:
            message = f"{address} can't be closed: {listed(map(str, left))} still belong to it"
            yield placed(world, "department-not-empty", message, [(address, "status")], "move or close them first")


def over_headcount(world: World) -> Iterator[Problem]:
    """More people than the limit allows; who is to come counts, who has left doesn't."""
    limits = {name: it["headcount_limit"] for name, it in world.of("department").items() if _is_limited(it)}
    members = _members(world, limits)
    for name, limit in limits.items():
        people = members.get(name, [])
        if len(people) <= limit:
            continue
        address = Address("department", name)
        joining = [person for person in people if _joins(world, person)]
        if joining or concerned(world, address, "headcount_limit"):
            message = f"{address} would have {len(people)} people, and its limit is {limit}"
            places = [(address, "headcount_limit"), *((person, "department") for person in joining[:5])]
            yield placed(world, "over-headcount", message, places, "raise the limit, or move somebody")


def _joins(world: World, person: Address) -> bool:
    new = person.key not in world.before.get("user", {})
    return declares(world, person, "department") if new else changed(world, person, "department", "status")


def _closed(world: World) -> list[str]:
    return sorted(name for name, status in world.of("department").column("status").items() if status == "closed")


def _is_limited(department: Fields) -> bool:
    return department.get("headcount_limit") is not None


def _members(world: World, departments: Collection[str]) -> dict[str, list[Address]]:
    """Who belongs to one of ``departments`` on the day, or is about to."""
    wanted = frozenset(departments)
    found: dict[str, list[Address]] = {}
    people = world.of("user")
    inside = [key for key, name in people.column("department").items() if name in wanted] if wanted else []
    for key in sorted(inside):
        address, person = Address("user", key), people[key]
        if not has_left(person, world.as_of_for(address).isoformat()):
            found.setdefault(person["department"], []).append(address)
    return found


def _open_jobs(world: World) -> dict[str, list[Address]]:
    found: dict[str, list[Address]] = {}
    for key, job in world.of("job").items():
        if job.get("status") in _OPEN_JOB and job.get("department"):
            found.setdefault(job["department"], []).append(Address("job", key))
    return found
