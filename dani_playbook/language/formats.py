"""Formats: what JSON Schema's ``format`` means here."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlsplit

from dani_playbook.core.normalize import iso_moment

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_EMAIL = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\Z")


def is_day(text: str) -> bool:
    """A day that is in the calendar, written 2026-12-01."""
    if not _DAY.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_moment(text: str) -> bool:
    """A moment with its zone."""
    try:
        iso_moment(text)
    except (ValueError, OverflowError):
        return False
    return True


def is_email(text: str) -> bool:
    """One address; that somebody reads it is not asked."""
    return bool(_EMAIL.match(text)) and ".." not in text


def is_uri(text: str) -> bool:
    """An https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", text)


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": is_day,
    "date-time": is_moment,
    "email": is_email,
    "uri": is_uri,
}
