"""Timeline: what the playbooks say on a day, and what changes when."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.resource import Declarations, Desired, DesiredState, Glance, Playbooks, Resource
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields, Value
from dani_playbook.language.project import Project
from dani_playbook.language.sets import overlay
from dani_playbook.language.sheets import Resources

DateOf = Callable[[Resource], date]
Derive = Callable[[Fields, date], Mapping[str, Value]]
_STARTS, _LEAVES, _CHANGES = "starts", "leaves", "changes"


def today_in(zone: str, now: datetime) -> date:
    """Which day it is in a time zone at ``now``, which is aware. Raises ``PlaybookError`` for an unknown zone."""
    try:
        return now.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"there is no time zone {zone}"
        raise PlaybookError(message, hint="write it like Europe/Berlin, in dani.yaml") from None


@dataclass(frozen=True, slots=True)
class Dates:
    """The day to ask for a resource: its office's own where that has one."""

    default: date
    by_office: Mapping[str, date] = field(default_factory=dict)

    def __call__(self, resource: Resource) -> date:
        return self.on(resource.fields)

    def on(self, fields: Fields) -> date:
        """The day of whoever has these fields."""
        if not self.by_office:
            return self.default
        return self.by_office.get(str(fields.get("office")), self.default)

    @property
    def one_day(self) -> bool:
        return all(day == self.default for day in self.by_office.values())

    def __str__(self) -> str:
        named = sorted((office, day.isoformat()) for office, day in self.by_office.items() if day != self.default)
        return json.dumps([self.default.isoformat(), *named])


def dates(project: Project, now: datetime, at: date | None = None) -> Dates:
    """``at`` for all, else today in each office's zone, else in the project's."""
    if at is not None:
        return Dates(at)
    by_office = {office: today_in(zone, now) for office, zone in project.offices.items()}
    return Dates(today_in(project.time_zone, now), by_office)


class OnTheDay(Declarations):
    """Resources as they should be on their days, sorted by address, each made when somebody looks at it."""

    def __init__(self, resources: Mapping[Address, Resource], date_of: DateOf, derive: Mapping[str, Derive]) -> None:
        self.resources = resources
        self._date_of = date_of
        self._derive = derive
        self._made: dict[Address, Desired] = {}

    def __getitem__(self, address: Address) -> Desired:
        known = self._made.get(address)
        if known is None:
            resource = self.resources[address]
            known = desired(resource, self._date_of(resource), self._derive.get(resource.address.kind))
            self._made[address] = known
        return known

    def glance(self, address: Address) -> Glance | None:
        said = self.resources.glance(address) if isinstance(self.resources, Resources) else None
        if said is None or not isinstance(self._date_of, Dates):
            return None
        derive = self._derive.get(address.kind)
        fields = said.fields
        follows = derive(fields, self._date_of.on(fields)) if derive else None
        return Glance({**fields, **follows}, said.file) if follows else said

    def put_away(self) -> None:
        if isinstance(self.resources, Resources):
            self.resources.put_away()

    def __contains__(self, address: object) -> bool:
        return address in self.resources

    def __iter__(self) -> Iterator[Address]:
        return iter(self.resources)

    def __len__(self) -> int:
        return len(self.resources)


def desired_state(
    playbooks: Playbooks,
    date_of: DateOf,
    as_of: date,
    derive: Mapping[str, Derive],
    whole: bool = True,
) -> DesiredState:
    """Every resource as it should be on its day. ``derive`` is by kind; ``as_of`` is the project's day."""
    resources = playbooks.resources
    in_order = resources if isinstance(resources, Resources) else dict(sorted(resources.items()))
    known = date_of if isinstance(date_of, Dates) else None
    return DesiredState(
        as_of=as_of,
        resources=OnTheDay(in_order, date_of, derive),
        sheets=playbooks.sheets,
        days=str(known) if known else "",
        one_day=known is not None and known.one_day and known.default == as_of,
        moves=playbooks.moves,
        files=playbooks.files,
        covered=playbooks.covered,
        whole=whole,
    )


