"""Fields of a change, as lines under it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from dani_playbook.cli import values, words
from dani_playbook.cli.text.page import QUIET, Page, Span, cells, padded

INDENT = "    "
_NESTED = "      "
_ADDED, _REMOVED = "green", "red"


def write_fields(page: Page, change: Mapping[str, Any], column: int) -> None:
    """Every field of ``change``; values begin at ``column``. A note that all fields share is written once."""
    fields = change.get("fields") or []
    plain = change["verb"] in ("create", "release")
    notes = [None if plain and _goes_without_saying(field) else words.field_note(field) for field in fields]
    shared = notes[0] if notes and notes[0] and len(set(notes)) == 1 else None
    for field, note in zip(fields, notes, strict=True):
        write_field(page, field, column, note="" if shared or not note else note[1], fresh=change["verb"] == "create")
    if shared:
        page.line(_label(shared[0], column), (shared[1], QUIET), hang=column)


def _goes_without_saying(field: Mapping[str, Any]) -> bool:
    return field.get("reason") in ("derived", "released")


def write_field(page: Page, field: Mapping[str, Any], column: int, note: str = "", fresh: bool = False) -> None:
    """One field, before → after; what is nested in it as indented paths."""
    after: list[Span] = [("  " + note, QUIET)] if note else []
    nested = field.get("nested") or []
    if nested or (fresh and values.is_nested(field["after"])):
        page.line(INDENT + str(field["name"]), *after)
        _write_nested(page, field, column)
        return
    page.line(_label(field["name"], column), *change_spans(field, fresh), *after, hang=column)


def _write_nested(page: Page, field: Mapping[str, Any], column: int) -> None:
    inner = field.get("nested")
    if not inner:
        rows = [(path, [text]) for path, text in values.flattened(field["after"])]
        _write_rows(page, rows, column)
        return
    _write_rows(page, [(item["path"], change_spans(item)) for item in inner], column)


def _write_rows(page: Page, rows: Iterable[tuple[str, Sequence[Span]]], column: int) -> None:
    for path, spans in rows:
        page.line(_label(path, column, _NESTED), *spans, hang=column)


def change_spans(field: Mapping[str, Any], fresh: bool = False) -> list[Span]:
    """``before → after``, only the value of a new object, or what a set gains and loses."""
    if field.get("unknown"):
        return [unknown_text(field)]
    if fresh and field["before"] is None:
        return [values.shown(field["after"])]
    both = values.difference(field["before"], field["after"], of_a_set=field.get("set", False))
    if fresh or field["after"] == values.PURGED:
        return [both.after]
    if not field.get("writes", True):
        return [both.before]
    if both.is_of_a_set:
        gained: list[Span] = [(f"+{item} ", _ADDED) for item in both.added]
        return gained + [(f"−{item} ", _REMOVED) for item in both.removed]
    return [(both.before, QUIET), " → ", both.after]


def unknown_text(field: Mapping[str, Any]) -> str:
    """What is said where nobody who reads along may know what is there now."""
    return values.to_be(field["after"]) if field.get("writes", True) else str(field["after"])


@lru_cache(maxsize=1024)
def _label(name: str, column: int, indent: str = INDENT) -> Span:
    return padded(indent + name, column)


def label_column(changes: Iterable[Mapping[str, Any]], least: int, most: int) -> int:
    """Where values and titles begin: behind the widest address or field name, within limits."""
    names: set[str] = set()
    widest = least
    for change in changes:
        widest = max(widest, 2 + cells(change.get("address") or "") + 2)
        names.update(field["name"] for field in change.get("fields") or ())
    return min(max([widest, *(len(INDENT) + cells(name) + 2 for name in names)]), most)
