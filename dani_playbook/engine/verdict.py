"""Desired, live, applied -> what to say of one field. The table of ownership."""

from enum import Enum

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.memory import Token
from dani_playbook.core.values import SecretRef, SetEdit, Value, same
from dani_playbook.engine.token import Tokens, effective, read_edit, read_kept, read_secret


class Verdict(Enum):
    """``SAME`` nothing to do; ``NEW`` never applied; ``CHANGED`` the playbook did; ``DRIFT`` live did; ``CONFLICT`` both."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    DRIFT = "drift"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, what the field becomes, and the token to remember once it is so."""

    verdict: Verdict
    after: Value
    token: Token


def judge(field: FieldSpec, desired: Value, live: Value, applied: Token | None, tokens: Tokens) -> Judged:
    """Compare three values of one field of an object that exists; what is only for its creation is always the same.

    ``applied`` is ``None`` where it was never applied. A secret's reference is compared with the applied reference,
    its live value with the fingerprint of what was written.
    """
    if field.create_only:
        return Judged(Verdict.SAME, desired, applied or tokens.of(field, desired))
    if isinstance(desired, SecretRef):
        return _judge_secret(field, desired, live, applied, tokens)
    after = effective(field, desired, live)
    token = tokens.of(field, desired if isinstance(desired, SetEdit) else after)
    if same(after, live):
        return Judged(Verdict.SAME, after, token)
    if isinstance(desired, SetEdit):
        return Judged(_judge_edit(token, applied), after, token)
    return _judge_plain(after, token, tokens.of(field, live), applied)


def _judge_plain(after: Value, desired: Token, live: Token, applied: Token | None) -> Judged:
    if applied is None:
        return Judged(Verdict.NEW, after, desired)
    if kept := read_kept(applied):
        if kept == (desired, live):
            return Judged(Verdict.SAME, after, applied)
        applied = kept[1]
    if secret := read_secret(applied):
        applied = secret[1] or "null"
    if read_edit(applied) or live == applied:
        return Judged(Verdict.CHANGED, after, desired)
    return Judged(Verdict.DRIFT if desired == applied else Verdict.CONFLICT, after, desired)


def _judge_edit(desired: Token, applied: Token | None) -> Verdict:
    if applied is None:
        return Verdict.NEW
    return Verdict.DRIFT if desired == applied else Verdict.CHANGED


def _judge_secret(field: FieldSpec, desired: SecretRef, live: Value, applied: Token | None, tokens: Tokens) -> Judged:
    known = read_secret(applied) if applied else None
    if known is None:
        return Judged(Verdict.NEW, desired, tokens.of(field, desired))
    reference, seen = known
    stands = seen == (None if live is None else tokens.fingerprint.of(live))
    if reference == desired:
        return Judged(Verdict.SAME if stands else Verdict.DRIFT, desired, applied or "")
    return Judged(Verdict.CHANGED if stands else Verdict.CONFLICT, desired, tokens.of(field, desired))
