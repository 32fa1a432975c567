"""Identity of one call: a key, else who signed in, else the machine's user."""

import re
import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dani_playbook.core.errors import Denied, LiveError
from dani_playbook.core.identity import OPERATOR, Account, Identity, Way
from dani_playbook.core.values import Secret
from dani_playbook.runner.session_file import read_token

if TYPE_CHECKING:
    from dani_playbook.runner.opened import Opened
    from dani_playbook.state.access import Key, SignedIn

KEY_VARIABLE = "DANI_API_KEY"
_SELDOM = timedelta(minutes=1)
"""How often a session or a key remembers that it was used: not with every call."""

_LIKE_AN_ACCOUNT = re.compile(r"\W*(user|machine)\W")


def machine_name(name: str) -> str:
    """The machine's user as records say it: a name that looks like an account is told apart from one."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isprintable())
    return f"machine:{name}" if _LIKE_AN_ACCOUNT.match(plain) else name


def identify(session: "Opened") -> Identity:
    """Who acts. Raises ``Denied`` for a key or a session that is no good: nobody falls back to somebody else."""
    if text := session.environ.get(KEY_VARIABLE):
        return _by_key(session, Secret(text))
    try:
        token = read_token(session.environ, session.database.identity)
    except Denied:
        session.note_denied("session-refused", "", why="others may have read or made its file")
        raise
    return by_token(session, token) if token else machine(session)


def machine(session: "Opened") -> Identity:
    """The machine's user, who may what an operator may unless the project demands a sign-in."""
    roles = frozenset() if session.sign_in.is_required else frozenset({OPERATOR})
    return Identity(name=session.machine_name, roles=roles)


def by_token(session: "Opened", token: Secret) -> Identity:
    """Who signed in with this token. Raises ``Denied`` where that has ended."""
    found = session.access.session(token)
    account = session.accounts.by_id([found.account]).get(found.account) if found else None
    if found is None or account is None or (why := _ended(session, found, account)):
        why = why if found and account else "it isn't known here"
        session.note_denied("session-refused", str(account.address) if account else "", why=why)
        raise Denied(
            f"the sign-in of this machine has ended: {why}",
            hint="sign in again with: dani login; or forget it with: dani logout",
        )
    if session.now - found.seen_at > _SELDOM:
        with suppress(LiveError):  # who looks isn't kept from looking where nothing can be written
            session.access.seen(token, session.now)
    return signed_in(account, found.created_at)


def signed_in(account: Account, at: datetime) -> Identity:
    """A person at the keyboard."""
    return Identity(
        name=str(account.address), way=Way.SESSION, account=account.address, roles=account.roles, signed_in_at=at
    )


def _ended(session: "Opened", found: "SignedIn", account: Account) -> str:
    """Why a session is over, empty where it isn't."""
    limits, now = session.sign_in, session.now
    if not account.active:
        return "the account is disabled"
    if not account.mark or found.mark != account.mark:
        return "the password or the roles were changed"
    if now >= min(found.expires_at, found.created_at + timedelta(hours=limits.hours)):
        return f"it lasts for {limits.hours} hours"
    if now - found.seen_at > timedelta(minutes=limits.idle_minutes):
        return f"nothing was done for {limits.idle_minutes} minutes"
    return ""


def _by_key(session: "Opened", secret: Secret) -> Identity:
    key = session.access.key(secret)
    account = session.accounts.by_id([key.account]).get(key.account) if key else None
    if key is None or account is None or (why := _no_good(session, key, account)):
        why = why if key and account else "it isn't known here"
        session.note_denied("key-refused", key.id if key else "", why=why)
        raise Denied(f"the key in {KEY_VARIABLE} is no good: {why}", hint="make another with: dani keys create")
    if key.used_at is None or session.now - key.used_at > _SELDOM:
        with suppress(LiveError):
            session.access.used(key.id, session.now)
    return Identity(
        name=str(account.address),
        way=Way.KEY,
        account=account.address,
        roles=account.roles,
        scopes=frozenset(key.scopes),
        key=key.id,
    )


def _no_good(session: "Opened", key: "Key", account: Account) -> str:
    if key.revoked_at is not None:
        return "it was revoked"
    if not key.is_good(session.now):
        return "it has expired"
    return "" if account.active else "the account of its maker is disabled"
