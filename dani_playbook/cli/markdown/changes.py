"""Changes as folded parts, each with its difference."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import values, words
from dani_playbook.cli.markdown.sheet import Badge, Bold, Code, Line, Piece, Sheet, Signed
from dani_playbook.cli.summary import folded


def write_changes(sheet: Sheet, changes: Sequence[Mapping[str, Any]]) -> None:
    """As many as there is room for, in the order of the document; objects only taken as they are are left to the sum."""
    shown, _ = folded(changes)
    for index, change in enumerate(shown):
        if not sheet.details(_summary(change), _lines(change), _note(change)):
            left = words.counted(len(shown) - index, "more change")
            sheet.paragraph(f"… and {left}; the whole of it is in the output of the job.")
            return


def _summary(change: Mapping[str, Any]) -> list[Piece]:
    parts: list[Piece] = [Signed(change["sign"], change["address"])]
    if change.get("title"):
        parts += [" ", Bold(str(change["title"]))]
    if change.get("mark"):
        parts.append(Badge(change["mark"]))
    if note := words.change_note(change):
        parts.append(f" · {note}")
    if not change.get("reversible", True):
        parts.append(Badge("can't be taken back", is_loud=True))
    return parts


def _note(change: Mapping[str, Any]) -> list[Piece]:
    return [Code(str(change["source"]))] if change.get("source") else []


def _lines(change: Mapping[str, Any]) -> list[Line]:
    fresh = change["verb"] == "create"
    return [line for field in change.get("fields") or [] for line in field_lines(field, fresh)]


def field_lines(field: Mapping[str, Any], fresh: bool = False) -> list[Line]:
    """The lines of one field: ``-`` what it was, ``+`` what it becomes."""
    note = words.field_note(field)
    told: list[Line] = [(" ", f"  # {field['name']}: {note[1]}")] if note else []
    if field.get("unknown") and field.get("writes", True):
        return [("+", f"{field['name']}: {values.to_be(field['after'])}"), *told]
    if not field.get("writes", True):
        return [(" ", f"{field['name']}: {values.shown(field['after' if field.get('unknown') else 'before'])}"), *told]
    if nested := field.get("nested"):
        inner = [line for item in nested for line in _pair(f"  {item['path']}", item["before"], item["after"])]
        return [(" ", f"{field['name']}:"), *inner, *told]
    if fresh:
        return [*_fresh(field), *told]
    return [*_pair(field["name"], field["before"], field["after"], of_a_set=field.get("set", False)), *told]


def _fresh(field: Mapping[str, Any]) -> list[Line]:
    if not values.is_nested(field["after"]):
        return [("+", f"{field['name']}: {values.shown(field['after'])}")]
    inner = [("+", f"  {path}: {text}") for path, text in values.flattened(field["after"])]
    return [("+", f"{field['name']}:"), *inner]


def _pair(name: str, before: Any, after: Any, *, of_a_set: bool = False) -> list[Line]:
    both = values.difference(before, after, of_a_set=of_a_set)
    if both.is_of_a_set:
        gained = [("+", f"{name}: {item}") for item in both.added]
        return [("-", f"{name}: {item}") for item in both.removed] + gained
    left = [] if before is None else [("-", f"{name}: {both.before}")]
    return [*left, ("+", f"{name}: {both.after}")]
