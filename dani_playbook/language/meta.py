"""Meta: the keys of a resource that are about it, not fields of it."""

from datetime import date
from typing import Any

from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.resource import Ignored
from dani_playbook.core.source import Source
from dani_playbook.language.formats import is_day
from dani_playbook.language.marks import Items, Map, Place
from dani_playbook.language.report import Report

NAMES = frozenset(("template", "upcoming", "state", "protect", "ignore"))


def day(text: Any, place: Place, report: Report) -> date | None:
    """A day as written, like 2026-12-01."""
    if isinstance(text, str) and is_day(text):
        return date.fromisoformat(text)
    shown = f'"{text}"' if isinstance(text, str) else "this"
    report.problem("bad-date", f"{shown} is not a day of the calendar, like 2026-12-01", place)
    return None


def template(body: Map, report: Report) -> tuple[tuple[str, Source], ...] | None:
    """Names of templates with their places, in the order written."""
    value = body.get("template")
    if value is None:
        return None
    named = [(value, body.at("template"))]
    if isinstance(value, Items):
        named = [(item, value.at(index)) for index, item in enumerate(value)]
    if not all(isinstance(name, str) for name, _ in named):
        report.problem("wrong-type", "template must be a name or a list of names", body.at("template"))
        return None
    return tuple((name, report.source(place)) for name, place in named)


def absent(body: Map, report: Report) -> bool | None:
    """Whether ``state`` says absent; nothing where it isn't written."""
    value = body.get("state")
    if value is None:
        return None
    if value not in ("present", "absent"):
        near = did_you_mean(value, ("present", "absent")) if isinstance(value, str) else ""
        report.problem("not-a-choice", f"state must be one of present, absent{near}", body.at("state"))
        return None
    return bool(value == "absent")


def protect(body: Map, report: Report) -> bool | None:
    """What ``protect`` says; nothing where it isn't written."""
    value = body.get("protect")
    if value is not None and not isinstance(value, bool):
        report.problem("wrong-type", "protect must be true or false", body.at("protect"))
        return None
    return value


def ignore(body: Map, kind: KindSpec, report: Report) -> dict[str, Ignored]:
    """Fields that live owns: a list of names, or a mapping of names to ``{why, until}``."""
    value = body.get("ignore")
    if value is None:
        return {}
    if isinstance(value, Items):
        named = {name: (Ignored(), value.at(index)) for index, name in enumerate(value) if isinstance(name, str)}
        complete = len(value) == sum(isinstance(name, str) for name in value)
    else:
        complete = isinstance(value, Map)
        named = {name: (_ignored(name, value, report), value.key_place(name)) for name in value} if complete else {}
    if not complete:
        report.problem("wrong-type", "ignore must be a list of fields, or say why and until", body.at("ignore"))
    for name, (_, place) in named.items():
        if name not in kind.fields:
            message = f"{kind.name} has no field {name}{did_you_mean(name, kind.fields)}"
            report.problem("unknown-field", message, place, field=name)
    return {name: item for name, (item, _) in named.items() if name in kind.fields}


def _ignored(name: str, entries: Map, report: Report) -> Ignored:
    value = entries[name]
    if value is None:
        return Ignored()
    if not isinstance(value, Map) or set(value) - {"why", "until"} or not isinstance(value.get("why", ""), str):
        report.problem("wrong-type", "write why and until, like {why: …, until: 2026-12-01}", entries.at(name))
        return Ignored()
    until = day(value["until"], value.at("until"), report) if "until" in value else None
    return Ignored(why=value.get("why"), until=until)
