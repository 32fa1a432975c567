"""Told: documents that came from a worker, rebuilt from what they may hold. Everything else is refused."""

from collections.abc import Callable, Mapping
from typing import Any

Plain = Any
_LONGEST = 20_000
_MOST_PROBLEMS = 20_000
_MOST_LINES = 4


class Garbled(ValueError):
    """A worker said what none says."""


def validation(data: Plain, kinds: Mapping[str, Any]) -> dict[str, Any]:
    """``dani.validation/1`` with nothing in it but what such a document has."""
    parts = _mapping(data, {"format", "files", "resources", "problems", "warnings"})
    counts = _mapping(parts["resources"], set(kinds))
    return {
        "format": "dani.validation/1",
        "files": _number(parts["files"]),
        "resources": {kind: _number(counts[kind]) for kind in kinds},
        "problems": problems(parts["problems"]),
        "warnings": problems(parts["warnings"]),
    }


def problems(data: Plain) -> list[dict[str, Any]]:
    """Problems as documents show them, with the lines that they are about."""
    if not isinstance(data, list) or len(data) > _MOST_PROBLEMS:
        raise Garbled("problems")
    return [_problem(item) for item in data]


def _problem(data: Plain) -> dict[str, Any]:
    names = {"code", "message", "address", "field", "hint", "source", "related", "frame"}
    parts = _mapping(data, names)
    return {
        "code": text(parts["code"]),
        "message": text(parts["message"]),
        "address": maybe(text, parts["address"]),
        "field": maybe(text, parts["field"]),
        "hint": maybe(text, parts["hint"]),
        "source": maybe(_source, parts["source"]),
        "related": [text(item) for item in _list(parts["related"], _MOST_PROBLEMS)],
        "frame": [_line(item) for item in _list(parts["frame"], _MOST_LINES)],
    }


def _source(data: Plain) -> dict[str, Any]:
    parts = _mapping(data, {"file", "line", "column", "length"})
    return {"file": text(parts["file"])} | {name: _number(parts[name]) for name in ("line", "column", "length")}


def _line(data: Plain) -> dict[str, Any]:
    parts = _mapping(data, {"line", "text"})
    return {"line": _number(parts["line"]), "text": text(parts["text"])}


def text(data: Plain) -> str:
    """A text of at most 20,000 characters."""
    if not isinstance(data, str) or len(data) > _LONGEST:
        raise Garbled("text")
    return data


def maybe(read: Callable[[Plain], Any], data: Plain) -> Any:
    """``data`` as ``read`` reads it, or nothing."""
    return None if data is None else read(data)


def _mapping(data: Plain, names: set[str]) -> Mapping[str, Plain]:
    if not isinstance(data, dict) or set(data) != names:
        raise Garbled("mapping")
    return data


def _list(data: Plain, most: int) -> list[Plain]:
    if not isinstance(data, list) or len(data) > most:
        raise Garbled("list")
    return data


def _number(data: Plain) -> int:
    if type(data) is not int or not 0 <= data < 2**53:
        raise Garbled("number")
    return data
