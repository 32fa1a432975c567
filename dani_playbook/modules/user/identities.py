"""What tells one from another may be there once."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.normalize import fold
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields
from dani_playbook.core.world import World
from dani_playbook.modules.user.concern import concerned, listed, placed, where

_ALSO_UNIQUE = {"user": ("username",), "group": ("email",)}
_WITHIN = {("department", "name"): "company"}


def duplicate_identities(kinds: Mapping[str, KindSpec]) -> Callable[[World], Iterator[Problem]]:
    """The rule over all ``kinds``: no two objects have the same identity, folded by case and Unicode."""
    unique = tuple((kind, field) for kind in kinds.values() for field in _unique(kind))

    def rule(world: World) -> Iterator[Problem]:
        for kind, field in unique:
            within = _WITHIN.get((kind.name, field.name))
            for keys in _shared(world.of(kind.name), field.name, within):
                if any(concerned(world, Address(kind.name, key), field.name) for key in keys):
                    yield _problem(world, kind.name, field, keys)

    return rule


def _unique(kind: KindSpec) -> Iterator[FieldSpec]:
    yield from kind.identities
    yield from (kind.fields[name] for name in _ALSO_UNIQUE.get(kind.name, ()))


def _shared(objects: Mapping[str, Fields], field: str, within: str | None) -> Iterable[list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for key, fields in objects.items():
        if value := fields.get(field):
            scope = str(fields.get(within) or "") if within else ""
            found.setdefault((fold(scope), fold(str(value))), []).append(key)
    return (keys for keys in found.values() if len(keys) > 1)


def _problem(world: World, kind: str, field: FieldSpec, keys: list[str]) -> Problem:
    addresses = [Address(kind, key) for key in sorted(keys, reverse=True)]
    names = listed(f"{address} ({where(world, address, field.name)})" for address in addresses)
    message = f"the same {field.title.lower()} is given to {names}"
    hint = "upper and lower case and ways to write the same letter make no difference"
    return placed(world, "duplicate-identity", message, [(address, field.name) for address in addresses], hint)
