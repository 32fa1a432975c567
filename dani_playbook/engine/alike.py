"""One resource that is live, and was applied, exactly as it is declared: the quick way to say so of most."""

from collections.abc import Callable, Mapping
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.inventory import Row
from dani_playbook.core.resource import Glance
from dani_playbook.core.snapshot import Comparable, LiveObject
from dani_playbook.core.values import Fields, SecretRef, SetEdit, Value, same
from dani_playbook.engine.token import Tokens

Told = Callable[[Value], str | None]
_MOST = 1_000
_QUOTES = 2


class Alike:
    """For resources of one kind. Cost: some microseconds for a user of 15 fields, a tenth of a comparison."""

    def __init__(self, spec: KindSpec, tokens: Tokens) -> None:
        self._spec = spec
        self._tokens = tokens
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    def is_sure(self, said: Glance, live: LiveObject, row: Row) -> bool:
        """True only where a comparison would change, find and remember nothing. False says nothing."""
        if row.protect or row.path != said.file or row.live_id != live.id or live.doubts:
            return False
        return self._is_live(said.fields, live.fields) and self._remembered(said.fields) == row.applied

    def _is_live(self, declared: Fields, fields: Fields) -> bool:
        names = fields.unlike(declared) if isinstance(fields, Comparable) else list(declared)
        return all(same(declared[name], fields[name]) for name in names)

    def _remembered(self, declared: Fields) -> str | None:
        """What the inventory holds of an object to which this was applied, as text; nothing where it takes a closer look."""
        names = tuple(declared)
        shape = self._shapes.get(names)
        if shape is None:
            shape = self._shapes[names] = _shape(self._spec, names, self._tokens)
        return shape.text(declared)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What all resources have in common that declare the same fields. ``others`` are the places of fields whose token
    isn't their own text in quotes."""

    values: Callable[[Fields], tuple[Value, ...]]
    template: str
    others: tuple[tuple[int, Told], ...]
    is_open: bool

    def text(self, declared: Fields) -> str | None:
        values: list[Any] = list(self.values(declared))
        if self.is_open:
            return None
        taken = []
        for at, told in self.others:
            value, values[at] = values[at], ""
            token = told(value)
            if token is None:
                return None
            taken.append((at, token))
        try:
            text = "".join(values)
            if len(encode_basestring(text)) > len(text) + _QUOTES:
                return None
        except TypeError:
            return None
        for at, token in taken:
            values[at] = token
        return self.template % tuple(values)


def _shape(spec: KindSpec, names: tuple[str, ...], tokens: Tokens) -> _Shape:
    in_order = sorted(names)
    rules = [spec.fields[name] for name in in_order]
    pieces = [f'"{name}":"{_slot(name in spec.plain)}"' for name in in_order]
    getter: Any = (
        itemgetter(*in_order) if len(in_order) > 1 else lambda fields: tuple(fields[name] for name in in_order)
    )
    return _Shape(
        values=getter,
        template="{" + ",".join(pieces) + "}",
        others=tuple((at, _told(rule, tokens)) for at, rule in enumerate(rules) if rule.name not in spec.plain),
        is_open=any(rule.create_only or rule.sensitivity.is_reference_only for rule in rules),
    )


def _told(rule: FieldSpec, tokens: Tokens) -> Told:
    """The token as it stands inside of a text in quotes; what was told of a set is remembered."""
    known: dict[Value, str] = {}

    def told(value: Value) -> str | None:
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, SetEdit | SecretRef):
            return None
        if not rule.is_set:
            return encode_basestring(tokens.of(rule, value))[1:-1]
        if value not in known:
            if len(known) >= _MOST:
                known.clear()
            known[value] = encode_basestring(tokens.of(rule, value))[1:-1]
        return known[value]

    return told


def _slot(plain: bool) -> str:
    return '\\"%s\\"' if plain else "%s"


def alikes(kinds: Mapping[str, KindSpec], tokens: Tokens) -> dict[str, Alike]:
    """One for each kind."""
    return {name: Alike(spec, tokens) for name, spec in kinds.items()}
