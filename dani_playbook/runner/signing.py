"""Signing in and out, and passwords."""

import secrets as random
from datetime import datetime, timedelta
from typing import Any

from dani_playbook.core.access import TABLE, Action, may
from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import Sensitivity
from dani_playbook.core.errors import Denied, PlaybookError
from dani_playbook.core.identity import Account, Identity, Way
from dani_playbook.core.normalize import fold
from dani_playbook.core.values import Secret
from dani_playbook.runner.documents import Result
from dani_playbook.runner.identity import by_token, machine, signed_in
from dani_playbook.runner.opened import ADMIN
from dani_playbook.runner.session import Session
from dani_playbook.runner.session_file import read_token, remove_token, write_token

MINUTE = timedelta(minutes=1)
TRIES = 5
"""Wrong passwords that one account has in a minute."""
TRIES_OF_ALL = 50
"""Wrong passwords that all accounts have together in a minute."""
LEAST = 12
LEAST_OF_ADMIN = 15


def login(session: Session, email: str, password: Secret) -> Result:
    """Signs somebody in on this machine. Raises ``Denied``, with the same words whatever was wrong."""
    account = _checked(session, email, password, "login-failed")
    if before := read_token(session.environ, session.database.identity):
        session.access.end(before)
    token = session.access.begin(account.id, account.mark, session.now, session.sign_in.hours)
    write_token(session.environ, session.database.identity, token, random.token_hex(8))
    session.identity = signed_in(account, session.now)
    session.note("login", str(account.address))
    return Result(document=identity_document(session.identity, _until(session)))


def _checked(session: Session, email: str, password: Secret, failed: str) -> Account:
    """The account that the password belongs to. A try is taken before anything is hashed."""
    typed = fold(email)
    attempt = session.access.try_password(typed, session.now, MINUTE, TRIES, TRIES_OF_ALL)
    if attempt is None:
        session.note_denied(failed, "", why="too many tries", account=session.access.hashed("login", typed)[:16])
        raise Denied("too many wrong passwords", hint="wait for a minute, then try again")
    account = session.accounts.checked(email, password)
    if account is None:
        session.note_denied(failed, "", account=session.access.hashed("login", typed)[:16])
        raise Denied(
            "this e-mail and this password don't belong to an account that may sign in",
            hint="somebody with the role admin can set a new one: dani user password ADDRESS",
        )
    session.access.give_back(attempt)
    return account


def logout(session: Session, *, everywhere: bool = False) -> str:
    """Ends the session of this machine, or all of the account; gives who was signed in, empty where nobody was."""
    token = read_token(session.environ, session.database.identity)
    if token is None and not everywhere:
        return ""
    if token is None:
        raise Denied("nobody is signed in here, so nobody's sessions can be ended", hint="dani login")
    found = session.access.session(token)
    account = session.accounts.by_id([found.account]).get(found.account) if found else None
    if everywhere:
        session.identity = by_token(session, token)
        session.access.end_all(found.account if found else "")
    session.access.end(token)
    remove_token(session.environ, session.database.identity)
    who = str(account.address) if account else "somebody who isn't known here any more"
    session.identity = machine(session)
    session.note("logout", str(account.address) if account else "", everywhere=everywhere)
    return who


def whoami(session: Session) -> Result:
    """Who acts here, how that is known, and what it may do."""
    return Result(document=identity_document(session.identity, _until(session)))


def _until(session: Session) -> datetime | None:
    signed = session.identity.signed_in_at
    return signed + timedelta(hours=session.sign_in.hours) if signed else None


def identity_document(identity: Identity, until: datetime | None) -> dict[str, Any]:
    """``dani.whoami/1``."""
    return {
        "format": "dani.whoami/1",
        "name": identity.name,
        "way": identity.way.value,
        "roles": sorted(identity.roles),
        "key": identity.key,
        "scopes": None if identity.scopes is None else sorted(identity.scopes),
        "signed_in_at": _moment(identity.signed_in_at),
        "until": _moment(until),
        "may": [line for action in Action if may(identity, action) for line in _lines(identity, action)],
    }


def _lines(identity: Identity, action: Action) -> list[dict[str, Any]]:
    """What the roles say of one action, a line for each class up to which they say it."""
    rules = [rule for role in sorted(identity.roles) for rule in TABLE.get(role, ()) if action in rule.actions]
    lines = []
    for highest in Sensitivity:
        kinds = {kind for rule in rules if rule.highest is highest for kind in rule.kinds}
        if kinds:
            shown = ["*"] if "*" in kinds else sorted(kinds - {""})
            lines.append({"action": action.value, "kinds": shown, "highest": highest.value if shown else None})
    return lines


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def is_own(session: Session, address: Address) -> bool:
    """Whether it is about who acts, who then has to say the old password."""
    return session.identity.is_person and session.identity.account == address


def way_to_set(session: Session, address: Address) -> str:
    """What setting a password is called in the audit trail, for who acts here. Raises ``Denied``."""
    if is_own(session, address):
        return "password-changed"
    if session.identity.way is Way.MACHINE and not session.admins():
        return _first(session, address)
    session.gate.require(Action.SET_PASSWORD)
    return "password-set"


def set_password(session: Session, address: Address, new: Secret, old: Secret | None = None) -> None:
    """Sets somebody's password and ends their sessions. Raises ``Denied`` and ``PlaybookError``."""
    way = way_to_set(session, address)
    account = session.accounts.of([address]).get(address)
    if account is None:
        raise PlaybookError(f"there is no account {address}", hint="dani export user --format json lists them")
    if not account.active:
        raise PlaybookError(f"{address} is disabled or left", hint="nobody can sign in with such an account")
    if is_own(session, address):
        _checked(session, account.email, old or Secret(""), "password-failed")
    session.accounts.set_password(account, new, LEAST_OF_ADMIN if ADMIN in account.roles else LEAST)
    session.access.end_all(account.id)
    session.note(way, str(address))


def _first(session: Session, address: Address) -> str:
    """As long as nobody could do it signed in, the machine's user may do it for one who then can."""
    account = session.accounts.of([address]).get(address)
    if account is None or ADMIN not in account.roles:
        session.note_denied("first-password", str(address))
        raise Denied(
            "the first password is that of somebody with the role admin",
            hint="give somebody roles: [admin] in a playbook, apply it, and set their password first",
        )
    return "first-password"
