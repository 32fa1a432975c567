from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.resource import Ignored, Playbooks, Resource, Upcoming
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields, SetEdit, Value
from dani_playbook.language.project import Project
from dani_playbook.language.timeline import dates, desired, desired_state, events, today_in

ANNA = Address("user", "anna")
PLACE = Source("a.yaml", 1)
LATER = Source("a.yaml", 9)


def _entry(on: str, **fields: Value) -> Upcoming:
    return Upcoming(on=date.fromisoformat(on), fields=fields, sources=dict.fromkeys(fields, LATER), source=LATER)


def _anna(*upcoming: Upcoming, ignore: Mapping[str, Ignored] | None = None, **fields: Value) -> Resource:
    sources = dict.fromkeys(fields, PLACE)
    return Resource(address=ANNA, fields=fields, source=PLACE, sources=sources, upcoming=upcoming, ignore=ignore or {})


def _status(fields: Fields, as_of: date) -> dict[str, Value]:
    if "start_date" not in fields:
        return {}
    return {"status": "prehire" if fields["start_date"] > as_of.isoformat() else "active"}


@pytest.mark.parametrize(
    ("on", "title", "since"),
    [("2026-11-30", "A", None), ("2026-12-01", "B", "2026-12-01"), ("2027-06-01", "C", "2027-01-01")],
)
def test_dated_entries_hold_from_their_day_on(on: str, title: str, since: str | None):
    anna = _anna(_entry("2026-12-01", job_title="B"), _entry("2027-01-01", job_title="C"), job_title="A")
    found = desired(anna, date.fromisoformat(on))
    assert found.fields == {"job_title": title}
    assert found.since == ({"job_title": date.fromisoformat(since)} if since else {})
    assert found.source_of("job_title") == (LATER if since else PLACE)


def test_a_dated_edit_of_a_set_changes_the_set():
    anna = _anna(_entry("2026-12-01", roles=SetEdit(add=("b",), remove=("a",))), roles=("a", "c"))
    assert desired(anna, date(2026, 12, 1)).fields["roles"] == ("b", "c")


def test_edits_of_a_set_that_nobody_declared_add_up():
    anna = _anna(_entry("2026-12-01", roles=SetEdit(add=("b",), remove=("a",))), roles=SetEdit(add=("a",)))
    assert desired(anna, date(2026, 12, 1)).fields["roles"] == SetEdit(add=("b",), remove=("a",))


def test_a_field_is_ignored_until_the_day_on_which_the_playbook_owns_it_again():
    anna = _anna(ignore={"office": Ignored(until=date(2026, 12, 1)), "locale": Ignored()}, office="B", locale="de")
    assert desired(anna, date(2026, 11, 30)).fields == {}
    assert desired(anna, date(2026, 12, 1)).fields == {"office": "B"}


def test_what_follows_overrules_what_is_declared_unless_live_owns_it():
    anna = _anna(start_date="2026-12-01", status="active")
    found = desired(anna, date(2026, 11, 1), _status)
    assert (found.fields["status"], found.derived) == ("prehire", frozenset({"status"}))
    found = desired(anna, date(2026, 12, 1), _status)
    assert (found.fields["status"], found.derived) == ("active", frozenset())
    ignoring = _anna(ignore={"status": Ignored()}, start_date="2026-12-01")
    assert "status" not in desired(ignoring, date(2026, 11, 1), _status).fields


def test_the_day_is_asked_in_the_office_of_the_person():
    project = Project(root=Path(), time_zone="UTC", offices={"Auckland": "Pacific/Auckland"})
    date_of = dates(project, datetime(2026, 11, 30, 20, tzinfo=UTC))
    assert date_of(_anna(office="Auckland")) == date(2026, 12, 1)
    assert date_of(_anna(office="Berlin")) == date(2026, 11, 30)
    assert dates(project, datetime(2026, 11, 30, tzinfo=UTC), date(2027, 1, 1))(_anna()) == date(2027, 1, 1)


@pytest.mark.parametrize("zone", ["Europe/Berln", "", "../etc/passwd", "/etc/passwd"])
def test_an_unknown_zone_is_an_error_for_people(zone: str):
    with pytest.raises(PlaybookError, match="no time zone"):
        today_in(zone, datetime(2026, 1, 1, tzinfo=UTC))


def test_the_desired_state_is_sorted_and_keeps_what_was_read():
    ben = Resource(address=Address("user", "ben"), fields={}, source=PLACE)
    playbooks = Playbooks(resources={ben.address: ben, ANNA: _anna()}, files=("a.yaml",), covered=("playbooks",))
    state = desired_state(playbooks, lambda resource: date(2026, 1, 1), date(2026, 1, 1), {}, whole=False)
    assert list(state.resources) == [ANNA, ben.address]
    assert (state.files, state.covered, state.whole) == (("a.yaml",), ("playbooks",), False)


def test_events_say_what_starts_changes_and_ends():
    anna = _anna(
        _entry("2026-12-15", office="Toronto"), start_date="2026-12-01", end_date="2027-01-31", office="Berlin"
    )
    playbooks = Playbooks(resources={ANNA: anna})
    found = events(playbooks, lambda resource: date(2026, 12, 1), {"user": _status})
    assert [
        (event.on.isoformat(), event.what, dict(event.before), dict(event.after), event.due) for event in found
    ] == [
        ("2026-12-01", "starts", {"status": "prehire"}, {"status": "active"}, True),
        ("2026-12-15", "changes", {"office": "Berlin"}, {"office": "Toronto"}, False),
        ("2027-01-31", "leaves", {}, {}, False),
    ]
    assert found[1].source == LATER


def test_what_is_past_is_told_when_asked_for():
    playbooks = Playbooks(resources={ANNA: _anna(start_date="2020-01-01")})
    assert events(playbooks, lambda resource: date(2026, 1, 1), {}) == ()
    assert len(events(playbooks, lambda resource: date(2026, 1, 1), {}, past=True)) == 1


def test_events_of_one_address_are_told_alone():
    ben = Resource(address=Address("user", "ben"), fields={"start_date": "2027-01-01"}, source=PLACE)
    playbooks = Playbooks(resources={ANNA: _anna(start_date="2027-01-01"), ben.address: ben})
    found = events(playbooks, lambda resource: date(2026, 1, 1), {}, address=ben.address)
    assert [event.address for event in found] == [ben.address]
