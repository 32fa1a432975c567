"""Several of our fields in one text, and back."""

import re
from collections.abc import Mapping
from functools import cache

_BRACE = re.compile(r"\{(\w+)\}")


@cache
def braces(pattern: str) -> tuple[str, ...]:
    """The fields that a format names, in order."""
    return tuple(_BRACE.findall(pattern))


@cache
def between(pattern: str) -> tuple[str, ...]:
    """The texts before, between and behind the braces."""
    return tuple(_BRACE.split(pattern)[::2])


def joined(pattern: str, values: Mapping[str, str | None]) -> str:
    """One text. Fields that are empty at its end leave no text behind that would have led to them."""
    names, texts = braces(pattern), between(pattern)
    filled = [number for number, name in enumerate(names, 1) if values.get(name)]
    if not filled:
        return ""
    parts = [texts[0]]
    for number, name in enumerate(names[: filled[-1]], 1):
        parts += [values.get(name) or "", texts[number] if number < filled[-1] else ""]
    return "".join([*parts, texts[-1]]) if texts[-1].strip() else "".join(parts)


def parted(pattern: str, text: str) -> dict[str, str | None]:
    """The fields of one text: each ends where the text between it and the next begins, the last takes what is left."""
    names, texts = braces(pattern), between(pattern)
    rest = text.removeprefix(texts[0]).removesuffix(texts[-1])
    found: dict[str, str | None] = {}
    for number, name in enumerate(names, 1):
        cut = rest.partition(texts[number]) if number < len(names) else (rest, "", "")
        found[name] = cut[0].strip() or None
        rest = cut[2]
    return found
