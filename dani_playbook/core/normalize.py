"""Canonical spelling of values, field by field. Pure; doing it twice is the same as once."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.values import Fields, Secret, SecretRef, SetEdit, Value, canonical_set

_MONEY = re.compile(r"(-?\d+)(?:\.(\d+))?\s*([A-Z]{3})\Z")
_MINOR_DIGITS = dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0) | (
    dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
)
"""Digits after the point where they aren't two; ISO 4217."""

_SPACES = re.compile(r"\s+")
_ODD_SPACES = re.compile(r"[^\S \n]|  | $|^ ", re.MULTILINE)
_PHONE_NOISE = re.compile(r"[\s().\-/]")


def text(value: str) -> str:
    """Unicode NFC, no white space at the ends."""
    if value.isascii():
        return value.strip()
    return unicodedata.normalize("NFC", value).strip()


def line(value: str) -> str:
    """As ``text``, and inner white space is one space."""
    if value.isascii():
        return " ".join(value.split())
    return _SPACES.sub(" ", text(value))


def email(value: str) -> str:
    """As ``text``, in lower case."""
    return text(value).lower()


def phone(value: str) -> str:
    """E.164 where it was written with a plus sign; else only noise is taken out."""
    if value.isascii() and value.removeprefix("+").isdigit():
        return value
    return text(_PHONE_NOISE.sub("", text(value)))


def fold(value: str) -> str:
    """For comparing identities, never for storing: NFKC, case folded, one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())).strip()


def fold_all(values: Iterable[str]) -> list[str]:
    """``fold`` of each, many times faster where all are plain."""
    given = list(values)
    text = _as_lines(given)
    return [fold(value) for value in given] if text is None else text.lower().split("\n")


def _as_lines(values: Sequence[str]) -> str | None:
    """All of them, a line each, where each is ASCII and one line, with single spaces inside at most."""
    text = "\n".join(values)
    is_plain = text.isascii() and text.count("\n") == len(values) - 1 and not _ODD_SPACES.search(text)
    return text if is_plain else None


_SPELLINGS: Mapping[str, Callable[[str], str]] = {"text": text, "line": line, "email": email, "phone": phone}


def normalize_value(field: FieldSpec, value: Any) -> Value:
    """The canonical form of one value of ``field``.

    Takes what YAML, JSON or a database gives: dates and moments as objects or ISO strings, lists for sets. An empty
    string is ``None``: no system that ``dani`` knows tells them apart reliably. Raises ``ValueError`` for a date or
    moment that is none, or a moment without a zone.
    """
    if type(value) is str and field.type == "string":
        return _string(field, value) or None
    if value is None or isinstance(value, SecretRef):
        return value
    if isinstance(value, Secret):
        return Secret(normalize_value(field, value.reveal()))
    if isinstance(value, SetEdit):
        return SetEdit(add=_items(field, value.add), remove=_items(field, value.remove))
    if field.type == "set":
        return _items(field, value)
    return _scalar(field, value)


_PLAIN: Mapping[str, Callable[[str], str]] = {"text": str, "line": str, "email": str.lower}
"""What spelling does to a text with nothing odd about it."""


def normalize_all(field: FieldSpec, values: Sequence[str | None]) -> list[Value]:
    """``normalize_value`` of each, many times faster where all are plain."""
    texts = list(filter(None, values))
    spelled = _PLAIN.get(field.normalize or "text") if field.type == "string" else None
    text = _as_lines(texts) if spelled else None
    if spelled is None or text is None:
        return [normalize_value(field, value) for value in values]
    lines = iter(spelled(text).split("\n"))
    return [next(lines) if value else None for value in values]


def _items(field: FieldSpec, values: Any) -> tuple[Value, ...]:
    return canonical_set(_string(field, item) if isinstance(item, str) else canonical(item) for item in values)


def _scalar(field: FieldSpec, value: Any) -> Value:
    if field.type == "date":
        return iso_date(value)
    if field.type == "datetime":
        return iso_moment(value)
    if field.type == "money":
        return money(value)
    if isinstance(value, str) and not field.is_nested:
        return _string(field, value) or None
    return canonical(value)


def _string(field: FieldSpec, value: str) -> str:
    return spelling(field)(value)


def spelling(field: FieldSpec) -> Callable[[str], str]:
    """How texts of a field are spelled."""
    return _SPELLINGS[field.normalize or "text"]


def canonical(value: Any) -> Value:
    """Lists to tuples, text to NFC, at every depth; keys of mappings in order."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return tuple(canonical(item) for item in value)
    if isinstance(value, Mapping):
        return {str(key): canonical(value[key]) for key in sorted(value)}
    return value


def iso_date(value: Any) -> str:
    """``2026-12-01``. Raises ``ValueError`` for a moment and for what is no date."""
    if isinstance(value, datetime):
        raise ValueError("a date has no time of day")
    return value.isoformat() if isinstance(value, date) else date.fromisoformat(str(value).strip()).isoformat()


def iso_moment(value: Any) -> str:
    """``2026-12-01T08:00:00Z``. Raises ``ValueError`` where there is no zone."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone, like 2026-12-01T09:00:00+01:00")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def normalize_fields(kind: KindSpec, fields: Fields) -> dict[str, Value]:
    """Every managed field of ``kind`` in the schema's order; what ``fields`` lacks is ``None``."""
    return {name: normalize_value(spec, fields.get(name)) for name, spec in kind.fields.items()}


def money(value: Any) -> Mapping[str, Value]:
    """``{"currency": "EUR", "minor": 5400000}`` from itself or from text like ``54000.00 EUR``. No floats on the way."""
    if isinstance(value, Mapping):
        return {"currency": str(value["currency"]), "minor": int(value["minor"])}
    match = _MONEY.match(str(value).strip())
    if not match:
        raise ValueError("an amount of money is written like 54000.00 EUR")
    whole, part, currency = match[1], match[2] or "", match[3]
    digits = _MINOR_DIGITS.get(currency, 2)
    if len(part) > digits:
        raise ValueError(f"{currency} has {digits} digits after the point")
    return {"currency": currency, "minor": int(whole + part.ljust(digits, "0"))}
