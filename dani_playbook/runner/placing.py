"""What playbooks declare and a bound system has no place for: told with files and lines, before anything is opened."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dani_playbook.core.address import Address
from dani_playbook.core.module import Kind
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Playbooks, Resource
from dani_playbook.core.source import Source
from dani_playbook.runner.bindings import BindingsFile

if TYPE_CHECKING:
    from dani_playbook.language.load import Loaded


def unplaced(loaded: "Loaded", kinds: Mapping[str, Kind], file: BindingsFile | None) -> Iterator[Problem]:
    """Kinds that aren't bound, and fields without a place. Nothing without bindings: the built-in system has all."""
    if file is None:
        return
    yield from _moves(loaded.playbooks, kinds, file)
    for address, resource in loaded.playbooks.resources.items():
        if address.kind not in kinds:
            yield _unbound(address, resource.source, file)
        elif not resource.absent:
            yield from _fields(resource, kinds[address.kind], file)


def _moves(playbooks: Playbooks, kinds: Mapping[str, Kind], file: BindingsFile) -> Iterator[Problem]:
    for move in playbooks.moves:
        if move.after.kind not in kinds:
            yield _unbound(move.after, move.source, file)


def _unbound(address: Address, source: Source, file: BindingsFile) -> Problem:
    return Problem(
        code="no-place",
        message=f"this HR system has no place for a {address.kind}",
        address=address,
        source=source,
        hint=f"bind {address.kind} in {file.file}, or take it out",
        related=(file.source(),),
    )


def _fields(resource: Resource, kind: Kind, file: BindingsFile) -> Iterator[Problem]:
    places = [(resource.sources.get(name, resource.source), name) for name in resource.fields]
    for entry in resource.upcoming:
        places += [(entry.sources.get(name, entry.source), name) for name in entry.fields]
    for source, name in places:
        if name not in kind.binding.fields:
            yield Problem(
                code="no-place",
                message=f"this HR system has no place for {name} of a {kind.spec.name}",
                address=resource.address,
                field=name,
                source=source,
                hint=f"say in {file.file} which column it is, or take it out",
                related=(file.source(kind.spec.name),),
            )
