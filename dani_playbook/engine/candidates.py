"""Candidates: the ways in which a doubt can be settled, each with what speaks for and against it."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.change import Candidate, Evidence
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.resource import Desired
from dani_playbook.core.values import Fields
from dani_playbook.engine.correlate import identity_of
from dani_playbook.engine.observe import Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Bystanders:
    """What candidates are looked up in: all that is declared, all that is live, and what our runs manage."""

    declared: Mapping[Address, Desired]
    observed: Observed
    managed: Collection[Address]


def objects_for(
    desired: Desired, spec: KindSpec, found: Iterable[Address], around: Bystanders
) -> tuple[Candidate, ...]:
    """Several live objects fit one declared resource: one candidate each, called as it is live."""
    live = around.observed.objects
    return tuple(
        _candidate(address, desired.fields, desired.address, address, spec, around, live[address].fields)
        for address in found
    )


def claims_on(found: Address, spec: KindSpec, claiming: Iterable[Address], around: Bystanders) -> tuple[Candidate, ...]:
    """Several addresses mean one live object: one candidate each, called as it is declared, else as it is live."""
    live = around.observed.objects[found].fields
    declared = {address: around.declared.get(address) for address in claiming}
    said = {address: desired.fields if desired else live for address, desired in declared.items()}
    return tuple(_candidate(address, fields, address, found, spec, around, fields) for address, fields in said.items())


def _candidate(
    address: Address,
    declared: Fields,
    named: Address,
    found: Address,
    spec: KindSpec,
    around: Bystanders,
    called: Fields,
) -> Candidate:
    live = around.observed.objects[found]
    own = around.declared.get(address)
    return Candidate(
        address=address,
        live_id=live.id,
        title=open_title(spec, called),
        same_key=named == found,
        managed=address in around.managed,
        evidence=tuple(_evidence(spec, declared, live.fields)),
        source=own.resource.source if own else None,
    )


def open_title(spec: KindSpec, fields: Fields) -> str:
    """The name shown to people, without what is masked."""
    return spec.shown_name({name: value for name, value in fields.items() if name not in spec.masked})


def _evidence(spec: KindSpec, declared: Fields, live: Fields) -> Iterator[Evidence]:
    """Every identity that was declared."""
    for field in spec.identities:
        if said := declared.get(field.name):
            agrees = identity_of(field, declared) == identity_of(field, live)
            yield Evidence(name=field.name, declared=said, live=live[field.name], agrees=agrees)
