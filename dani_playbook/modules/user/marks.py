"""The words HR people use for changes of people, departments and groups."""

from collections.abc import Callable

from dani_playbook.core.change import Change, Verb

USER_MARKS = (
    "hire",
    "start",
    "leaver",
    "deletion",
    "rehire",
    "reactivation",
    "suspension",
    "leave",
    "return",
    "transfer",
    "promotion",
    "pay",
    "rename",
)
DEPARTMENT_MARKS = ("closure", "reorganisation")
GROUP_MARKS = ("membership",)

_BY_FIELD = (
    ("transfer", ("department",)),
    ("promotion", ("job_title", "grade")),
    ("pay", ("salary", "pay_period")),
    ("rename", ("email", "last_name", "username")),
)
_BY_STATUS: tuple[tuple[str, Callable[[object, object], bool]], ...] = (
    ("leaver", lambda before, after: after == "left"),
    ("rehire", lambda before, after: before == "left"),
    ("start", lambda before, after: before == "prehire" and after == "active"),
    ("suspension", lambda before, after: after == "suspended"),
    ("reactivation", lambda before, after: before == "suspended"),
    ("leave", lambda before, after: after == "leave"),
    ("return", lambda before, after: before == "leave" and after == "active"),
)


def user_mark(change: Change) -> str | None:
    """One word of ``USER_MARKS``, the weightiest that fits: what becomes of the person before what of the record."""
    if change.verb is Verb.CREATE:
        return "hire" if (change.after or {}).get("status") != "left" else None
    if change.deletes:
        return "deletion"
    return _status_mark(change) or _enabled_mark(change) or _field_mark(change)


def _status_mark(change: Change) -> str | None:
    written = change.written
    before = (change.before or {}).get("status")
    if "status" not in written:
        return None
    return next((mark for mark, fits in _BY_STATUS if fits(before, written["status"])), None)


def _enabled_mark(change: Change) -> str | None:
    was = (change.before or {}).get("enabled")
    return "reactivation" if was is False and change.written.get("enabled") is True else None


def _field_mark(change: Change) -> str | None:
    written = change.written
    return next((mark for mark, names in _BY_FIELD if any(name in written for name in names)), None)


def department_mark(change: Change) -> str | None:
    """``closure`` when an existing one is closed, ``reorganisation`` when it moves below another."""
    if change.verb is Verb.CREATE:
        return None
    if change.written.get("status") == "closed":
        return "closure"
    return "reorganisation" if "parent" in change.written else None


def group_mark(change: Change) -> str | None:
    """``membership`` when people of an existing group change."""
    people = "members" in change.written or "owners" in change.written
    return "membership" if people and change.verb is not Verb.CREATE else None
