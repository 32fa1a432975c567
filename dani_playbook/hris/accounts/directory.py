"""Directory: who could sign in to the built-in HR system, and whether a password is theirs."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db.models import Q

from dani_playbook.core.access import ROLES
from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.identity import Account
from dani_playbook.core.normalize import fold
from dani_playbook.core.values import Secret
from dani_playbook.hris.accounts.models import User

_COLUMNS = ("pk", "key", "email", "email_folded", "is_active", "roles", "password", "employee__status")
_LIKE_ME = ("key", "username", "email", "first_name", "last_name")
_MOST = 1024
GONE = "left"


@dataclass(frozen=True, slots=True)
class Directory:
    """Accounts of the database ``using``, each under the HR system's own key."""

    using: str = "default"

    def found(self, *, ids: Collection[str] = (), keys: Collection[str] = ()) -> Sequence[Account]:
        """Accounts with one of these ids or keys, sorted by key. One query."""
        numbers = [int(id) for id in ids if id.isdecimal()]
        return [account for _, account, _ in self._rows(Q(pk__in=numbers) | Q(key__in=list(keys)))]

    def by_email(self, emails: Collection[str]) -> Mapping[str, Account]:
        """Accounts by the spelling that was asked for. One query."""
        folded = {email: fold(email) for email in emails}
        known = {key: account for key, account, _ in self._rows(Q(email_folded__in=set(folded.values())))}
        return {email: known[key] for email, key in folded.items() if key in known}

    def with_role(self, role: str) -> Sequence[Account]:
        """Everybody active who has a role, sorted by key. One query."""
        rows = self._rows(Q(is_active=True, roles__icontains=f'"{role}"'))
        return [account for _, account, _ in rows if account.active and role in account.roles]

    def checked(self, email: str, password: Secret) -> Account | None:
        """The active account that this password belongs to; a name that nobody has costs the same hash."""
        rows = self._rows(Q(email_folded=fold(email)))
        _, account, encoded = rows[0] if rows else ("", None, make_password(None))
        fits = check_password(password.reveal(), encoded)
        return account if fits and account is not None and account.active else None

    def set_password(self, account: Account, password: Secret, least: int) -> None:
        """Raises ``PlaybookError`` for a password that is too easy, or shorter than ``least``."""
        text = password.reveal()
        users = User.objects.using(self.using).filter(pk=int(account.id))
        if len(text) > _MOST:
            raise PlaybookError("this password can't be used", hint=f"it has more than {_MOST} characters")
        try:
            validate_password(text, users.get(), _validators(least))
        except ValidationError as error:
            raise PlaybookError("this password can't be used", hint=" ".join(error.messages)) from None
        users.update(password=make_password(text))

    def _rows(self, which: Q) -> list[tuple[str, Account, str]]:
        """The folded email, the account and the password as it is stored."""
        rows = User.objects.using(self.using).filter(which).order_by("key").values_list(*_COLUMNS)
        return [(row[3], _account(*row), row[6]) for row in rows]


def _account(
    pk: int, key: str, email: str, folded: str, is_active: bool, roles: Any, encoded: str, status: str | None
) -> Account:
    known = frozenset(role for role in ROLES if role in (roles or ()))
    return Account(
        address=Address("user", key),
        id=str(pk),
        email=email,
        active=is_active and status != GONE,
        roles=known,
        mark=_mark(encoded, known) if is_password_usable(encoded) else "",
    )


def _mark(encoded: str, roles: Collection[str]) -> str:
    return hashlib.sha256("\n".join([encoded, *sorted(roles)]).encode()).hexdigest()


def _validators(least: int) -> list[Any]:
    return [
        MinimumLengthValidator(least),
        CommonPasswordValidator(),
        NumericPasswordValidator(),
        UserAttributeSimilarityValidator(_LIKE_ME),
    ]
