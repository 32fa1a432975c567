"""What follows from dates, and the words for changes."""

from datetime import date
from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Reason, Verb
from tests.modules.world import DICTIONARY, KINDS, TODAY

derive = KINDS["user"].derive
PAST, TODAY_TEXT, FUTURE = "2020-01-01", TODAY.isoformat(), "2026-12-01"
HERE, TO_COME, GONE = (
    {"status": "active", "enabled": True},
    {"status": "prehire", "enabled": False},
    {"status": "left", "enabled": False},
)
CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"job_title": "Lead", "enabled": False}, {}),
    ({"start_date": PAST}, HERE),
    ({"start_date": TODAY_TEXT}, HERE),
    ({"start_date": FUTURE}, TO_COME),
    ({"start_date": FUTURE, "status": "active"}, TO_COME),
    ({"start_date": PAST, "end_date": TODAY_TEXT}, GONE),
    ({"start_date": PAST, "end_date": PAST, "status": "active"}, GONE),
    ({"start_date": PAST, "end_date": PAST, "status": "active", "enabled": True}, GONE),
    ({"start_date": PAST, "end_date": FUTURE}, HERE),
    ({"status": "active"}, HERE),
    ({"status": "left", "start_date": PAST}, GONE),
    ({"status": "prehire", "start_date": PAST}, TO_COME),
    ({"status": "leave", "start_date": PAST}, {"status": "leave", "enabled": True}),
    ({"status": "suspended", "start_date": PAST}, {"status": "suspended", "enabled": False}),
    ({"status": "leave", "start_date": FUTURE}, TO_COME),
    ({"status": "suspended", "end_date": PAST}, GONE),
    ({"start_date": PAST, "enabled": False}, {"status": "active", "enabled": False}),
    ({"start_date": FUTURE, "enabled": True}, {"status": "prehire", "enabled": True}),
]


