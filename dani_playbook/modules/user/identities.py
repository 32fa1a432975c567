"""What tells one from another may be there once."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.normalize import fold, fold_all
from dani_playbook.core.problem import Problem
from dani_playbook.core.world import Objects, World
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


def _shared(objects: Objects, field: str, within: str | None) -> Iterable[list[str]]:
    """Keys of objects that have one value, in order. Most values are there once, which is seen without their keys."""
    column = objects.column(field)
    values = fold_all(str(value) for value in column.values() if value)
    if len(set(values)) == len(values):
        return
    folded = dict(zip((key for key, value in column.items() if value), values, strict=True))
    scopes = objects.column(within) if within else None
    found: dict[tuple[str, str], list[str]] = {}
    for key in sorted(folded):
        scope = scopes.get(key) if scopes else None
        found.setdefault((fold(str(scope or "")), folded[key]), []).append(key)
    yield from (keys for keys in found.values() if len(keys) > 1)


def _problem(world: World, kind: str, field: FieldSpec, keys: list[str]) -> Problem:
    addresses = [Address(kind, key) for key in sorted(keys, reverse=True)]
    names = listed(f"{address} ({where(world, address, field.name)})" for address in addresses)
    message = f"the same {field.title.lower()} is given to {names}"
    hint = "upper and lower case and ways to write the same letter make no difference"
    return placed(world, "duplicate-identity", message, [(address, field.name) for address in addresses], hint)
