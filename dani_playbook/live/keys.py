"""Keys that live objects suggest, and natural keys: what references are read and written by."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dani_playbook.core.address import KEY_PATTERN
from dani_playbook.live.columns import Bound, Column, Kinds
from dani_playbook.live.decode import Known, Natural, natural_key
from dani_playbook.live.ids import live_id
from dani_playbook.live.links import linked_keys

_NOISE = re.compile(r"[^a-z0-9._]+")
_LONGEST = 100
"""Leaves room for a live id behind it."""


def slug(values: Iterable[Any]) -> str:
    """A legal key made from what columns hold; empty where nothing of it can stand in one."""
    text = " ".join("" if value is None else str(value) for value in values).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOISE.sub("-", plain).strip("-._")[:_LONGEST].rstrip("-._")


def suggested(made: Mapping[Any, str], taken: Iterable[str] = ()) -> dict[Any, str]:
    """A key for each row: its slug, with the live id behind it where another has the same."""
    count = Counter(made.values())
    held = set(taken)
    keys: dict[Any, str] = {}
    for row, key in made.items():
        name = key if key and count[key] == 1 else _with_id(key, row)
        while name in held:
            name = _with_id(name, row)
        held.add(name)
        keys[row] = name
    return keys


def _with_id(key: str, row: Any) -> str:
    name = "-".join(filter(None, (key, slug([live_id(row)]) or "0")))
    assert KEY_PATTERN.match(name)
    return name


class Suggestions:
    """Made keys, by kind and primary key. A key once suggested stays: writing must not rename what it refers to."""

    def __init__(self, kinds: Kinds, using: str) -> None:
        self._kinds = kinds
        self._using = using
        self._given: dict[str, dict[Any, str]] = {}

    def of(self, kind: str) -> Mapping[Any, str]:
        """All of a kind, read anew; one query."""
        bound = self._kinds[kind]
        given = self._given.setdefault(kind, {})
        found = bound.rows(self._using).order_by("pk").values_list("pk", *bound.key_lookups)
        new = {row: slug(values) for row, *values in found if row not in given}
        given |= suggested(new, given.values())
        return given

    def remember(self) -> None:
        """Before anything is written: what every object is called now."""
        for kind, bound in self._kinds.items():
            if bound.stored_key is None and kind not in self._given:
                self.of(kind)


def known_for(
    bound: Bound, kinds: Kinds, suggestions: Suggestions, using: str, rows: Collection[Any] | None = None
) -> Known:
    """What reading ``bound`` needs beside its rows: one query for each kind referred to by what isn't its stored key,
    and one for each many-to-many field."""
    columns = [column for column in bound.columns if column.target and not (column.key and not column.natural)]
    made = {str(column.target) for column in (*columns, *bound.links) if not column.key}
    keys = {kind: suggestions.of(kind) for kind in sorted(made)}
    naturals = {
        (str(column.target), column.natural): _naturals(kinds[str(column.target)], column, keys, using)
        for column in columns
        if column.natural
    }
    links = {column.spec.name: linked_keys(column, keys.get(str(column.target)), using, rows) for column in bound.links}
    return Known(keys, naturals, links)


def _naturals(
    target: Bound, column: Column, keys: Mapping[str, Mapping[Any, str]], using: str
) -> Mapping[Natural, str | None]:
    """Natural key -> key, nothing where several have it."""
    found: dict[Natural, str | None] = {}
    named = target.rows(using).values_list(target.stored_key.attname if target.stored_key else "pk", *column.natural)
    for name, *values in named:
        if (natural := natural_key(values)) is not None:
            key = str(name) if target.stored_key else keys[target.kind].get(name)
            found[natural] = None if natural in found else key
    return found
