"""Coding: resources as plain JSON and back, for the cache and between processes that are ours.

A value stands as it is, unless its column is said to be coded: then a list is a list, a mapping ``{"m": …}``, a
reference to a secret ``{"s": uri}`` and a partial set ``{"a": […], "r": […]}``.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dani_playbook.core.resource import Ignored, Upcoming
from dani_playbook.core.source import Source
from dani_playbook.core.values import SecretRef, SetEdit, Value

Plain = Any
"""What JSON knows."""


def is_plain(value: Value) -> bool:
    """Whether JSON gives a value back as it was."""
    kind = type(value)
    if kind is str or value is None or kind is bool or kind is int:
        return True
    return kind is dict and all(map(is_plain, value.values()))


def coded(value: Value) -> Plain:
    """A value in a coded column."""
    if isinstance(value, tuple):
        return [coded(item) for item in value]
    if isinstance(value, Mapping):
        return {"m": {name: coded(item) for name, item in value.items()}}
    if isinstance(value, SecretRef):
        return {"s": value.uri}
    if isinstance(value, SetEdit):
        return {"a": coded(value.add), "r": coded(value.remove)}
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no code")


def decoded(plain: Plain) -> Value:
    """The inverse of ``coded``."""
    if isinstance(plain, list):
        return tuple([item if type(item) is str else decoded(item) for item in plain])
    if not isinstance(plain, dict):
        return plain
    if "m" in plain:
        return {name: decoded(item) for name, item in plain["m"].items()}
    return SecretRef(plain["s"]) if "s" in plain else SetEdit(decoded(plain["a"]), decoded(plain["r"]))


def coded_ignored(ignore: Mapping[str, Ignored]) -> Plain:
    """Fields that live owns."""
    return {name: [item.why, item.until.isoformat() if item.until else None] for name, item in ignore.items()}


def decoded_ignored(plain: Plain) -> dict[str, Ignored]:
    """The inverse of ``coded_ignored``."""
    return {
        name: Ignored(why=why, until=date.fromisoformat(until) if until else None)
        for name, (why, until) in plain.items()
    }


def coded_upcoming(entries: tuple[Upcoming, ...]) -> Plain:
    """Dated entries, without their places."""
    return [[entry.on.isoformat(), {name: coded(value) for name, value in entry.fields.items()}] for entry in entries]


def upcoming_places(entries: tuple[Upcoming, ...]) -> Plain:
    """Where dated entries were written."""
    return [[{name: list(source) for name, source in entry.sources.items()}, list(entry.source)] for entry in entries]


def decoded_upcoming(plain: Plain, places: Plain) -> tuple[Upcoming, ...]:
    """The inverse of both."""
    return tuple(
        Upcoming(
            on=date.fromisoformat(on),
            fields={name: decoded(value) for name, value in fields.items()},
            sources={name: Source(*source) for name, source in sources.items()},
            source=Source(*source),
        )
        for (on, fields), (sources, source) in zip(plain, places, strict=True)
    )
