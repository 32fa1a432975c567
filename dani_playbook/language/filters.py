"""Filters: what a template may do with a value. Every result is bounded in size."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from dani_playbook.core.dataclass import dataclass

_UNSPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ð": "d", "ı": "i"}
)
_NO_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a text may become, in characters."""

    text: int

    def allows(self, length: int) -> None:
        """Raises ``ValueError`` where a text would become too long; asked before it is made."""
        if length > self.text:
            raise ValueError(f"the text would be longer than {self.text:,} characters")


def _words(value: Any, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{name} works on a text")
    return str(value)


def _list(value: Any, name: str) -> Any:
    if not isinstance(value, str | list | tuple):
        raise ValueError(f"{name} works on a text or a list")
    return value


def slug(value: str) -> str:
    """Small ASCII letters, digits and hyphens: ``Łukasz Müller`` becomes ``lukasz-muller``."""
    plain = unicodedata.normalize("NFKD", value.casefold().translate(_UNSPELLED))
    return _NO_SLUG.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")


def _replace(value: Any, bounds: Bounds, old: Any, new: Any) -> str:
    text, before, after = _words(value, "replace"), _words(old, "replace"), _words(new, "replace")
    if not before:
        raise ValueError("replace needs a text to look for")
    bounds.allows(len(text) + text.count(before) * len(after))
    return text.replace(before, after)


def _join(value: Any, bounds: Bounds, between: Any = "") -> str:
    parts = [_words(item, "join") for item in _list(value, "join")]
    separator = _words(between, "join")
    bounds.allows(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def _split(value: Any, bounds: Bounds, at: Any = ",") -> list[str]:
    separator = _words(at, "split")
    if not separator:
        raise ValueError("split needs a text to split at")
    return [part.strip() for part in _words(value, "split").split(separator) if part.strip()]


def _first(value: Any, bounds: Bounds) -> Any:
    if not _list(value, "first"):
        raise ValueError("first was given nothing")
    return value[0]


def _last(value: Any, bounds: Bounds) -> Any:
    if not _list(value, "last"):
        raise ValueError("last was given nothing")
    return value[-1]


def _length(value: Any, bounds: Bounds) -> int:
    return len(_list(value, "length"))


def _integer(value: Any, bounds: Bounds) -> int:
    try:
        return int(_words(value, "int")[:20])
    except ValueError:
        raise ValueError("int works on a whole number") from None


def _on_text(name: str, function: Callable[[str], str]) -> Callable[..., Any]:
    def apply(value: Any, bounds: Bounds) -> str:
        text = _words(value, name)
        bounds.allows(len(text))
        return function(text)

    return apply


FILTERS: Mapping[str, Callable[..., Any]] = {
    "default": lambda value, bounds, other: value,
    "capitalize": _on_text("capitalize", str.capitalize),
    "first": _first,
    "int": _integer,
    "join": _join,
    "last": _last,
    "length": _length,
    "lower": _on_text("lower", str.lower),
    "replace": _replace,
    "slug": _on_text("slug", slug),
    "split": _split,
    "string": _on_text("string", str),
    "title": _on_text("title", str.title),
    "trim": _on_text("trim", str.strip),
    "upper": _on_text("upper", str.upper),
}
"""Every filter there is; ``default`` is worked out by the expression itself."""

TESTS: Mapping[str, Callable[[Any], bool]] = {
    "defined": lambda value: True,
    "undefined": lambda value: False,
    "none": lambda value: value is None,
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
"""What may stand behind ``is``; the first two are worked out by the expression itself."""
