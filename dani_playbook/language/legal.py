"""Legal: which live values a playbook can say, and by which keys. What it can't is told, never written."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from dani_playbook.core.address import KEY_PATTERN, Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, FieldSpec, KindSpec
from dani_playbook.core.normalize import canonical
from dani_playbook.core.values import Value, same
from dani_playbook.language.documents import parse
from dani_playbook.language.emit import entry
from dani_playbook.language.filters import slug
from dani_playbook.language.project import Limits
from dani_playbook.language.render import FAILED, Renderer
from dani_playbook.language.report import Report
from dani_playbook.language.scalars import UNFIT
from dani_playbook.language.schema import Checker
from dani_playbook.language.values import read_value

_LONGEST_KEY = 128
_LONG = 1_000
"""Longer texts, and those with signs of a template, are written and read back to see what comes of them."""


@dataclass(frozen=True)
class Legal:
    """Asks of one value at a time whether it would be read back as it is; one for a whole export."""

    dictionary: Dictionary

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.dictionary)

    @cached_property
    def _known(self) -> dict[tuple[str, str, type, Value], str | None]:
        return {}

    def refusal(self, kind: KindSpec, field: FieldSpec, value: Value) -> str | None:
        """Why a playbook can't say ``value``, without the value; nothing where it can. Many people share a value."""
        if not isinstance(value, str | int):
            return self._refusal(kind, field, value)
        asked = (kind.name, field.name, type(value), value)
        if asked not in self._known:
            self._known[asked] = self._refusal(kind, field, value)
        return self._known[asked]

    def _refusal(self, kind: KindSpec, field: FieldSpec, value: Value) -> str | None:
        if any(UNFIT.search(text) for text in _texts(value)):
            return f"{field.name} has a character that no playbook may hold"
        report = Report("live", [])
        back = read_value(kind, field, _plain(value), (1, 1, 0), report, self._checker)
        if back is FAILED:
            return _without_value(field, report.problems[0].code) if report.problems else f"{field.name} isn't valid"
        if not same(back, value) or (any(map(_is_doubtful, _texts(value))) and not _survives(value)):
            return f"{field.name} would be read as something else"
        return None


_WHY: Mapping[str, str] = {
    "too-long": "is longer than a playbook allows",
    "not-a-choice": "is none of the values that there are",
    "bad-format": "isn't written as a playbook wants it",
}


def _without_value(field: FieldSpec, code: str) -> str:
    return f"{field.name} {_WHY.get(code, 'is nothing that a playbook may say')} ({code})"


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _texts(value: Value) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            yield from _texts(item)


def _is_doubtful(text: str) -> bool:
    return len(text) > _LONG or "{{" in text or "{%" in text


def _survives(value: Value) -> bool:
    """Whether the value comes back from its own text."""
    document, problems = parse("\n".join(entry("x", value, 0)) + "\n", "live", Limits())
    if problems or document is None:
        return False
    report = Report("live", [])
    content = Renderer(Limits()).render(document.content, (1, 1, 0), {}, report)
    return not report.problems and content is not FAILED and same(canonical(content), canonical({"x": value}))


def legal_keys(found: Iterable[Address], taken: Collection[Address]) -> dict[Address, Address]:
    """For each address whose key no playbook may hold, one that it may: small, of the key itself, and its own.

    What two of them would share gets a part of the key's digest, so that no key depends on the order of rows.
    """
    wrong = sorted(address for address in found if not KEY_PATTERN.match(address.key))
    near = {address: Address(address.kind, slug(address.key)[:_LONGEST_KEY].strip("-")) for address in wrong}
    counted = Counter(near.values())
    return {
        address: plain if plain.key and counted[plain] == 1 and plain not in taken else _with_digest(address, plain)
        for address, plain in near.items()
    }


def _with_digest(address: Address, plain: Address) -> Address:
    tail = sha256(address.key.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Address(plain.kind, f"{(plain.key or plain.kind)[: _LONGEST_KEY - len(tail) - 1]}-{tail}")
