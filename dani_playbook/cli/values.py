"""How a value of a document reads in a line of text, whatever the format."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dani_playbook.core.dataclass import dataclass

NOT_SET = "not set"
EMPTY = "empty"
PURGED = "‹purged›"
_WORDS = frozenset({"", NOT_SET, EMPTY, "true", "false", "null"})


def shown(value: Any) -> str:
    """A value on one line, as a playbook would write it; quoted only where it would be read as something else."""
    if isinstance(value, str):
        return quoted(value) if _is_doubtful(value) else value
    if value is None:
        return NOT_SET
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(_item(item) for item in value) if value else EMPTY
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_item(item)}" for key, item in value.items()) + "}"
    return quoted(value) if _is_doubtful(str(value)) else str(value)


def _item(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{shown(value) if value else ''}]"
    text = shown(value)
    return quoted(value) if isinstance(value, str) and ", " in value else text


def _is_doubtful(text: str) -> bool:
    return text in _WORDS or text != text.strip() or " → " in text


def quoted(value: Any) -> str:
    """As JSON writes it."""
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two sides of a value as text. For a set that changes, ``added`` and ``removed`` say it in their place."""

    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_of_a_set(self) -> bool:
        return bool(self.added or self.removed)


def difference(before: Any, after: Any, *, of_a_set: bool = False) -> Difference:
    """Both sides, told apart also where they look alike."""
    left, right = shown(before), shown(after)
    if left == right and left.startswith("‹"):
        return Difference(before=left, after=f"another {right}")
    if left == right and before != after:
        left, right = quoted(before), quoted(after)
    if not of_a_set or not (_is_plain_list(before) and _is_plain_list(after)):
        return Difference(before=left, after=right)
    added = tuple(_item(item) for item in after if item not in before)
    removed = tuple(_item(item) for item in before if item not in after)
    return Difference(before=left, after=right, added=added, removed=removed)


def to_be(after: Any) -> str:
    """What will be, beside something that nobody may know."""
    return "will be cleared" if after is None or after == [] else f"{shown(after)} will be set"


def _is_plain_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and not any(isinstance(item, Mapping | list | tuple) for item in value)


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of a nested value as paths like ``stages[2].name`` with their text."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from flattened(item, f"{path}.{key}" if path else str(key))
    elif is_nested(value):
        for index, item in enumerate(value):
            yield from flattened(item, f"{path}[{index}]")
    else:
        yield path, shown(value)


def is_nested(value: Any) -> bool:
    """True for a mapping with something in it, and for a list that holds mappings or lists."""
    if value is None or isinstance(value, str):
        return False
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list | tuple) and not _is_plain_list(value)
