"""Tokens: what the inventory keeps of an applied value.

Canonical text stands for a plain value. Everything else begins with a word and a colon, as no JSON does: ``hmac:`` a
fingerprint, ``ref:`` a secret, ``edit:`` a partial statement about a set, ``kept:`` a conflict settled for live.
"""

import json
from functools import lru_cache
from json.encoder import encode_basestring

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.memory import Token
from dani_playbook.core.values import Fingerprint, Secret, SecretRef, SetEdit, Value, canonical_text, from_plain

_EDIT, _KEPT, _REFERENCE = "edit:", "kept:", "ref:"


@lru_cache(maxsize=65536)
def _tuple_text(value: tuple[Value, ...]) -> str:
    return canonical_text(value)


def plain_token(value: Value) -> Token:
    """Canonical text, by the short way for what most fields hold."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return _tuple_text(value)
    return canonical_text(value)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes tokens: canonical text up to the class internal, fingerprints with the project's key above."""

    fingerprint: Fingerprint

    def of(self, field: FieldSpec, value: Value) -> Token:
        """The token of a value that isn't a reference to a secret."""
        if value is None:
            return "null"
        if isinstance(value, SecretRef):
            return secret_token(value, None)
        if isinstance(value, SetEdit):
            return _EDIT + canonical_text(value)
        if not (field.sensitivity.is_masked or isinstance(value, Secret)):
            return plain_token(value)
        return self.fingerprint.of(value)

    def of_secret(self, reference: SecretRef, live: Value) -> Token:
        """What was written, and by which reference: only the reference is ever compared with a playbook."""
        return secret_token(reference, None if live is None else self.fingerprint.of(live))


def secret_token(reference: SecretRef, seen: str | None) -> Token:
    """The form of a secret's token; ``seen`` is the fingerprint of what was written."""
    return _REFERENCE + canonical_text({"ref": reference.uri, "seen": seen})


def kept_token(desired: Token, live: Token) -> Token:
    """A conflict that was settled for live: as long as both sides stay, nothing is planned."""
    return _KEPT + canonical_text([desired, live])


def read_plain(token: Token) -> Value:
    """The value that canonical text stands for."""
    return from_plain(json.loads(token))


def read_edit(token: Token) -> SetEdit | None:
    """The partial statement that a token stands for, nothing for other tokens."""
    if not token.startswith(_EDIT):
        return None
    edit = json.loads(token.removeprefix(_EDIT))
    return SetEdit(add=from_plain(edit["add"]), remove=from_plain(edit["remove"]))


def read_secret(token: Token) -> tuple[SecretRef, str | None] | None:
    """A reference and the fingerprint of what it gave when it was applied, nothing for other tokens."""
    if not token.startswith(_REFERENCE):
        return None
    parts = json.loads(token.removeprefix(_REFERENCE))
    return SecretRef(parts["ref"]), parts["seen"]


def read_kept(token: Token) -> tuple[Token, Token] | None:
    """The two sides of a settled conflict, nothing for other tokens."""
    if not token.startswith(_KEPT):
        return None
    desired, live = json.loads(token.removeprefix(_KEPT))
    return desired, live


def effective(field: FieldSpec, value: Value, live: Value) -> Value:
    """What ``value`` asks for where ``live`` is there now: set edits laid over it, null sets empty."""
    if isinstance(value, SetEdit):
        return value.over(live)
    return () if field.is_set and value is None else value
