"""Faults: JSON Schema's errors in words for people. A value is shown only where its class allows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.names import did_you_mean

_TYPES: Mapping[str, str] = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_RANK = {"type": 0, "format": 1, "enum": 2}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a value; ``path`` leads from the value to the place, ``at_key`` to a key there."""

    code: str
    message: str
    path: tuple[str | int, ...] = ()
    hint: str | None = None
    at_key: str | None = None


def faults_of(errors: Iterable[Any], spec: FieldSpec) -> tuple[Fault, ...]:
    """One fault for each place, the one that says most."""
    best: dict[tuple[str | int, ...], Any] = {}
    for error in sorted(errors, key=_weight):
        best.setdefault(tuple(error.absolute_path), error)
    return tuple(fault for path, error in best.items() for fault in _faults(error, path, spec))


def _weight(error: Any) -> tuple[int, str, str]:
    return _RANK.get(error.validator, 3), str(list(error.absolute_path)), str(error.validator)


def _faults(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    maker = _MAKERS.get(error.validator)
    if maker:
        return maker(error, path, spec)
    return [Fault("invalid-value", f"{_name(path, spec)} is not what the schema wants", path)]


def _name(path: tuple[str | int, ...], spec: FieldSpec) -> str:
    return spec.name + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _wrong_type(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    wanted = (error.validator_value,) if isinstance(error.validator_value, str) else error.validator_value
    shown = " or ".join(_TYPES.get(one, one) for one in wanted if one != "null" or len(wanted) == 1)
    message = f"{_name(path, spec)} must be {shown}, not {_said(error.instance)}"
    return [Fault("wrong-type", message, path, _type_hint(wanted, error.instance))]


def _said(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    names = ((str, "a text"), (int, "a number"), (list, "a list"), (dict, "a mapping"))
    return next((name for kind, name in names if isinstance(value, kind)), "something else")


def _type_hint(wanted: Iterable[str], value: Any) -> str | None:
    if "string" in wanted and isinstance(value, int):
        return "put it in quotes"
    if "array" in wanted and isinstance(value, str | int):
        return "write it as a list, in square brackets"
    if "integer" in wanted and isinstance(value, str):
        return "write it without quotes, units and fractions"
    if value is None:
        return "take the line out where it is not to be managed"
    return None


def _not_a_choice(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    choices = [choice for choice in error.validator_value if isinstance(choice, str)]
    message = f"{_name(path, spec)} must be one of {', '.join(choices)}"
    if isinstance(error.instance, str) and not spec.sensitivity.is_masked:
        message += did_you_mean(error.instance, choices)
    return [Fault("not-a-choice", message, path)]


def _bad_format(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    code, wanted = _WANTED[error.validator_value]
    return [Fault(code, f"{_name(path, spec)} must be {wanted}", path)]


_WANTED: Mapping[str, tuple[str, str]] = {
    "date": ("bad-date", "a day of the calendar, like 2026-12-01"),
    "date-time": ("bad-date", "a moment with its zone, like 2026-12-01T09:00:00+01:00"),
    "email": ("bad-format", "an email address, like anna.smith@example.com"),
    "uri": ("bad-format", "an https address"),
}


def _no_match(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    name = _name(path, spec)
    if spec.references:
        hint = "keys have small letters, digits, dot, underscore and hyphen"
        return [Fault("bad-key", f"{name} must be the key of a {spec.references}", path, hint)]
    examples = ", ".join(f'"{example}"' for example in error.schema.get("examples", ()))
    hint = f"write it like {examples}" if examples else error.schema.get("description")
    return [Fault("bad-format", f"{name} is not written as it should be", path, hint)]


def _length(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    if error.validator == "maxLength":
        limit = error.validator_value
        return [Fault("too-long", f"{_name(path, spec)} has {len(error.instance)} characters; {limit} fit", path)]
    return [Fault("too-short", f"{_name(path, spec)} must not be empty", path)]


def _out_of_range(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    bound = "at least" if error.validator == "minimum" else "at most"
    return [Fault("out-of-range", f"{_name(path, spec)} must be {bound} {error.validator_value}", path)]


def _missing(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    absent = [name for name in error.validator_value if name not in error.instance]
    return [Fault("missing-field", f"{_name(path, spec)} has no {name}", path) for name in absent]


def _unknown(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    known = error.schema.get("properties", {})
    hint = f"it has: {', '.join(known)}" if known else None
    return [
        Fault("unknown-field", f"{_name(path, spec)} has no field {name}{did_you_mean(name, known)}", path, hint, name)
        for name in error.instance
        if name not in known
    ]


def _too_few(error: Any, path: tuple[str | int, ...], spec: FieldSpec) -> list[Fault]:
    return [Fault("too-short", f"{_name(path, spec)} must not be empty", path)]


_MAKERS: Mapping[str, Callable[[Any, tuple[str | int, ...], FieldSpec], list[Fault]]] = {
    "type": _wrong_type,
    "enum": _not_a_choice,
    "format": _bad_format,
    "pattern": _no_match,
    "minLength": _length,
    "maxLength": _length,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "required": _missing,
    "additionalProperties": _unknown,
    "minItems": _too_few,
    "minProperties": _too_few,
}
