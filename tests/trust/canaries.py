"""Canaries: values that must never come out, where they are put, and how they are looked for in what came out."""

import base64
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import quote

from dani_playbook.core.dictionary import FieldSpec, read_dictionary

DICTIONARY = read_dictionary()
CHOSEN = {"end_reason": "redundancy", "pay_period": "month"}
"""Masked fields with a few words to choose from; help and schemas name these words, so none can be a canary."""


def digits(name: str, length: int = 11) -> str:
    return str(int(sha256(name.encode()).hexdigest(), 16))[:length]


def word(name: str) -> str:
    return f"zq{sha256(name.encode()).hexdigest()[:14]}x"


def day(name: str) -> str:
    number = int(digits(name))
    return f"{1931 + number % 30}-{1 + number // 30 % 12:02}-{1 + number // 360 % 28:02}"


@dataclass(frozen=True)
class Canary:
    """A value as it is written, and the part of it that is looked for."""

    place: str
    written: str
    needle: str


def of_field(kind: str, key: str, spec: FieldSpec, time: str) -> Iterator[tuple[str, Canary]]:
    """Path below the field, empty for the field itself, and the canary for it."""
    place = f"{kind}.{key}.{spec.name}.{time}"
    rule = DICTIONARY.schemas[f"{kind}.schema.json"]["properties"][spec.name]
    if spec.type == "object":
        for name, inner in rule["properties"].items():
            if name != "country":
                yield f".{name}", _text(f"{place}.{name}", inner)
    elif spec.type == "money":
        yield "", Canary(place, f"{digits(place)}.05 EUR", digits(place))
    elif spec.type in ("date", "list"):
        yield ("[0].start_date" if spec.type == "list" else ""), Canary(place, day(place), day(place))
    else:
        yield "", _text(place, rule)


def _text(place: str, rule: Mapping[str, Any]) -> Canary:
    if rule.get("format") == "email":
        return Canary(place, f"{word(place)}@private.example", word(place))
    if "pattern" in rule:
        return Canary(place, f"+49 30 {digits(place)}", digits(place))
    return Canary(place, word(place), word(place))


def encodings(needle: str) -> Iterator[bytes]:
    """A text in every form in which it could be hidden in plain sight."""
    plain = needle.encode()
    yield plain
    yield plain[::-1]
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield needle.upper().encode()
    yield needle.encode("utf-16-le")
    yield needle.encode("utf-16-be")
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + plain)
        core = text[(0, 2, 3)[shift] : len(text) - 4]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")
    yield "".join(f"%{byte:02X}" for byte in plain).encode()
    yield quote(needle, safe="").encode()
    yield "".join(f"\\u{ord(character):04x}" for character in needle).encode()
    yield "".join(f"&#{ord(character)};" for character in needle).encode()


def opened(data: bytes) -> Iterator[bytes]:
    """The data itself and whatever is compressed in it."""
    yield data
    if data.startswith(b"PK") and zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    for found in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", data):
        try:
            yield zlib.decompressobj(47).decompress(data[found.start() :])
        except zlib.error:
            continue


@dataclass
class Search:
    """Looks for canaries in one output after the other, and counts."""

    canaries: list[Canary]
    outputs: int = 0
    searched: int = 0

    def __post_init__(self) -> None:
        self.forms = [
            (canary, form) for canary in self.canaries for form in set(encodings(canary.needle)) if len(form) > 7
        ]

    def hits(self, data: bytes) -> list[str]:
        """Places of the canaries that are in ``data``."""
        self.outputs += 1
        found = set()
        for part in opened(data):
            self.searched += len(part)
            folded = part.lower()
            found |= {canary.place for canary, form in self.forms if form in part or form.lower() in folded}
        return sorted(found)