def desired(resource: Resource, as_of: date, derive: Derive | None = None) -> Desired:
    """One resource on ``as_of``: dated entries laid over its fields, what live owns left out, what follows put in."""
    fields, sources, since = _dated(resource, as_of)
    ignored = {name for name, item in resource.ignore.items() if item.until is None or as_of < item.until}
    for name in ignored:
        fields.pop(name, None)
        since.pop(name, None)
    follows = derive(fields, as_of) if derive else {}
    derived = {name: value for name, value in follows.items() if name not in ignored}
    changed = frozenset(name for name, value in derived.items() if name not in fields or fields[name] != value)
    return Desired(
        resource=resource,
        as_of=as_of,
        fields={**fields, **derived},
        sources=sources,
        since=since,
        derived=changed,
    )


def _dated(resource: Resource, as_of: date) -> tuple[dict[str, Value], Mapping[str, Source], dict[str, date]]:
    fields = dict(resource.fields)
    if not resource.upcoming:
        return fields, resource.sources, {}
    sources = dict(resource.sources)
    since: dict[str, date] = {}
    for entry in resource.upcoming:
        if entry.on > as_of:
            break
        for name, value in entry.fields.items():
            fields[name] = overlay(value, fields.get(name))
            sources[name] = entry.sources[name]
            since[name] = entry.on
    return fields, sources, since


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What changes at one address on one day: ``starts``, ``leaves`` or ``changes``.

    ``before`` and ``after`` have the fields that differ from the day before, in the order of their names. ``due`` is
    whether the day has come.
    """

    on: date
    address: Address
    what: str
    before: Fields
    after: Fields
    source: Source
    due: bool


def events(
    playbooks: Playbooks,
    date_of: DateOf,
    derive: Mapping[str, Derive],
    *,
    address: Address | None = None,
    past: bool = False,
) -> tuple[Event, ...]:
    """What changes when, by day and address.

    Without ``past`` a start or an end before the resource's day is left out; dated entries stay as long as they stand
    in the files.
    """
    found = [
        event
        for resource in playbooks.resources.values()
        if address in (None, resource.address) and not resource.absent
        for event in _events(resource, date_of(resource), derive.get(resource.address.kind), past)
    ]
    return tuple(sorted(found, key=lambda event: (event.on, event.address)))


def _events(resource: Resource, today: date, derive: Derive | None, past: bool) -> Iterator[Event]:
    entries = {entry.on: entry for entry in resource.upcoming}
    for day in sorted({*entries, *_employment_days(resource)}):
        if day < today and not past and day not in entries:
            continue
        now, was = desired(resource, day, derive), desired(resource, day - timedelta(days=1), derive)
        what = _what(now.fields, day)
        names = sorted(name for name in {*now.fields, *was.fields} if now.fields.get(name) != was.fields.get(name))
        if not names and what == _CHANGES:
            continue
        yield Event(
            on=day,
            address=resource.address,
            what=what,
            before={name: was.fields.get(name) for name in names},
            after={name: now.fields.get(name) for name in names},
            source=entries[day].source if day in entries else _employment_source(now, what),
            due=day <= today,
        )


def _employment_days(resource: Resource) -> Iterator[date]:
    said: list[Any] = [resource.fields, *(entry.fields for entry in resource.upcoming)]
    for fields in said:
        for name in ("start_date", "end_date"):
            value = fields.get(name)
            if isinstance(value, str) and value > date.min.isoformat():
                yield date.fromisoformat(value)


def _what(fields: Fields, day: date) -> str:
    if fields.get("start_date") == day.isoformat():
        return _STARTS
    return _LEAVES if fields.get("end_date") == day.isoformat() else _CHANGES


def _employment_source(now: Desired, what: str) -> Source:
    return now.source_of("start_date" if what == _STARTS else "end_date")
