"""The business rules of schedules."""

from collections.abc import Iterator
from zoneinfo import available_timezones

from dani_playbook.core.address import Address
from dani_playbook.core.module import Rule
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields
from dani_playbook.core.world import World
from dani_playbook.modules.reports.clock import fault_of, zone_named


def readable_times(world: World) -> Iterator[Problem]:
    """``when`` is a cron expression that comes at least once."""
    for address, schedule in _declaring(world, "when"):
        if (when := schedule.get("when")) and (fault := fault_of(when)):
            message = f'"{when}" is no time to run: {fault}'
            yield world.problem("invalid-cron", message, address, "when", hint='write it like "0 7 * * mon"')


def known_time_zones(world: World) -> Iterator[Problem]:
    """``time_zone`` is one that computers know."""
    for address, schedule in _declaring(world, "time_zone"):
        if (zone := schedule.get("time_zone")) and zone_named(zone) is None:
            near = did_you_mean(zone, available_timezones()) or "; write it like Europe/Berlin"
            yield world.problem("unknown-time-zone", f'"{zone}" is no IANA time zone{near}', address, "time_zone")


def start_before_until(world: World) -> Iterator[Problem]:
    """The last day on which it may run isn't before the first."""
    for address, schedule in _declaring(world, "start", "until"):
        first, last = schedule.get("start"), schedule.get("until")
        if first and last and last < first:
            message = f"{address} ends on {last}, before it starts on {first}"
            yield world.problem("end-before-start", message, address, "until")


def _declaring(world: World, *names: str) -> Iterator[tuple[Address, Fields]]:
    """Declared schedules that say something about one of the fields, as they would be."""
    for key, schedule in world.of("schedule").items():
        desired = world.declared.get(Address("schedule", key))
        if desired is not None and any(name in desired.fields for name in names):
            yield desired.address, schedule


SCHEDULE_RULES: tuple[Rule, ...] = (readable_times, known_time_zones, start_before_until)
