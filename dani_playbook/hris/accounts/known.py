"""What holds of accounts now: who may still act, with which roles, under which e-mail address."""

from collections.abc import Collection, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Account
from dani_playbook.core.normalize import fold
from dani_playbook.hris.accounts.models import User

KIND = "user"
_WORKING = ("active", "leave")


def accounts(people: Collection[Address], using: str) -> Mapping[Address, Account]:
    """Those of ``people`` who exist. Who is disabled, has left or isn't here yet isn't active. One query."""
    keys = [address.key for address in sorted(people) if address.kind == KIND]
    if not keys:
        return {}
    rows = User.objects.using(using).filter(key__in=keys).order_by("key")
    found = rows.values_list("key", "is_active", "employee__status", "roles")
    return {
        Address(KIND, key): Account(active=active and status in _WORKING, roles=frozenset(map(str, roles or ())))
        for key, active, status, roles in found
    }


def by_email(emails: Collection[str], using: str) -> Mapping[str, Address]:
    """Folded e-mail address to account, for those that somebody has. One query."""
    folded = sorted({fold(email) for email in emails})
    rows = User.objects.using(using).filter(email_folded__in=folded).order_by("key")
    return {email: Address(KIND, key) for email, key in rows.values_list("email_folded", "key")}
