"""JSON tables: a list of objects, each with the line it begins in."""

from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

from dani_playbook.core.source import Source
from dani_playbook.language.project import Limits
from dani_playbook.language.raw_table import TableFault
from dani_playbook.language.scalars import UNFIT, resolve

_SPACE = " \t\r\n"


def read_json(text: str, file: str, limits: Limits) -> list[tuple[Any, Source]]:
    """The items of the list and where each begins. Raises ``TableFault``."""
    try:
        return _items(text, file, limits)
    except JSONDecodeError as error:
        message = f"this is not JSON: {error.msg}"
        raise TableFault("json-syntax", message, error.lineno, column=error.colno) from None
    except RecursionError:
        raise TableFault("too-deep", "the list is nested too deep") from None


def _items(text: str, file: str, limits: Limits) -> list[tuple[Any, Source]]:
    decoder = JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=resolve, parse_constant=str)
    position = _after_space(text, 0)
    if text[position : position + 1] != "[":
        raise TableFault("wrong-type", "the file must be a list of objects", hint="begin it with [")
    items: list[tuple[Any, Source]] = []
    escapes = "\\" in text or UNFIT.search(text) is not None
    line, counted = 1, 0
    position = _after_space(text, position + 1)
    while text[position : position + 1] != "]":
        line, counted = line + text.count("\n", counted, position), position
        source = Source(file, line, position - text.rfind("\n", 0, position))
        value, position = _decoded(decoder, text, position, line)
        _check_depth(value, limits.depth, line)
        if escapes and any(UNFIT.search(text) for text in _texts(value)):
            raise TableFault("bad-character", "a character that no table may hold", line)
        items.append((value, source))
        if len(items) > limits.rows:
            raise TableFault("too-large", f"more than {limits.rows:,} rows", line, hint="split the table")
        position = _comma(text, _after_space(text, position))
    if text[position + 1 :].strip():
        raise JSONDecodeError("something follows the list", text, position + 1)
    return items


def _decoded(decoder: JSONDecoder, text: str, position: int, line: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, position)
    except _DuplicateKey as error:
        raise TableFault("duplicate-key", f'"{error}" is written twice in one object', line) from None


def _check_depth(value: Any, most: int, line: int) -> None:
    level = [value]
    for _ in range(most):
        level = [item for one in level if isinstance(one, dict | list) for item in _inside(one)]
        if not level:
            return
    raise TableFault("too-deep", f"nested more than {most} levels deep", line)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
    for item in _inside(value) if isinstance(value, dict | list) else ():
        yield from _texts(item)


def _inside(value: "dict[str, Any] | list[Any]") -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def _comma(text: str, position: int) -> int:
    if text[position : position + 1] == "]":
        return position
    if text[position : position + 1] != ",":
        raise JSONDecodeError("a comma or ] is missing", text, position)
    after = _after_space(text, position + 1)
    if text[after : after + 1] == "]":
        raise JSONDecodeError("a comma too many", text, position)
    return after


def _after_space(text: str, position: int) -> int:
    while text[position : position + 1] in _SPACE and position < len(text):
        position += 1
    return position


class _DuplicateKey(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _DuplicateKey(key)
        made[key] = value
    return made
