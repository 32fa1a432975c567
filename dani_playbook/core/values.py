"""Values of fields: what they may be, how they compare, how they become text.

A canonical value is ``None``, a bool, an int, a str, a tuple of values or a mapping of str to values.
Dates are ISO strings, moments ISO strings in UTC that end in ``Z``, sets sorted tuples without repetition. There
are no floats. A field of the class special or secret holds a ``Secret`` where it is live, a ``SecretRef`` where it
is desired.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from dani_playbook.core.dataclass import dataclass

Value = Any
"""A canonical value, ``Secret``, ``SecretRef``, ``SetEdit`` or ``Unknown``; spelled out in the module's docstring."""

Fields = Mapping[str, Value]
"""Field name to value. Read-only by convention."""


class Secret:
    """A value nobody may read by accident: its text forms say so, ``reveal`` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value = value

    def reveal(self) -> Value:
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and bool(self._value == other._value)

    def __hash__(self) -> int:
        return hash(Secret)

    def __repr__(self) -> str:
        return "‹secret›"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        raise TypeError("a secret can't be serialized")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept: ``env:NAME``, ``file:PATH`` or ``keyring:SERVICE/NAME``. Not a secret itself."""

    uri: str


@dataclass(frozen=True, slots=True)
class SetEdit:
    """A partial statement about a set: these are in, those are out, the rest is left alone."""

    add: tuple[Value, ...] = ()
    remove: tuple[Value, ...] = ()

    def over(self, live: tuple[Value, ...] | None) -> tuple[Value, ...]:
        """The whole set that results where ``live`` is what is there now."""
        return canonical_set([*(live or ()), *self.add], without=self.remove)


@dataclass(frozen=True, slots=True)
class Unknown:
    """What stands for a live value that a plan may not know. Equal to itself alone."""


UNKNOWN = Unknown()


def canonical_set(items: Any, without: Any = ()) -> tuple[Value, ...]:
    """Sorted by canonical text, each once, without the items of ``without``."""
    out = {canonical_text(item) for item in without}
    by_text = {canonical_text(item): item for item in items}
    return tuple(by_text[text] for text in sorted(by_text) if text not in out)


def canonical_text(value: Value) -> str:
    """Canonical JSON: sorted keys, no spaces, Unicode as it is.

    Raises ``TypeError`` for a ``Secret``, a float or anything else that is not a value.
    """
    return json_text(_plain(value))


def json_text(data: Any) -> str:
    """The same for what is JSON already: text, whole numbers, true, false, null, and lists and dicts of them."""
    return _CANONICAL(data)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_AS_IT_IS = frozenset({str, int, bool, type(None)})
_TEXT = frozenset({str})


def _plain(value: Value) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        is_plain = _AS_IT_IS.issuperset(map(type, value.values())) and _TEXT.issuperset(map(type, value))
        return value if is_plain else {str(key): _plain(item) for key, item in value.items()}
    if kind is tuple or kind is list:
        return value if _AS_IT_IS.issuperset(map(type, value)) else [_plain(item) for item in value]
    return _plain_of_others(value)


def _plain_of_others(value: Value) -> Any:
    """What isn't exactly a type of JSON: subtypes, read-only mappings, and values of our own."""
    if isinstance(value, int | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, SecretRef):
        return {"secret": value.uri}
    if isinstance(value, SetEdit):
        return {"add": _plain(value.add), "remove": _plain(value.remove)}
    if isinstance(value, Unknown):
        return {"unknown": True}
    raise TypeError(f"{type(value).__name__} has no canonical text")


def from_plain(value: Any) -> Value:
    """The inverse of what JSON does to a canonical value: lists become tuples."""
    if isinstance(value, list):
        return tuple(from_plain(item) for item in value)
    if isinstance(value, dict):
        return {key: from_plain(item) for key, item in value.items()}
    return value


def same(one: Value, other: Value) -> bool:
    """Whether two canonical values are equal; unlike ``==`` it tells true from 1 and false from 0, at every depth."""
    if one is other:
        return True
    if isinstance(one, str) or one is None or one != other:
        return bool(one == other)
    if isinstance(one, tuple) and all(isinstance(item, str) for item in one):
        return True
    if repr(one) == repr(other) and not isinstance(one, Secret):
        return True
    if isinstance(one, Secret) or isinstance(other, Secret):
        return isinstance(one, Secret) and isinstance(other, Secret) and same(one.reveal(), other.reveal())
    return canonical_text(one) == canonical_text(other)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Tells values apart without telling them: HMAC-SHA-256 with the project's key, 128 bits of it."""

    key: bytes

    def of(self, value: Value) -> str:
        text = canonical_text(value.reveal() if isinstance(value, Secret) else value)
        return "hmac:" + hmac.digest(self.key, text.encode(), "sha256").hex()[:32]
