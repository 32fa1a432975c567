"""What must be true of a department and of who belongs to it."""

from collections.abc import Iterator

from dani_playbook.core.address import Address
from dani_playbook.core.problem import Problem
from dani_playbook.core.world import World
from dani_playbook.modules.user.concern import changed, concerned, declares, listed, placed
from dani_playbook.modules.user.people import is_member

_OPEN_JOB = ("open", "paused")


def members_of_closed(world: World) -> Iterator[Problem]:
    """People whom the playbooks put in a closed department."""
    for name, members in _members(world).items():
        for address in members:
            if _is_closed(world, name) and declares(world, address, "department"):
                department = Address("department", name)
                message = f"{department} is closed, and {address} belongs to it"
                places = [(address, "department"), (department, "status")]
                yield placed(world, "closed-department", message, places, "choose an open department")


def closed_with_members(world: World) -> Iterator[Problem]:
    """A department is closed when nobody is left in it and nothing is open. Who declares it is told elsewhere."""
    members, jobs = _members(world), _open_jobs(world)
    for name in world.of("department"):
        address = Address("department", name)
        if not _is_closed(world, name) or not concerned(world, address, "status"):
            continue
        left = [it for it in (*members.get(name, ()), *jobs.get(name, ())) if not declares(world, it, "department")]
        if left:
            message = f"{address} can't be closed: {listed(map(str, left))} still belong to it"
            yield placed(world, "department-not-empty", message, [(address, "status")], "move or close them first")


def over_headcount(world: World) -> Iterator[Problem]:
    """More people than the limit allows; who is to come counts, who has left doesn't."""
    members = _members(world)
    for name, department in world.of("department").items():
        limit = department.get("headcount_limit")
        people = members.get(name, [])
        if limit is None or len(people) <= limit:
            continue
        address = Address("department", name)
        if concerned(world, address, "headcount_limit") or any(_joins(world, person) for person in people):
            message = f"{address} would have {len(people)} people, and its limit is {limit}"
            places = [(address, "headcount_limit"), *((person, "department") for person in people)]
            yield placed(world, "over-headcount", message, places[:6], "raise the limit, or move somebody")


def _joins(world: World, person: Address) -> bool:
    new = person.key not in world.before.get("user", {})
    return declares(world, person, "department") if new else changed(world, person, "department", "status")


def _is_closed(world: World, name: str) -> bool:
    return world.of("department").get(name, {}).get("status") == "closed"


def _members(world: World) -> dict[str, list[Address]]:
    found: dict[str, list[Address]] = {}
    for key, person in world.of("user").items():
        address = Address("user", key)
        if is_member(person, world.as_of_for(address).isoformat()):
            found.setdefault(person["department"], []).append(address)
    return found


def _open_jobs(world: World) -> dict[str, list[Address]]:
    found: dict[str, list[Address]] = {}
    for key, job in world.of("job").items():
        if job.get("status") in _OPEN_JOB and job.get("department"):
            found.setdefault(job["department"], []).append(Address("job", key))
    return found
