"""Names that are near: what was probably meant."""

from collections.abc import Iterable

_LONGEST = 200
"""Nobody mistypes so much."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be, or nothing where none is near."""
    if len(name) > _LONGEST:
        return None
    from difflib import get_close_matches

    matches = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?`` or an empty string, to be put behind a message."""
    near = nearest(name, known)
    return f'; did you mean "{near}"?' if near else ""


def is_text(name: str) -> bool:
    """False for bytes of a name that are no UTF-8: no database and no document could hold them."""
    return not any("\ud800" <= character <= "\udfff" for character in name)