@pytest.mark.parametrize(("fields", "wanted"), CASES, ids=[str(fields) for fields, _ in CASES])
def test_status_and_enabled_follow_from_the_dates(fields: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert derive(fields, TODAY) == wanted


@pytest.mark.parametrize(("fields", "wanted"), CASES, ids=[str(fields) for fields, _ in CASES])
def test_deriving_twice_is_as_once(fields: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert derive({**fields, **derive(fields, TODAY)}, TODAY) == wanted


def test_a_status_once_derived_doesn_t_outlive_its_day() -> None:
    fields = {"start_date": FUTURE}
    assert derive(fields, date(2026, 11, 30)) == TO_COME
    assert derive(fields, date(2026, 12, 1)) == HERE


def change(kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, verb: Verb = Verb.UPDATE) -> Change:
    names = sorted({*(before or {}), *(after or {})})
    fields = tuple(
        FieldChange(name=name, before=(before or {}).get(name), after=(after or {}).get(name), reason=Reason.DECLARED)
        for name in names
        if (before or {}).get(name) != (after or {}).get(name)
    )
    return Change(
        address=Address(kind, "it"),
        verb=verb,
        reason=Reason.DECLARED,
        before=before,
        after=after,
        fields=fields,
        deletes=verb is Verb.REMOVE and after is None,
    )


MARKS: list[tuple[str | None, Change]] = [
    ("hire", change("user", None, {"status": "active"}, Verb.CREATE)),
    ("hire", change("user", None, {"status": "prehire"}, Verb.CREATE)),
    ("hire", change("user", None, {"email": "a@x.example"}, Verb.CREATE)),
    (None, change("user", None, {"status": "left"}, Verb.CREATE)),
    ("leaver", change("user", {"status": "active"}, {"status": "left"}, Verb.REMOVE)),
    ("leaver", change("user", {"status": "active", "department": "a"}, {"status": "left", "department": "b"})),
    (None, change("user", {"status": "left"}, {"status": "left"}, Verb.REMOVE)),
    ("deletion", change("user", {"status": "left"}, None, Verb.REMOVE)),
    ("start", change("user", {"status": "prehire", "enabled": False}, {"status": "active", "enabled": True})),
    ("rehire", change("user", {"status": "left", "enabled": False}, {"status": "active", "enabled": True})),
    ("rehire", change("user", {"status": "left"}, {"status": "prehire"})),
    ("reactivation", change("user", {"enabled": False}, {"enabled": True})),
    ("reactivation", change("user", {"status": "suspended"}, {"status": "active"})),
    ("suspension", change("user", {"status": "active"}, {"status": "suspended"})),
    ("leave", change("user", {"status": "active"}, {"status": "leave"})),
    ("return", change("user", {"status": "leave"}, {"status": "active"})),
    ("transfer", change("user", {"department": "a", "job_title": "x"}, {"department": "b", "job_title": "y"})),
    ("promotion", change("user", {"job_title": "x", "salary": 1}, {"job_title": "y", "salary": 2})),
    ("pay", change("user", {"salary": 1}, {"salary": 2})),
    ("rename", change("user", {"last_name": "x"}, {"last_name": "y"})),
    (None, change("user", {"mobile": "1"}, {"mobile": "2"})),
    ("transfer", change("user", {"department": "a"}, {"department": "b"}, Verb.ADOPT)),
    (None, change("user", {"email": "a"}, {"email": "a"}, Verb.ADOPT)),
    ("closure", change("department", {"status": "active"}, {"status": "closed"}, Verb.REMOVE)),
    (None, change("department", {"status": "active"}, None, Verb.REMOVE)),
    ("reorganisation", change("department", {"parent": "a"}, {"parent": "b"})),
    (None, change("department", None, {"parent": "b"}, Verb.CREATE)),
    ("membership", change("group", {"members": ()}, {"members": ("a",)})),
    (None, change("group", None, {"members": ("a",)}, Verb.CREATE)),
    ("opening", change("job", None, {"status": "open"}, Verb.CREATE)),
    ("closing", change("job", {"status": "open"}, {"status": "closed"}, Verb.REMOVE)),
    ("closing", change("job", {"status": "open"}, {"status": "filled"})),
    (None, change("job", None, {"status": "draft"}, Verb.CREATE)),
    ("stop", change("schedule", {"enabled": True}, {"enabled": False}, Verb.REMOVE)),
    ("restart", change("schedule", {"enabled": False}, {"enabled": True})),
    ("remapping", change("powerapps", {"field_mapping": ()}, {"field_mapping": (1,)})),
    ("disconnection", change("powerapps", {"enabled": True}, {"enabled": False})),
    ("connection", change("powerapps", {"enabled": False}, {"enabled": True})),
    (None, change("setting", {"value": 1}, {"value": 2})),
]


@pytest.mark.parametrize(("mark", "made"), MARKS, ids=[f"{mark} {n}" for n, (mark, _) in enumerate(MARKS)])
def test_a_change_has_the_word_that_hr_people_use(mark: str | None, made: Change) -> None:
    assert KINDS[made.address.kind].mark(made) == mark


def test_every_word_is_on_the_list_of_its_kind() -> None:
    for mark, made in MARKS:
        assert mark is None or mark in KINDS[made.address.kind].marks


def test_a_field_that_is_only_released_has_no_word() -> None:
    moved = change("user", {"department": "a"}, {"department": "b"})
    released = FieldChange(name="department", before="a", after="a", reason=Reason.RELEASED, writes=False)
    quiet = Change(
        address=moved.address, verb=Verb.RELEASE, reason=Reason.RELEASED, before=moved.before, fields=(released,)
    )
    assert KINDS["user"].mark(quiet) is None


def test_every_field_of_the_dictionary_has_a_place_and_no_other_has() -> None:
    for kind in KINDS.values():
        assert set(kind.binding.fields) == set(DICTIONARY.kinds[kind.spec.name].fields)
        assert kind.binding.kind == kind.spec.name
