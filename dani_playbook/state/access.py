"""Sessions, keys and wrong passwords. What is secret is kept as a keyed hash only, and never compared with ``==``."""

import hmac
import re
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.derive import derived
from dani_playbook.core.values import Secret
from dani_playbook.state.durable import durable, told
from dani_playbook.state.models import AccessSession, ApiKey, Inventory, LoginAttempt

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KEY = re.compile(r"dani_live_([0-9a-f]{8})_([A-Za-z0-9_-]{43})([0-9A-Za-z]{6})\Z")
_BYTES = 32
_KEEP = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session as it is remembered. ``account`` is the live object's id."""

    account: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    mark: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A program's key as it is remembered. ``account`` is the live object's id of who made it."""

    id: str
    name: str
    account: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class Access:
    """The tables in the database ``using``; hashes are made with a pepper derived from ``key``, the project's."""

    def __init__(self, using: str, key: bytes, random: Callable[[int], bytes]) -> None:
        self._using = using
        self._random = random
        self._pepper = derived(key, b"dani access pepper")

    def hashed(self, what: str, text: str) -> str:
        """HMAC-SHA-256; ``what`` keeps a token from standing for a key or a name."""
        return hmac.digest(self._pepper, f"{what}\n{text}".encode("utf-8", "surrogatepass"), "sha256").hex()

    def begin(self, account: str, mark: str, now: datetime, hours: int) -> Secret:
        """A new session's token: 256 random bits."""
        token = "dani_session_" + _text(self._random(_BYTES))
        row = AccessSession(
            token_hash=self.hashed("session", token),
            account=account,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=hours),
            password_mark=mark,
        )
        with durable(self._using, joins=True):
            AccessSession.objects.using(self._using).filter(expires_at__lte=now).delete()
            row.save(using=self._using, force_insert=True)
        return Secret(token)

    @told
    def session(self, token: Secret) -> SignedIn | None:
        """What is remembered of a token, whether it is still good or not."""
        row = self._sessions().filter(token_hash=self.hashed("session", token.reveal())).first()
        if row is None:
            return None
        return SignedIn(
            account=row.account,
            created_at=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
            mark=row.password_mark,
        )

    def seen(self, token: Secret, now: datetime) -> None:
        with durable(self._using, joins=True):
            self._sessions().filter(token_hash=self.hashed("session", token.reveal())).update(seen_at=now)

    def end(self, token: Secret) -> None:
        with durable(self._using, joins=True):
            self._sessions().filter(token_hash=self.hashed("session", token.reveal())).delete()

    def end_all(self, account: str) -> int:
        """Ends every session of an account, and says how many there were."""
        with durable(self._using, joins=True):
            return self._sessions().filter(account=account).delete()[0]

    def _sessions(self) -> "QuerySet[AccessSession]":
        return AccessSession.objects.using(self._using)

    def make_key(
        self, account: str, name: str, scopes: Collection[str], now: datetime, days: int
    ) -> tuple[Key, Secret]:
        """A key as it is remembered, and as it is shown this one time."""
        id = self._random(4).hex()
        head = f"dani_live_{id}_{_text(self._random(_BYTES))}"
        secret = head + _check(head)
        row = ApiKey(
            key_id=id,
            key_hash=self.hashed("key", secret),
            name=name,
            account=account,
            scopes=sorted(scopes),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        with durable(self._using, joins=True):
            row.save(using=self._using, force_insert=True)
        return _key(row), Secret(secret)

    @told
    def key(self, secret: Secret) -> Key | None:
        """The key that was presented. An unknown id costs the same comparison as a wrong secret."""
        found = _KEY.match(secret.reveal())
        id = found[1] if found else ""
        row = ApiKey.objects.using(self._using).filter(key_id=id).first()
        expected = row.key_hash if row else self.hashed("key", "nobody")
        fits = hmac.compare_digest(expected.encode(), self.hashed("key", secret.reveal()).encode())
        return _key(row) if row and fits else None

    @told
    def all_keys(self) -> Sequence[Key]:
        """All keys, the newest first."""
        return [_key(row) for row in ApiKey.objects.using(self._using).order_by("-created_at", "key_id")]

    def used(self, id: str, now: datetime) -> None:
        with durable(self._using, joins=True):
            ApiKey.objects.using(self._using).filter(key_id=id).update(used_at=now)

    def revoke(self, id: str, now: datetime) -> None:
        with durable(self._using, joins=True):
            ApiKey.objects.using(self._using).filter(key_id=id, revoked_at=None).update(revoked_at=now)

    def try_password(self, typed: str, now: datetime, minute: timedelta, most: int, most_of_all: int) -> int | None:
        """Takes one of the tries that an account and all accounts have in a minute, or ``None`` where there is none left.

        It is taken before the password is looked at, so that tries at the same moment count each other.
        """
        account = self.hashed("login", typed)
        tries = LoginAttempt.objects.using(self._using)
        with durable(self._using, joins=True):
            tries.filter(at__lte=now - _KEEP).delete()
            row = tries.create(account=account, at=now)
        recent = tries.filter(at__gt=now - minute)
        if recent.filter(account=account).count() <= most and recent.count() <= most_of_all:
            return int(row.pk)
        self.give_back(int(row.pk))
        return None

    def give_back(self, attempt: int) -> None:
        """A try that counts for nothing: the password was right, or nobody looked at it."""
        with durable(self._using, joins=True):
            LoginAttempt.objects.using(self._using).filter(pk=attempt).delete()

    @told
    def addresses(self, kind: str, ids: Collection[str], keys: Collection[str]) -> Mapping[Address, str]:
        """Addresses that the inventory has for these live ids, and the live ids that it has for these keys."""
        rows = Inventory.objects.using(self._using).filter(Q(live_id__in=list(ids)) | Q(key__in=list(keys)), kind=kind)
        return {Address(kind, key): id for key, id in rows.order_by("key").values_list("key", "live_id")}


def _text(data: bytes) -> str:
    """43 characters of 32 bytes."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def _check(text: str) -> str:
    """Six characters by which a key is told from a text that only looks like one."""
    number, letters = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters


def _key(row: ApiKey) -> Key:
    return Key(
        id=row.key_id,
        name=row.name,
        account=row.account,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
