"""Keys for programs: made by a person, shown once, never worth more than that person is now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import NEVER_BY_KEY, Action, may
from dani_playbook.core.errors import Denied, PlaybookError, UsageError
from dani_playbook.core.identity import Account
from dani_playbook.core.names import did_you_mean
from dani_playbook.runner.documents import Result
from dani_playbook.runner.session import Session

if TYPE_CHECKING:
    from dani_playbook.state.access import Key

MOST_DAYS = 90
SCOPES = tuple(action.value for action in Action if action not in NEVER_BY_KEY)


def create_key(session: Session, name: str, scopes: Sequence[str], days: int) -> Result:
    """A key that does what ``scopes`` say, for so many days. The document is the only place that ever shows it."""
    _check_scopes(scopes)
    session.gate.require(Action.MAKE_KEY)
    for scope in scopes:
        session.gate.require(Action(scope))
    maker = _me(session).id
    with session.together():
        key, secret = session.access.make_key(maker, name, scopes, session.now, min(days, MOST_DAYS))
        session.note("key-made", key.id, scopes=sorted(scopes), expires_at=_moment(key.expires_at))
    document = {
        "format": "dani.key/1",
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "expires_at": _moment(key.expires_at),
        "key": secret.reveal(),
    }
    return Result(document=document)


def _check_scopes(scopes: Sequence[str]) -> None:
    for scope in scopes:
        if scope not in SCOPES:
            never = scope in {action.value for action in NEVER_BY_KEY}
            message = f"no key can have the scope {scope}" if never else f"there is no scope {scope}"
            raise UsageError(
                message + ("" if never else did_you_mean(scope, SCOPES)), hint=f"scopes: {', '.join(SCOPES)}"
            )


def _me(session: Session) -> Account:
    address = session.identity.account
    account = session.accounts.of([address]).get(address) if address and session.identity.is_person else None
    if account is None:
        raise Denied("keys belong to people, and nobody is signed in", hint="sign in with: dani login")
    return account


def list_keys(session: Session) -> Result:
    """One's own keys; for who may revoke those of others, all of them."""
    me = _me(session)
    rows = [
        key for key in session.access.all_keys() if key.account == me.id or may(session.identity, Action.REVOKE_KEY)
    ]
    makers = session.accounts.by_id({key.account for key in rows})
    return Result(document={"format": "dani.keys/1", "keys": [_shown(key, makers, session.now) for key in rows]})


def _shown(key: "Key", makers: Mapping[str, Account], now: datetime) -> dict[str, Any]:
    maker = makers.get(key.account)
    return {
        "id": key.id,
        "name": key.name,
        "account": str(maker.address) if maker else None,
        "scopes": list(key.scopes),
        "created_at": _moment(key.created_at),
        "expires_at": _moment(key.expires_at),
        "used_at": _moment(key.used_at),
        "state": _state(key, maker, now),
    }


def _state(key: "Key", maker: Account | None, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if not key.is_good(now):
        return "expired"
    return "good" if maker is not None and maker.active else "maker disabled"


def revoke_key(session: Session, id: str) -> None:
    """From the next call on it is worth nothing."""
    me = _me(session)
    found = next((key for key in session.access.all_keys() if key.id == id), None)
    if found is None or found.account != me.id:
        session.gate.require(Action.REVOKE_KEY)
    if found is None:
        raise PlaybookError(f"there is no key {id}", hint="dani keys list shows them")
    with session.together():
        session.access.revoke(id, session.now)
        session.note("key-revoked", id)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
