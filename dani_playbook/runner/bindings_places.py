"""What is wrong with where fields are said to be."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.runner.bindings_parse import BRACE, our_value
from dani_playbook.runner.bindings_said import Said, unknown

_FORMS: Mapping[str, tuple[str, ...]] = {
    "minor": ("minor", "currency"),
    "currency": ("minor", "currency"),
    "date": ("date", "time", "zone"),
    "time": ("date", "time", "zone"),
    "zone": ("date", "time", "zone"),
    "refers to": ("column", "columns", "refers to"),
    "split at": ("columns", "split at"),
}
"""By the word that tells a form from a plain one: all words of that form."""
_PLAIN = ("column", "columns", "values", "fold", "derived")
_TYPES = {"minor": "money", "date": "datetime", "split at": "string"}
_WHAT = {"minor": "an amount of money", "date": "a moment", "split at": "a text"}
_WHOLE = (("minor", "currency"), ("date", "time", "zone"))


def check_places(said: Said) -> Iterator[Problem]:
    """Fields that don't exist, forms that don't fit, and columns that are claimed twice."""
    for name, place in said.content["fields"].items():
        if name not in said.spec.fields:
            yield unknown(said, name, "fields", name)
        else:
            yield from _place(said, said.spec.fields[name], place)
    yield from _names(said)
    yield from _claimed_twice(said)


def _place(said: Said, field: FieldSpec, place: Any) -> Iterator[Problem]:
    is_money = isinstance(place, dict) and "minor" in place
    if field.type == "money" and not is_money:
        hint = "write {minor: COLUMN, currency: COLUMN}"
        yield said.problem("bad-place", f"{field.name} is an amount with a currency", "fields", field.name, hint=hint)
    elif isinstance(place, dict):
        yield from _described(said, field, place)


def _described(said: Said, field: FieldSpec, place: Any) -> Iterator[Problem]:
    path = ("fields", field.name)
    form = next((_FORMS[word] for word in place if word in _FORMS), _PLAIN)
    if others := [word for word in place if word not in form]:
        message = f'"{others[0]}" can\'t stand beside "{next(word for word in place if word in form)}"'
        yield said.problem("bad-place", message, *path, others[0], hint=f"these go together: {', '.join(form)}")
        return
    if lacking := _lacking(place, form):
        yield said.problem("bad-place", f"{field.name} lacks {lacking}", *path)
        return
    for word, wanted in _TYPES.items():
        if word in place and field.type != wanted:
            yield said.problem("bad-place", f"{field.name} is no {_WHAT[word].split(maxsplit=1)[1]}", *path, word)
    yield from _reference(said, field, place)
    yield from _values(said, field, place.get("values", {}))
    yield from _zone(said, field, place.get("zone"))


def _lacking(place: Mapping[str, Any], form: Sequence[str]) -> str:
    if whole := next((words for words in _WHOLE if words == tuple(form)), None):
        return ", ".join(word for word in whole if word not in place)
    if "column" in place and "columns" in place:
        return "a decision: column or columns"
    return "" if "column" in place or "columns" in place else "its column"


def _reference(said: Said, field: FieldSpec, place: Any) -> Iterator[Problem]:
    if "refers to" not in place:
        return
    path = ("fields", field.name, "refers to")
    columns = place.get("columns") or (place["column"],)
    if not field.references:
        yield said.problem("bad-place", f"{field.name} refers to nothing", *path)
    elif len(columns) != len(place["refers to"]):
        message = f"{len(columns)} columns here can't hold {len(place['refers to'])} there"
        yield said.problem("bad-place", message, *path, hint="name as many columns on both sides, in the same order")


def _values(said: Said, field: FieldSpec, values: Mapping[str, Any]) -> Iterator[Problem]:
    path = ("fields", field.name, "values")
    if values and field.references:
        yield said.problem("bad-place", f"{field.name} holds keys of {field.references}, no values to map", *path)
        return
    choices = ["true", "false"] if field.type == "boolean" else list(field.choices)
    for written in values:
        if choices and written not in choices and our_value(written, field) is not None:
            message = f'"{written}" is no choice of {field.name}{did_you_mean(written, choices)}'
            yield said.problem("unknown-choice", message, *path, written, hint=f"choices: {', '.join(choices)}")
    counts = Counter((type(value), value) for value in values.values())
    for written, value in values.items():
        if counts[type(value), value] > 1:
            message = f"{written} and another value are the same there, and can't be told apart again"
            yield said.problem("bad-place", message, *path, written)


def _zone(said: Said, field: FieldSpec, zone: str | None) -> Iterator[Problem]:
    if zone is None:
        return
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        yield said.problem("bad-place", f'"{zone}" is no time zone', "fields", field.name, "zone")


def _names(said: Said) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, item in enumerate(said.content.get("names", ())):
        for name in BRACE.findall(item["format"]):
            path = ("names", index, "format")
            if name not in said.spec.fields:
                yield unknown(said, name, *path)
            elif name in said.content["fields"]:
                message = f"{name} is in a joined column, and it has a place of its own"
                yield said.problem("two-places", message, *path, hint=f"take {name} out of fields:")
            elif name in seen:
                yield said.problem("two-places", f"{name} is in two joined columns, or twice in one", *path)
            elif said.spec.fields[name].type != "string" or said.spec.fields[name].references:
                yield said.problem("bad-place", f"{name} is no text, so it can't be joined with others", *path)
            seen.add(name)


def _claimed_twice(said: Said) -> Iterator[Problem]:
    """A column that two would write. Columns of a natural key are shared by nature."""
    claims: dict[str, str] = {}
    for column, who, path in _claims(said):
        if column in claims and claims[column] != who:
            message = f"{column} holds {claims[column]} already"
            yield said.problem("two-fields", message, *path, hint="one column holds one field")
        claims.setdefault(column, who)


def _claims(said: Said) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    if isinstance(said.content["key"], str):
        yield said.content["key"], "the key", ("key",)
    for name, place in said.content["fields"].items():
        for column in _written(place):
            yield column, name, ("fields", name)
    for index, item in enumerate(said.content.get("names", ())):
        yield item["column"], item["format"], ("names", index)
    for column in said.content.get("constants", {}):
        yield column, "a constant", ("constants", column)


def _written(place: Any) -> list[str]:
    if isinstance(place, str):
        return [place]
    if place.get("derived") or ("refers to" in place and len(place.get("columns", ())) > 1):
        return []
    words = ("column", "minor", "currency", "date", "time")
    return [*(place[word] for word in words if word in place), *place.get("columns", ()), *place.get("fold", ())]
