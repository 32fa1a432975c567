"""Where a person stands on a day: what follows from the dates, and what others may rely on."""

from collections.abc import Mapping
from datetime import date

from dani_playbook.core.values import Fields, Value

_DECIDES = ("start_date", "end_date", "status")
_HELD = ("left", "prehire")
_BETWEEN = ("leave", "suspended")
_SIGNS_IN = ("active", "leave")


def derive(fields: Fields, as_of: date) -> Mapping[str, Value]:
    """Status and enabled as they follow from declared ``fields`` on a day.

    A declared ``left`` or ``prehire`` holds. Everything else is capped by the dates: nobody is there before the
    start date or from the end date on. A declared ``enabled`` holds, but for who has left.
    """
    if not any(name in fields for name in _DECIDES):
        return {}
    status = _status(fields, as_of.isoformat())
    enabled = fields.get("enabled")
    if enabled is None or status == "left":
        enabled = status in _SIGNS_IN
    return {"status": status, "enabled": enabled}


def _status(fields: Fields, day: str) -> str:
    declared = fields.get("status")
    start, end = fields.get("start_date"), fields.get("end_date")
    if declared in _HELD:
        return str(declared)
    if end and end <= day:
        return "left"
    if start and start > day:
        return "prehire"
    return str(declared) if declared in _BETWEEN else "active"


def has_left(person: Fields, day: str) -> bool:
    """Whether the person is gone on ``day``, an ISO date."""
    end = person.get("end_date")
    return person.get("status") == "left" or bool(end and end <= day)


def absence(person: Fields, day: str) -> str | None:
    """Why nobody can rely on the person on ``day``: ``left``, ``not-started`` or ``suspended``; else nothing.

    Somebody on leave can be relied on.
    """
    start, status = person.get("start_date"), person.get("status")
    if has_left(person, day):
        return "left"
    if start > day if start else status == "prehire":
        return "not-started"
    if status == "suspended" or (status is None and person.get("enabled") is False):
        return "suspended"
    return None
