"""What differs inside a nested value. Only values that differ come here: deepdiff is too slow for the rest."""

from collections.abc import Iterator
from typing import Any

from dani_playbook.core.change import Nested
from dani_playbook.core.normalize import canonical
from dani_playbook.core.values import Value

_LIMIT = 50


def nested_changes(before: Value, after: Value) -> tuple[Nested, ...]:
    """Paths like ``stages[2].name`` with both sides, sorted by path, at most 50.

    Empty where a side isn't nested. List items are compared by position.
    """
    if not _is_nested(before) or not _is_nested(after):
        return ()
    from deepdiff import DeepDiff  # costs 0.2 s to import: only plans with a nested difference pay

    found = DeepDiff(_listed(before), _listed(after), view="tree", verbose_level=2)
    return tuple(sorted(_each(found), key=lambda item: item.path)[:_LIMIT])


def _is_nested(value: Value) -> bool:
    return isinstance(value, tuple | dict)


def _listed(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_listed(item) for item in value]
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return value


def _each(found: Any) -> Iterator[Nested]:
    for levels in found.values():
        for level in levels:
            yield Nested(path=_path(level.path(output_format="list")), before=_side(level.t1), after=_side(level.t2))


def _side(value: Any) -> Value:
    from deepdiff.helper import NotPresent

    return None if value is NotPresent or isinstance(value, NotPresent) else canonical(value)


def _path(steps: list[str | int]) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
