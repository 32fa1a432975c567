"""Desired, observed -> which live object is meant. None: create. One: adopt. Several: a person decides."""

from collections.abc import Callable, Iterable, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
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
    """One pass over the identity columns of the kinds given."""
    index: dict[tuple[str, str, str], list[Address]] = {}
    for spec in kinds:
        objects = observed.of(spec.name)
        for field in spec.identities:
            columns = {name: objects.column(name) for name in (*field.within, field.name)}
            for key, value in columns[field.name].items():
                if value:
                    identity = "\n".join([fold(str(column[key] or "")) for column in columns.values()])
                    index.setdefault((spec.name, field.name, identity), []).append(Address(spec.name, key))
    return {key: tuple(sorted(addresses)) for key, addresses in index.items()}


def correlate(
    desired: Desired,
    spec: KindSpec,
    observed: Observed,
    index: IdentityIndex,
    gives_up: Callable[[Address, FieldSpec], bool] = lambda found, field: False,
) -> Match:
    """Look for a live object of an address that isn't managed yet: by its key, then by identity fields.

    Every field is asked, so that a key that says one object and an email that says another is a doubt. ``gives_up``
    tells of an object whether it loses that identity by the same plan.
    """
    found: dict[Address, str] = {}
    if desired.address in observed.objects:
        found[desired.address] = "key"
    for field in spec.identities:
        for address in having(spec, field, desired.fields, index):
            if not gives_up(address, field):
                found.setdefault(address, field.name)
    return Match(tuple(found.items()))


def having(spec: KindSpec, field: FieldSpec, fields: Fields, index: IdentityIndex) -> tuple[Address, ...]:
    """Live objects that have the same identity as ``fields``; a name counts within what the dictionary says."""
    value = fields.get(field.name)
    return index.get((spec.name, field.name, identity_of(field, fields)), ()) if value else ()


def identity_of(field: FieldSpec, fields: Fields) -> str:
    """The value, folded as the dictionary says, behind those within which it is unique: two companies may each have a department Sales."""
    own = str(fields.get(field.name) or "")
    return "\n".join(
        [*(fold(str(fields.get(name) or "")) for name in field.within), fold(own) if field.folded else own]
    )
