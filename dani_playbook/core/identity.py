"""Identity: who acts, and how that is known."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dani_playbook.core.address import Address


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
    that a key is limited to, ``None`` where nothing is limited. ``signed_in_at`` is aware, UTC.
    """

    name: str
    way: Way = Way.MACHINE
    account: Address | None = None
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    signed_in_at: datetime | None = None

    @property
    def is_person(self) -> bool:
        """Whether a known person is at the keyboard: a key is a program's, and the machine's user is anybody."""
        return self.way is Way.SESSION and self.account is not None
