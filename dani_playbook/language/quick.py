"""Quick: says of most good values at once that they are good, so that JSON Schema is asked about the rest only.

A predicate may doubt a good value, it must never accept a bad one: JSON Schema alone decides what is wrong.
"""

import re
from collections.abc import Callable, Mapping
from types import NoneType
from typing import Any

from dani_playbook.language.formats import FORMATS
from dani_playbook.language.marks import Items, Map

Predicate = Callable[[Any], bool]
Lookup = Callable[[str, str], tuple[Mapping[str, Any], str]]
"""Takes a ``$ref`` and the file it stands in; gives the rule and the file that is in."""

_SILENT = frozenset(("title", "description", "default", "examples", "x-dani", "$comment", "$schema", "$id", "$defs"))
_KNOWN = _SILENT | {
    "type", "enum", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
    "items", "minItems", "uniqueItems",
    "properties", "required", "additionalProperties", "propertyNames", "minProperties",
}  # fmt: skip


def _doubt(_value: Any) -> bool:
    return False


def predicate(rule: Mapping[str, Any], file: str, lookup: Lookup) -> Predicate:
    """True only for values that ``rule`` accepts; false where it doesn't or where that isn't easily said."""
    if "$ref" in rule:
        if set(rule) - _SILENT != {"$ref"}:
            return _doubt
        target, target_file = lookup(rule["$ref"], file)
        return predicate(target, target_file, lookup)
    if "const" in rule and set(rule) - _SILENT == {"const"}:
        return lambda value: type(value) is type(rule["const"]) and bool(value == rule["const"])
    if "enum" in rule and "type" not in rule:
        rule = {**rule, "type": "string"}
    if not set(rule) <= _KNOWN or "type" not in rule:
        return _doubt
    checks = _by_type(rule, file, lookup)

    def accepts(value: Any) -> bool:
        check = checks.get(type(value))
        return check is not None and check(value)

    return accepts


def _by_type(rule: Mapping[str, Any], file: str, lookup: Lookup) -> dict[type, Predicate]:
    types = (rule["type"],) if isinstance(rule["type"], str) else rule["type"]
    if "enum" in rule:
        return _choices(rule, types)
    makers: Mapping[str, Callable[[], dict[type, Predicate]]] = {
        "string": lambda: {str: _string(rule)},
        "null": lambda: {NoneType: lambda value: True},
        "boolean": lambda: {bool: lambda value: True},
        "integer": lambda: {int: _integer(rule)},
        "array": lambda: dict.fromkeys((Items, list), _array(rule, file, lookup)),
        "object": lambda: dict.fromkeys((Map, dict), _object(rule, file, lookup)),
    }
    return {name: check for one in types if one in makers for name, check in makers[one]().items()}


def _choices(rule: Mapping[str, Any], types: Any) -> dict[type, Predicate]:
    texts = frozenset(choice for choice in rule["enum"] if isinstance(choice, str))
    checks: dict[type, Predicate] = {}
    if "string" in types and not {"pattern", "format", "minLength", "maxLength"} & set(rule):
        checks[str] = texts.__contains__
    if "null" in types and None in rule["enum"]:
        checks[NoneType] = lambda value: True
    return checks


def _string(rule: Mapping[str, Any]) -> Predicate:
    least, most = rule.get("minLength", 0), rule.get("maxLength", 1 << 30)
    pattern = re.compile(rule["pattern"]).search if "pattern" in rule else None
    format_check = FORMATS.get(rule["format"], _doubt) if "format" in rule else None
    if pattern is None and format_check is None:
        return lambda value: least <= len(value) <= most

    def check(value: str) -> bool:
        return (
            least <= len(value) <= most
            and (pattern is None or pattern(value) is not None)
            and (format_check is None or format_check(value))
        )

    return check


def _integer(rule: Mapping[str, Any]) -> Predicate:
    least, most = rule.get("minimum"), rule.get("maximum")
    return lambda value: (least is None or value >= least) and (most is None or value <= most)


def _array(rule: Mapping[str, Any], file: str, lookup: Lookup) -> Predicate:
    least, is_set = rule.get("minItems", 0), rule.get("uniqueItems", False)
    item = predicate(rule["items"], file, lookup) if "items" in rule else (lambda value: True)
    if not least and not is_set:
        return lambda value: all(map(item, value))
    return lambda value: len(value) >= least and all(map(item, value)) and not (is_set and _may_repeat(value))


def _may_repeat(items: Any) -> bool:
    """Whether one stands there twice, or that isn't easily said."""
    return not all(type(item) is str for item in items) or len(set(items)) < len(items)


def _object(rule: Mapping[str, Any], file: str, lookup: Lookup) -> Predicate:
    inner = {name: predicate(part, file, lookup) for name, part in rule.get("properties", {}).items()}
    required = frozenset(rule.get("required", ()))
    others = rule.get("additionalProperties", True)
    other = predicate(others, file, lookup) if isinstance(others, dict) else (lambda value: bool(others))

    least = rule.get("minProperties", 0)
    named = predicate({"type": "string", **rule["propertyNames"]}, file, lookup) if "propertyNames" in rule else None

    def check(value: Mapping[str, Any]) -> bool:
        return (
            required <= value.keys()
            and len(value) >= least
            and (named is None or all(map(named, value)))
            and all(inner.get(name, other)(item) for name, item in value.items())
        )

    return check
