"""A cache in memory, and what two loads of the same files must have in common."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from dani_playbook.core.resource import Resource
from dani_playbook.language.load import Loaded


class Kept:
    """A cache that counts."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}
        self.hits = 0
        self.puts = 0

    def get(self, name: str) -> bytes | None:
        found = self.entries.get(name)
        self.hits += found is not None
        return found

    def put(self, name: str, data: bytes) -> None:
        self.puts += 1
        self.entries[name] = data

    def keep(self, names: Collection[str]) -> None:
        self.entries = {name: data for name, data in self.entries.items() if name in names}


def told(loaded: Loaded) -> dict[str, Any]:
    """Everything that ``loaded`` says, to be compared; places and orders included."""
    playbooks = loaded.playbooks
    return {
        "resources": [_resource(item) for item in playbooks.resources.values()],
        "addresses": list(playbooks.resources),
        "moves": playbooks.moves,
        "files": playbooks.files,
        "covered": playbooks.covered,
        "read": dict(playbooks.read),
        "problems": loaded.problems,
        "warnings": loaded.warnings,
        "keys": [(sheet.file, dict(sheet.keys)) for sheet in playbooks.sheets],
    }


def _resource(item: Resource) -> list[Any]:
    return [_plain(getattr(item, field.name)) for field in fields(item)]


def _plain(value: Any) -> Any:
    """Mappings of every kind with the order of their keys, and values with their types."""
    return (type(value), value) if isinstance(value, bool | int) else _pairs(value)


def _pairs(value: Any) -> Any:
    if isinstance(value, tuple) and type(value) is tuple:
        return [_plain(item) for item in value]
    return [(name, _plain(item)) for name, item in value.items()] if hasattr(value, "items") else value
