"""Emit: canonical values as YAML that reads back as exactly the same values, by this or any other reader."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dani_playbook.core.values import SecretRef, SetEdit, Value
from dani_playbook.language.scalars import resolve

_WIDTH = 100
_PLAIN = re.compile(r"[^\W_](?:[\w .@/+()&'’-]*[\w.)])?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_NUMBER_LIKE = re.compile(r"[0-9][0-9a-fA-FoOxX_.+-]*\Z")
_OTHER_READERS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_TEMPLATE = re.compile(r"\{\{|\{%|\r")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def entry(name: str, value: Value, indent: int) -> Iterator[str]:
    """The lines of ``name: value``. Sets and short lists stand in one line, texts of several lines as a block."""
    return _entry(name, written(value), indent)


def _entry(name: str, value: Any, indent: int) -> Iterator[str]:
    head = f"{' ' * indent}{scalar(name)}:"
    if isinstance(value, str) and _is_block(value):
        yield f"{head} |{'' if value.endswith(chr(10)) else '-'}"
        yield from (" " * (indent + 2) + line if line else "" for line in value.removesuffix("\n").split("\n"))
        return
    short = in_one_line(value)
    if short is not None and _fits(value, len(head) + len(short)):
        yield f"{head} {short}"
        return
    yield head
    yield from _block(value, indent + 2)


def scalar(text: str) -> str:
    """A text, in quotes wherever some reader of YAML could take it for something else."""
    if not _PLAIN.match(text) or text.casefold() in _OTHER_READERS or not isinstance(resolve(text), str):
        return quoted(text)
    return text if _DATE.match(text) or not _NUMBER_LIKE.match(text) else quoted(text)


def quoted(text: str) -> str:
    """A text in double quotes."""
    return '"' + "".join(_ESCAPES.get(one) or (one if one.isprintable() else _escaped(one)) for one in text) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def written(value: Value) -> Any:
    """A value as the language spells it: a template's signs in a text are made harmless."""
    if isinstance(value, str):
        return _TEMPLATE.sub(_harmless, value) if "{{" in value or "{%" in value else value
    if isinstance(value, SecretRef):
        return {"secret": value.uri}
    if isinstance(value, SetEdit):
        edit = {"add": value.add, "remove": value.remove}
        return {name: written(items) for name, items in edit.items() if items}
    if isinstance(value, Mapping):
        return {name: written(item) for name, item in value.items()}
    return [written(item) for item in value] if isinstance(value, list | tuple) else value


def _harmless(found: re.Match[str]) -> str:
    return "{{ '" + found[0].replace("\r", "\\r") + "' }}"


def _is_block(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return (
        "\n" in text
        and bool(lines[0].strip())
        and bool(lines[-1])
        and not lines[0].startswith(" ")
        and all(line.isprintable() and (not line or bool(line.strip())) for line in lines)
    )


def _fits(value: Any, width: int) -> bool:
    """Only what has items can be broken."""
    return width < _WIDTH or not isinstance(value, list | dict) or not value


def in_one_line(value: Any) -> str | None:
    """Scalars, and lists and mappings of scalars; nothing for what is deeper."""
    if isinstance(value, dict):
        items = [(scalar(name), _atom(item)) for name, item in value.items()]
        return None if any(item is None for _, item in items) else "{" + ", ".join(f"{n}: {i}" for n, i in items) + "}"
    if isinstance(value, list):
        atoms = [_atom(item) for item in value]
        return None if None in atoms else "[" + ", ".join(str(atom) for atom in atoms) + "]"
    return _atom(value)


def _atom(value: Any) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return None if value else "[]" if isinstance(value, list) else "{}"
    return scalar(value) if isinstance(value, str) else str(value)


def _block(value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _entry(name, item, indent)
        return
    for item in value:
        yield from _item(item, indent)


def _item(value: Any, indent: int) -> Iterator[str]:
    short = in_one_line(value)
    if short is not None and _fits(value, indent + len(short)):
        yield f"{' ' * indent}- {short}"
        return
    first, *rest = _block(value, indent + 2)
    yield f"{' ' * indent}- {first[indent + 2 :]}"
    yield from rest
