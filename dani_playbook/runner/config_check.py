"""What is wrong with a configuration: its schema, and what a schema can't say."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.documents import Document
from dani_playbook.runner.schema_check import schema_problems

_PASSWORD = "a password stands in the address of the database"
_REFERENCE = "write ?password=env:NAME behind it and set that variable, or use PGPASSWORD; and change the password"
_BRAKES = frozenset({"limits", "protected", "freezes"})
_SHAPES = {"database": "write sqlite:///FILE or postgresql://USER@HOST:PORT/NAME"}


def check_document(document: Document, schema: Mapping[str, Any]) -> list[Problem]:
    """Every problem of a configuration file, each with its place."""
    problems = schema_problems(document.content, schema, document.file)
    if problems:
        return problems
    kinds = schema["$defs"]["removal"]["properties"]
    return [
        *_beyond(document.content, document.file),
        *_of_environments(document),
        *_of_brakes(document, kinds),
    ]


def check_values(values: Mapping[str, str], schema: Mapping[str, Any]) -> list[Problem]:
    """The same for settings that variables say, by setting. They have no place; messages name the variable."""
    return [
        Problem(
            code="bad-setting",
            message=f"DANI_{name.upper()}: {wrong or 'not written as it should be'}",
            hint=_SHAPES.get(name) or _description(schema, name),
        )
        for name, value in values.items()
        if (wrong := _wrong_value(name, value)) or schema_problems({"version": 1, name: value}, schema, "")
    ]


def _description(schema: Mapping[str, Any], name: str) -> str | None:
    rule = schema["properties"][name]
    if "$ref" in rule:
        rule = schema["$defs"][rule["$ref"].rpartition("/")[2]]
    said: str | None = rule.get("description")
    return said


def _of_brakes(document: Document, kinds: Iterable[str]) -> Iterable[Problem]:
    """What knows of limits is only loaded where some are set: until the settings are read nothing else is done."""
    if not document.content.keys() & _BRAKES:
        return ()
    from dani_playbook.runner.brake_check import check_brakes

    return check_brakes(document.content, document.file, kinds)


def _of_environments(document: Document) -> Iterable[Problem]:
    for environment in (document.content.get("environments") or {}).values():
        yield from _beyond(environment or {}, document.file)


def _beyond(content: Any, file: str) -> Iterable[Problem]:
    """What needs more than a schema."""
    for name in ("database", "playbooks", "time_zone", "bindings"):
        wrong = _wrong_value(name, content[name]) if name in content else None
        if wrong:
            yield Problem(code="bad-setting", message=wrong, source=Source(file, *content.at(name)), field=name)
    if _has_password(content.get("database", "")):
        # the line itself must not be shown
        source = Source(file, *content.at("database"))
        yield Problem(code="secret-in-clear", message=_PASSWORD, related=(source,), field="database", hint=_REFERENCE)
    offices: Any = content.get("offices") or {}
    for office, zone in offices.items():
        if wrong := _wrong_zone(zone):
            yield Problem(code="bad-setting", message=wrong, source=Source(file, *offices.at(office)), field="offices")


def _wrong_value(name: str, value: Any) -> str | None:
    if name == "time_zone":
        return _wrong_zone(value)
    if name == "playbooks":
        return _outside(value, "the folder of the playbooks")
    if name == "bindings" and isinstance(value, str):
        return _outside(value, "the file of the bindings")
    return None


def _wrong_zone(zone: str) -> str | None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return f'"{zone}" is no time zone{did_you_mean(zone, _zones())}'
    return None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _outside(said: str, what: str) -> str | None:
    path = PurePosixPath(said)
    if path.is_absolute() or ".." in path.parts:
        return f"{what} must lie inside the project"
    return None


def _has_password(url: str) -> bool:
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query)).get("password", "env:")
    return ":" in parts.netloc.rpartition("@")[0] or not said.startswith("env:")
