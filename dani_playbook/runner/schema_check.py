"""What a JSON Schema says against a file of settings, in words for people and with places."""

from collections.abc import Iterable, Mapping
from typing import Any

from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.quick import predicate
from dani_playbook.language.schema import look_up

_TYPES = {
    "object": "a mapping",
    "string": "a text",
    "array": "a list",
    "integer": "a whole number",
    "boolean": "true or false",
}


def schema_problems(content: Any, schema: Mapping[str, Any], file: str) -> list[Problem]:
    """Every problem, each where it stands. ``content`` has marks, or stands for a file that nobody sees."""
    if accepts_quickly(content, schema):
        return []
    from jsonschema import Draft202012Validator

    return [
        problem
        for error in Draft202012Validator(schema).iter_errors(content)
        for problem in _explained(error, content, file)
    ]


def accepts_quickly(content: Any, schema: Mapping[str, Any]) -> bool:
    """True only for what is surely right; it saves loading jsonschema in nearly every call."""
    name = str(schema.get("$id", ""))
    return predicate(schema, name, lambda reference, file: look_up({name: schema}, reference, file))(content)


def source_of(content: Any, path: Iterable[Any], file: str) -> Source:
    """Where the value stands that ``path`` leads to."""
    container, place = content, (1, 1, 0)
    for step in path:
        place = container.at(step)
        container = container[step]
    return Source(file, *place)


def _explained(error: Any, content: Any, file: str) -> Iterable[Problem]:
    path = list(error.absolute_path)
    dotted = ".".join(str(step) for step in path)
    if not hasattr(content, "at"):
        path = []
    if error.validator == "additionalProperties":
        yield from _unknown(error, content, path, file)
    elif error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        hint = f"write a line: {missing}: 1" if missing == "version" else None
        yield Problem(
            code="missing-setting",
            message=f'"{missing}" is missing' + (f' in "{dotted}"' if dotted else ""),
            source=source_of(content, path, file),
            hint=hint,
        )
    elif error.validator in ("enum", "const"):
        yield _choice(error, dotted or "the file", source_of(content, path, file))
    else:
        yield _malformed(error, dotted or "the file", source_of(content, path, file))


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
        said = error.validator_value
        wanted = " or ".join(_TYPES.get(name, name) for name in ([said] if isinstance(said, str) else said))
        return Problem(code="bad-setting", message=f'"{dotted}" must be {wanted}', source=source)
    hint = error.schema.get("description")
    if "propertyNames" in error.absolute_schema_path:
        message = f'"{error.instance}" can\'t be a name in "{dotted}"'
        return Problem(code="bad-setting", message=message, source=source, hint="use letters, digits and _")
    return Problem(code="bad-setting", message=f'"{dotted}" is not written as it should be', source=source, hint=hint)
