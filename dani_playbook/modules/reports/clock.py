"""Five cron fields and a time zone -> the next runs, also on the two days a year when a clock is changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dani_playbook.core.dataclass import dataclass

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NextRun:
    """A moment, aware and in UTC, and a sentence where the clock of the zone makes it special."""

    at: datetime
    note: str | None = None


def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone of that name, nothing where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def fault_of(when: str) -> str | None:
    """What is wrong with a cron expression, nothing where it is right."""
    from cronsim import CronSim, CronSimError

    if len(when.split()) != 5:
        return "five fields are needed: minute, hour, day of month, month, day of week"
    try:
        next(CronSim(when, datetime(2024, 1, 1)))  # noqa: DTZ001
    except CronSimError as error:
        return str(error)[:1].lower() + str(error)[1:]
    except StopIteration:
        return "it never comes"
    return None


def next_runs(when: str, zone: ZoneInfo, start: datetime, n: int) -> tuple[NextRun, ...]:
    """The next ``n`` runs after ``start``, an aware moment; fewer where the expression ends.

    ``when`` is read on the zone's own clock. A time that the clock skips runs at the next minute that exists; a time
    that comes twice runs once, the first time.
    """
    runs: list[NextRun] = []
    after = start.astimezone(UTC)
    for wall in _walls(when, start.astimezone(zone)):
        if len(runs) == n:
            break
        run = _placed(wall, zone)
        if run.at > after:
            runs.append(run)
            after = run.at
    return tuple(runs)


def _walls(when: str, start: datetime) -> Iterator[datetime]:
    """Times on a clock that is never changed. Begins a day early: a skipped time moves past later ones."""
    from cronsim import CronSim

    yield from CronSim(when, start.replace(tzinfo=None, fold=0) - timedelta(days=1))


def _placed(wall: datetime, zone: ZoneInfo) -> NextRun:
    local = wall.replace(tzinfo=zone, fold=0)
    at = local.astimezone(UTC)
    clock = f"{wall:%H:%M} on {wall:%Y-%m-%d}"
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        there = _after_gap(at, zone)
        message = f"{clock} doesn't exist in {zone.key}, clocks go forward: runs at {there.astimezone(zone):%H:%M}"
        return NextRun(there, message)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return NextRun(at, f"{clock} comes twice in {zone.key}, clocks go back: runs once, the first time")
    return NextRun(at)


def _after_gap(at: datetime, zone: ZoneInfo) -> datetime:
    """The first minute after a gap. ``at`` is where a skipped time lands, which is at most a gap's width behind it."""
    offset = at.astimezone(zone).utcoffset()
    while (at - _MINUTE).astimezone(zone).utcoffset() == offset:
        at -= _MINUTE
    return at
