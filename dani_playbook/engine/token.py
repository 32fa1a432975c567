"""Tokens: what the inventory keeps of an applied value."""

import json
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.memory import Token
from dani_playbook.core.values import Fingerprint, Secret, SecretRef, SetEdit, Value, canonical_text


@lru_cache(maxsize=65536)
def _tuple_text(value: tuple[Value, ...]) -> str:
    return canonical_text(value)


def plain_token(value: Value) -> Token:
    """Canonical text, by the short way for what most fields hold."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return _tuple_text(value)
    return canonical_text(value)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes tokens: canonical text up to the class internal, fingerprints with the project's key above."""

    fingerprint: Fingerprint

    def of(self, field: FieldSpec, value: Value) -> Token:
        """The token of a value that isn't a reference to a secret."""
        if isinstance(value, SecretRef):
            return secret_token(value, None)
        if value is None or not (field.sensitivity.is_masked or isinstance(value, Secret)):
            return plain_token(value)
        return self.fingerprint.of(value)

    def of_secret(self, reference: SecretRef, live: Value) -> Token:
        """What was written, and by which reference: only the reference is ever compared with a playbook."""
        return secret_token(reference, None if live is None else self.fingerprint.of(live))


def secret_token(reference: SecretRef, seen: str | None) -> Token:
    """The form of a secret's token; ``seen`` is the fingerprint of what was written."""
    return canonical_text({"ref": reference.uri, "seen": seen})


def kept_token(desired: Token, live: Token) -> Token:
    """A conflict that was settled for live: as long as both sides stay, nothing is planned."""
    return canonical_text({"kept": {"desired": desired, "live": live}})


def read_token(token: Token) -> Value:
    """What canonical text says, for the forms above and for showing plain values."""
    return json.loads(token)


def read_kept(token: Token) -> tuple[Token, Token] | None:
    """The two sides of a settled conflict, nothing for other tokens."""
    if not token.startswith('{"kept":'):
        return None
    kept = read_token(token)["kept"]
    return kept["desired"], kept["live"]


def is_set_edit(token: Token) -> bool:
    """Whether it stands for a partial statement about a set."""
    return token.startswith('{"add":')


def effective(field: FieldSpec, value: Value, live: Value) -> Value:
    """What ``value`` asks for where ``live`` is there now: set edits laid over it, null sets empty."""
    if isinstance(value, SetEdit):
        return value.over(live)
    return () if field.is_set and value is None else value
