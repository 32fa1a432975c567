"""Accounts under the addresses that our runs know them by."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.identity import Account
from dani_playbook.core.values import Secret

if TYPE_CHECKING:
    from dani_playbook.hris.accounts.directory import Directory
    from dani_playbook.state.access import Access

_KIND = "user"


@dataclass(frozen=True, slots=True)
class OurAccounts:
    """Fulfils ``core.identity.Accounts`` with the built-in HR system's directory and our inventory."""

    directory: "Directory"
    access: "Access"

    def of(self, addresses: Collection[Address]) -> Mapping[Address, Account]:
        """Accounts by address, of those that exist. Three queries."""
        keys = {address.key for address in addresses if address.kind == _KIND}
        managed = self.access.addresses(_KIND, (), keys)
        bare = {key.partition("~")[0] for key in keys}
        ids = [*managed.values(), *(key.partition("~")[2] for key in keys)]
        found = self._named(self.directory.found(ids=ids, keys=bare))
        return {account.address: account for account in found if account.address in addresses}

    def by_email(self, emails: Collection[str]) -> Mapping[str, Account]:
        """Accounts by the spelling that was asked for. Two queries."""
        found = self.directory.by_email(emails)
        named = dict(zip(found, self._named(found.values()), strict=True))
        return {email: named[email] for email in emails if email in named}

    def by_id(self, ids: Collection[str]) -> Mapping[str, Account]:
        """Accounts by the live object's id. Two queries."""
        return {account.id: account for account in self._named(self.directory.found(ids=ids))}

    def with_role(self, role: str) -> Sequence[Account]:
        """Everybody active who has a role. Two queries."""
        return self._named(self.directory.with_role(role))

    def checked(self, email: str, password: Secret) -> Account | None:
        found = self.directory.checked(email, password)
        return self._named([found])[0] if found else None

    def set_password(self, account: Account, password: Secret, least: int) -> None:
        self.directory.set_password(account, password, least)

    def _named(self, accounts: Iterable[Account]) -> list[Account]:
        """As ``engine.observe`` names them: a key that we gave to another account has the id put behind it."""
        listed = list(accounts)
        managed = self.access.addresses(_KIND, [item.id for item in listed], [item.address.key for item in listed])
        ours = {id: address for address, id in managed.items()}
        return [replace(item, address=_address(item, ours, managed)) for item in listed]


def _address(account: Account, ours: Mapping[str, Address], managed: Mapping[Address, str]) -> Address:
    if account.id in ours:
        return ours[account.id]
    taken = account.address in managed
    return Address(_KIND, f"{account.address.key}~{account.id}") if taken else account.address
