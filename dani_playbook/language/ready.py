"""Ready: values that are plainly right become canonical at once; all others are looked at closely elsewhere."""

from collections.abc import Callable, Mapping
from typing import Any

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.normalize import normalize_value, spelling
from dani_playbook.core.values import Value
from dani_playbook.language.marks import Items
from dani_playbook.language.quick import Predicate
from dani_playbook.language.secret import secret_of

_MOST = 1_000
"""So many texts of one field are remembered: of dates and offices there are few, of names there's no end."""


class _Doubt:
    pass


DOUBT = _Doubt()
"""Said of a value that isn't plainly right."""

Taken = dict[str, Value]


class Ready:
    """One field: ``take`` gives the canonical value of what is plainly right, and ``DOUBT`` else.

    What was taken is remembered by its text.
    """

    __slots__ = ("_accepts", "_lists", "spec", "take_other", "take_text", "texts")

    def __init__(self, spec: FieldSpec, accepts: Predicate) -> None:
        self.spec = spec
        self.texts: Taken = {}
        self._lists: dict[tuple[str, ...], Value] = {}
        self._accepts = accepts
        self.take_text: Callable[[str], Value] = self._doubt if spec.sensitivity.is_reference_only else self._text
        if spec.type == "string" and not spec.sensitivity.is_reference_only:
            self.take_text = _taking(accepts, spelling(spec), self.texts)
        self.take_other: Callable[[Any], Value] = self._secret if spec.sensitivity.is_reference_only else self._other

    def take(self, value: Any) -> Value:
        """The canonical value, or ``DOUBT``."""
        if type(value) is not str:
            return self.take_other(value)
        known = self.texts.get(value)
        return self.take_text(value) if known is None else known

    def _text(self, value: str) -> Value:
        taken = self._normalized(value)
        if taken is not DOUBT and len(self.texts) < _MOST:
            self.texts[value] = taken
        return taken

    def _other(self, value: Any) -> Value:
        if type(value) is not Items:
            return self._normalized(value)
        try:
            known = self._lists.get(tuple(value), DOUBT)
        except TypeError:
            return self._normalized(value)
        if known is DOUBT:
            known = self._normalized(value)
            # Of texts only: 1 and true would be one key.
            if known is not DOUBT and len(self._lists) < _MOST and all(type(item) is str for item in value):
                self._lists[tuple(value)] = known
        return known

    def _normalized(self, value: Any) -> Value:
        # Of a partial set it isn't said here whether it makes sense.
        if not self._accepts(value) or (self.spec.is_set and isinstance(value, dict)):
            return DOUBT
        try:
            return normalize_value(self.spec, value)
        except ValueError:
            return DOUBT

    def _secret(self, value: Any) -> Value:
        if value is None:
            return None
        found = secret_of(value)
        return DOUBT if found is None else found

    def _doubt(self, value: str) -> Value:
        return DOUBT


def _taking(accepts: Predicate, spell: Callable[[str], str], texts: Taken) -> Callable[[str], Value]:
    """The short way for texts that stay texts."""

    def take(value: str) -> Value:
        if not accepts(value):
            return DOUBT
        taken = spell(value) or None
        if len(texts) < _MOST:
            texts[value] = taken
        return taken

    return take


ReadyFields = Mapping[str, Ready]
