"""References: keys of other resources, looked up among what the files declare."""

from collections.abc import Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, FieldSpec
from dani_playbook.core.names import nearest
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Playbooks, Resource
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields, SetEdit, Value

_NEAR = 20
"""For how many missing keys a near one is looked for; among 10,000 keys that takes 0.1 s each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A reference to what no file declares; it may still exist in the live system."""

    address: Address
    field: str
    target: Address
    source: Source
    near: str | None

    def problem(self) -> Problem:
        near = f'; did you mean "{self.near}"?' if self.near else ""
        return Problem(
            code="unknown-reference",
            message=f"no {self.target.kind} has the key {self.target.key}{near}",
            source=self.source,
            address=self.address,
            field=self.field,
            hint=f"declare {self.target}, or make sure that the live system has it",
        )


def unresolved(playbooks: Playbooks, dictionary: Dictionary) -> tuple[Unresolved, ...]:
    """References that no declared resource answers, in order of address and field; what is absent needs nothing."""
    moved = {move.before: move.after for move in playbooks.moves}
    keys = {kind: [address.key for address in playbooks.resources if address.kind == kind] for kind in dictionary.kinds}
    near: dict[Address, str | None] = {address: move.key for address, move in moved.items()}
    found = []
    for address in sorted(address for address, resource in playbooks.resources.items() if not resource.absent):
        for spec, target, source in _references(playbooks.resources[address], dictionary):
            if target in playbooks.resources:
                continue
            if target not in near:
                near[target] = nearest(target.key, keys[target.kind]) if len(near) < _NEAR else None
            found.append(Unresolved(address=address, field=spec.name, target=target, source=source, near=near[target]))
    return tuple(found)


def _references(resource: Resource, dictionary: Dictionary) -> Iterator[tuple[FieldSpec, Address, Source]]:
    specs = dictionary.kinds[resource.address.kind].references
    yield from _inside(specs, resource.fields, resource.sources)
    for entry in resource.upcoming:
        yield from _inside(specs, entry.fields, entry.sources)


def _inside(
    specs: tuple[FieldSpec, ...], fields: Fields, sources: Mapping[str, Source]
) -> Iterator[tuple[FieldSpec, Address, Source]]:
    for spec in specs:
        for key in _keys(fields.get(spec.name)):
            yield spec, Address(str(spec.references), key), sources[spec.name]


def _keys(value: Value) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, SetEdit):
        return value.add
    return value if isinstance(value, tuple) else ()
