"""Identity: who acts, and how that is known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.values import Secret

OPERATOR = "operator"
"""The role of the machine's user where the project doesn't demand a sign-in. No account can have it."""


class Way(StrEnum):
    """How somebody is known. Only who signed in as a person counts as one."""

    MACHINE = "machine"
    SESSION = "session"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who acts in one call.

    ``name`` is what records say: the address of the account, else the machine's user. ``account`` is a person of the
    HR system, ``None`` for ``Way.MACHINE``. ``roles`` are those that the account has now. ``scopes`` are the actions
    that a key is limited to, ``None`` where nothing is limited; ``key`` is the public id of that key. ``signed_in_at``
    is aware, UTC.
    """

    name: str
    way: Way = Way.MACHINE
    account: Address | None = None
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    key: str = ""
    signed_in_at: datetime | None = None

    @property
    def is_person(self) -> bool:
        """Whether a known person is at the keyboard: a key is a program's, and the machine's user is anybody."""
        return self.way is Way.SESSION and self.account is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who could sign in, as the HR system says now.

    ``id`` is the live object's: unlike an address it never comes to mean somebody else. ``active`` is false for who
    is disabled or left. ``mark`` changes with the password and with the roles, and is empty where nobody can sign in
    with a password.
    """

    address: Address
    id: str
    email: str
    active: bool
    roles: frozenset[str]
    mark: str = field(default="", repr=False)


class Accounts(Protocol):
    """The accounts of the HR system. Each call is a fixed number of queries, however many are asked for."""

    def of(self, addresses: Collection[Address]) -> Mapping[Address, Account]:
        """Those that exist."""
        ...

    def by_email(self, emails: Collection[str]) -> Mapping[str, Account]:
        """Those that exist, by the spelling that was asked for; case and Unicode forms don't matter."""
        ...

    def by_id(self, ids: Collection[str]) -> Mapping[str, Account]:
        """Those that exist, by the live object's id."""
        ...

    def with_role(self, role: str) -> Sequence[Account]:
        """Everybody active who has a role."""
        ...

    def checked(self, email: str, password: Secret) -> Account | None:
        """The active account that this password belongs to. Costs one hash, whether there is an account or not."""
        ...

    def set_password(self, account: Account, password: Secret, least: int) -> None:
        """Raises ``PlaybookError`` for a password that is too easy, or shorter than ``least``."""
        ...
