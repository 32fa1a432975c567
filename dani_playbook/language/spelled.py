"""Spelled: one resource as the lines of a file, and as what those lines say."""

from typing import Any

from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.values import Fields, Value
from dani_playbook.language.emit import entry, scalar, written
from dani_playbook.language.fmt import plain_content


def resource_lines(kind: KindSpec, key: str, fields: Fields, indent: int = 2) -> list[str]:
    """One resource as it is written in a file, its fields in the order of the schema."""
    said = {name: fields[name] for name in kind.fields if fields.get(name) is not None}
    if not said:
        return [f"{' ' * indent}{scalar(key)}: {{}}"]
    head = f"{' ' * indent}{scalar(key)}:"
    return [head, *(line for name, value in said.items() for line in entry(name, value, indent + 2))]


def raw(value: Value) -> Any:
    """What a file with ``value`` says, before templates are worked out."""
    return plain_content(written(value))


def raw_fields(kind: KindSpec, fields: Fields) -> dict[str, Any]:
    """What a file with ``resource_lines`` says, before templates are worked out."""
    return {name: raw(fields[name]) for name in kind.fields if fields.get(name) is not None}
