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
from dani_playbook.language.quick import predicate
from dani_playbook.language.schema import look_up
from dani_playbook.runner.brake_check import check_brakes

_FILE = "config.schema.json"
_PASSWORD = "a password stands in the address of the database"
_REFERENCE = "write ?password=env:NAME behind it and set that variable, or use PGPASSWORD; and change the password"
_SHAPES = {"database": "write sqlite:///FILE or postgresql://USER@HOST:PORT/NAME"}
_TYPES = {"object": "a mapping", "string": "a text", "array": "a list", "integer": "a whole number"}


def check_document(document: Document, schema: Mapping[str, Any]) -> list[Problem]:
    """Every problem of a configuration file, each with its place."""
    problems = [
        problem
        for error in _errors(document.content, schema)
        for problem in _explained(error, document.content, document.file)
    ]
    if problems:
        return problems
    kinds = schema["$defs"]["removal"]["properties"]
    return [
        *_beyond(document.content, document.file),
        *_of_environments(document),
        *check_brakes(document.content, document.file, kinds),
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
        if (wrong := _wrong_value(name, value)) or _errors({"version": 1, name: value}, schema)
    ]


def _errors(content: Any, schema: Mapping[str, Any]) -> list[Any]:
    if accepts_quickly(content, schema):
        return []
    from jsonschema import Draft202012Validator

    return list(Draft202012Validator(schema).iter_errors(content))


def accepts_quickly(content: Any, schema: Mapping[str, Any]) -> bool:
    """True only for what is surely right; it saves loading jsonschema in nearly every call."""
    return predicate(schema, _FILE, lambda reference, file: look_up({_FILE: schema}, reference, file))(content)


def _description(schema: Mapping[str, Any], name: str) -> str | None:
    rule = schema["properties"][name]
    if "$ref" in rule:
        rule = schema["$defs"][rule["$ref"].rpartition("/")[2]]
    said: str | None = rule.get("description")
    return said


def _explained(error: Any, content: Any, file: str) -> Iterable[Problem]:
    path = list(error.absolute_path)
    dotted = ".".join(str(step) for step in path)
    if error.validator == "additionalProperties":
        yield from _unknown(error, content, path, file)
    elif error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        hint = f"write a line: {missing}: 1" if missing == "version" else None
        yield Problem(code="missing-setting", message=f'"{missing}" is missing', source=Source(file, 1), hint=hint)
    elif error.validator in ("enum", "const"):
        yield _choice(error, dotted or "the file", _source(content, path, file))
    else:
        yield _malformed(error, dotted or "the file", _source(content, path, file))


def _unknown(error: Any, content: Any, path: list[Any], file: str) -> Iterable[Problem]:
    known = error.schema["properties"]
    for name in error.instance:
        if name not in known:
            message = f'"{name}" is no setting{did_you_mean(name, known)}'
            hint = f"settings that may stand here: {', '.join(known)}"
            source = Source(file, *error.instance.key_place(name))
            yield Problem(code="unknown-setting", message=message, source=source, field=name, hint=hint)


def _choice(error: Any, dotted: str, source: Source) -> Problem:
    choices = [error.validator_value] if error.validator == "const" else list(error.validator_value)
    words = ", ".join(str(choice) for choice in choices)
    near = did_you_mean(str(error.instance), [str(choice) for choice in choices])
    start = "must be" if len(choices) == 1 else "must be one of:"
    return Problem(code="bad-setting", message=f'"{dotted}" {start} {words}{near}', source=source)


def _malformed(error: Any, dotted: str, source: Source) -> Problem:
    if error.validator == "type":
        wanted = _TYPES.get(str(error.validator_value), str(error.validator_value))
        return Problem(code="bad-setting", message=f'"{dotted}" must be {wanted}', source=source)
    hint = error.schema.get("description")
    if "propertyNames" in error.absolute_schema_path:
        message = f'"{error.instance}" can\'t be a name in "{dotted}"'
        return Problem(code="bad-setting", message=message, source=source, hint="use letters, digits and _")
    return Problem(code="bad-setting", message=f'"{dotted}" is not written as it should be', source=source, hint=hint)


def _source(content: Any, path: list[Any], file: str) -> Source:
    container, place = content, (1, 1, 0)
    for step in path:
        place = container.at(step)
        container = container[step]
    return Source(file, *place)


def _of_environments(document: Document) -> Iterable[Problem]:
    for environment in (document.content.get("environments") or {}).values():
        yield from _beyond(environment or {}, document.file)


def _beyond(content: Any, file: str) -> Iterable[Problem]:
    """What needs more than a schema."""
    for name in ("database", "playbooks", "time_zone"):
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


def _wrong_value(name: str, value: str) -> str | None:
    if name == "time_zone":
        return _wrong_zone(value)
    if name == "playbooks":
        return _wrong_folder(value)
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


def _wrong_folder(folder: str) -> str | None:
    path = PurePosixPath(folder)
    if path.is_absolute() or ".." in path.parts:
        return "the folder of the playbooks must lie inside the project"
    return None


def _has_password(url: str) -> bool:
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query)).get("password", "env:")
    return ":" in parts.netloc.rpartition("@")[0] or not said.startswith("env:")
