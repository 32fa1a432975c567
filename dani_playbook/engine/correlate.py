"""Desired, observed -> which live object is meant. None: create. One: adopt. Several: a person decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.normalize import fold
from dani_playbook.core.resource import Desired
from dani_playbook.core.values import Fields
from dani_playbook.engine.observe import Observed

IdentityIndex = Mapping[tuple[str, str, str], tuple[Address, ...]]
"""(kind, field, folded value) to the addresses of the live objects that have it."""


@dataclass(frozen=True, slots=True)
class Match:
    """The live objects that may be meant, by the address they are observed under, each with how it was found."""

    found: tuple[tuple[Address, str], ...] = ()

    @property
    def one(self) -> Address | None:
        return self.found[0][0] if len(self.found) == 1 else None

    @property
    def disputed(self) -> bool:
        return len(self.found) > 1


def identity_index(kinds: Iterable[KindSpec], observed: Observed) -> IdentityIndex:
    """One pass over what was observed of the kinds given."""
    index: dict[tuple[str, str, str], list[Address]] = {}
    fields = {spec.name: spec.identities for spec in kinds}
    for address, found in observed.objects.items():
        for field in fields.get(address.kind, ()):
            if value := found.fields[field.name]:
                index.setdefault((address.kind, field.name, fold(str(value))), []).append(address)
    return {key: tuple(sorted(addresses)) for key, addresses in index.items()}


def correlate(desired: Desired, spec: KindSpec, observed: Observed, index: IdentityIndex) -> Match:
    """Look for a live object of an address that isn't managed yet: by its key, then by identity fields.

    Every field is asked, so that a key that says one object and an email that says another is a doubt.
    """
    found: dict[Address, str] = {}
    if desired.address in observed.objects:
        found[desired.address] = "key"
    for field in spec.identities:
        for address in _having(desired.address, field, desired.fields, index):
            found.setdefault(address, field.name)
    return Match(tuple(found.items()))


def _having(address: Address, field: FieldSpec, fields: Fields, index: IdentityIndex) -> tuple[Address, ...]:
    value = fields.get(field.name)
    return index.get((address.kind, field.name, fold(str(value))), ()) if value else ()
