"""What must be true of one person."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from dani_playbook.core.address import Address
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields
from dani_playbook.core.world import World
from dani_playbook.modules.user.concern import changed, concerned, declares, placed

_NEEDED = ("department", "start_date")
_WORKING = ("active", "leave", "suspended")


def end_before_start(world: World) -> Iterator[Problem]:
    """An end date, or the end of the probation, that lies before the start date."""
    for address, person in _people(world, "end_date", "probation_end"):
        start = person.get("start_date")
        for name, what in (("end_date", "leave"), ("probation_end", "end the probation")):
            end = person.get(name)
            if start and end and end < start and concerned(world, address, "start_date", name):
                message = f"{address} would {what} before the start date"
                yield placed(world, "end-before-start", message, [(address, name), (address, "start_date")])


def contractor_without_end(world: World) -> Iterator[Problem]:
    """Contractors are here for a time. What isn't declared may be live, so this waits until live is known."""
    people = world.of("user")
    contractors = sorted(key for key, terms in people.column("employment_type").items() if terms == "contractor")
    for address, person in ((Address("user", key), people[key]) for key in contractors):
        open_ended = not person.get("end_date")
        if open_ended and world.live_known and concerned(world, address, "employment_type", "end_date"):
            message = f"{address} is a contractor and has no end date"
            places = [(address, "employment_type")]
            yield placed(world, "contractor-without-end", message, places, "add the day on which the contract is over")


def incomplete_people(world: World) -> Iterator[Problem]:
    """Nobody becomes active without a department and a start date. Somebody who already is, is let alone."""
    if not world.live_known:
        return
    people = world.of("user")
    working = {key for key, status in people.column("status").items() if status in _WORKING}
    lacking = {key for name in _NEEDED for key, value in people.column(name).items() if value is None}
    for key in sorted(working & lacking):
        address, person = Address("user", key), people[key]
        missing = [name for name in _NEEDED if person.get(name) is None]
        if missing and _becomes_incomplete(world, address, missing):
            words = " and ".join(name.replace("_", " ") for name in missing)
            message = f"{address} would be active without {words}"
            yield world.problem("incomplete", message, address, hint="declare what is missing")


def _becomes_incomplete(world: World, address: Address, missing: list[str]) -> bool:
    before = world.before.get("user", {}).get(address.key)
    if before is None:
        return declares(world, address, "status", "start_date", "end_date")
    was_working = before.get("status") in _WORKING
    return changed(world, address, *missing) or (not was_working and changed(world, address, "status"))


def job_of_another_department(world: World) -> Iterator[Problem]:
    """A person's job belongs to the person's department."""
    jobs = world.of("job")
    for address, person in _people(world, "job"):
        job = jobs.get(person.get("job") or "")
        if job is None or not person.get("department") or not job.get("department"):
            continue
        there = Address("job", person["job"])
        concerns = concerned(world, address, "job", "department") or changed(world, there, "department")
        if job["department"] != person["department"] and concerns:
            message = (
                f"{there} belongs to department.{job['department']}, but {address} to department.{person['department']}"
            )
            yield placed(world, "job-department-mismatch", message, [(address, "job"), (there, "department")])


def unknown_time_zones(world: World) -> Iterator[Problem]:
    """A person's time zone must be one that computers know."""
    zones = sorted({str(zone) for zone in world.of("user").column("time_zone").values() if zone})
    wrong = frozenset(zone for zone in zones if not _is_zone(zone))
    for address, person in _people(world, "time_zone") if wrong else ():
        zone = person.get("time_zone")
        if zone in wrong and declares(world, address, "time_zone"):
            near = did_you_mean(zone, available_timezones()) or "; write it like Europe/Berlin"
            yield world.problem("unknown-time-zone", f'"{zone}" is no IANA time zone{near}', address, "time_zone")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def deleted_under_hold(world: World) -> Iterator[Problem]:
    """Nobody is deleted while a legal hold lasts. Who is only found under another key isn't deleted."""
    before, after = world.was("user"), world.of("user")
    held = [key for key in before.having("hold") if key not in after]
    emails = set(after.column("email").values()) if held else set()
    for key in held:
        person = before[key]
        hold = person["hold"]
        if person.get("email") in emails:
            continue
        address = Address("user", key)
        if not hold.get("until") or hold["until"] >= world.as_of_for(address).isoformat():
            message = f"{address} is under a legal hold and can't be deleted"
            yield world.problem("on-hold", message, address, hint="deactivate the person, or end the hold first")


def _people(world: World, *names: str) -> Iterator[tuple[Address, Fields]]:
    """Those of whom one of these fields says something."""
    people = world.of("user")
    return ((Address("user", key), people[key]) for key in people.having(*names))
