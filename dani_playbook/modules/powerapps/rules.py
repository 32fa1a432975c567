"""The business rules of Power Apps configurations."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Rule
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields
from dani_playbook.core.world import World


def secure_endpoint(world: World) -> Iterator[Problem]:
    """Records are fetched over https, from a host, with no password in the address."""
    for address, config in _declaring(world, "endpoint"):
        if (endpoint := config.get("endpoint")) and (fault := _endpoint_fault(endpoint)):
            yield world.problem("insecure-endpoint", f"the endpoint of {address} {fault}", address, "endpoint")


def _endpoint_fault(endpoint: str) -> str | None:
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname
    except ValueError:
        return "is no address"
    if parts.scheme.lower() != "https":
        return "must begin with https://"
    if parts.username or parts.password:
        return "must not hold a user or a password; use credential"
    return None if host else "names no host"


def mapped_fields(kinds: Mapping[str, KindSpec]) -> Callable[[World], Iterator[Problem]]:
    """The rule that every mapping ends at a field of the target kind, and each field has one source."""

    def rule(world: World) -> Iterator[Problem]:
        for address, config in _declaring(world, "field_mapping", "kind"):
            spec = kinds.get(config.get("kind") or "")
            targets = [entry["to"] for entry in config.get("field_mapping") or ()]
            for code, message in _mapping_faults(targets, spec) if spec else ():
                yield world.problem(code, message, address, "field_mapping")

    return rule


def _mapping_faults(targets: list[str], spec: KindSpec) -> Iterator[tuple[str, str]]:
    known = ["key", *spec.fields]
    for name, count in sorted(Counter(targets).items()):
        if name not in known:
            yield "unknown-target-field", f'{spec.name} has no field "{name}"{did_you_mean(name, known)}'
        elif count > 1:
            yield "duplicate-mapping", f'{count} columns are mapped to "{name}"; a field has one source'


def mapped_duplicate_key(world: World) -> Iterator[Problem]:
    """Columns that tell records apart are columns that are read."""
    for address, config in _declaring(world, "dedupe_key", "field_mapping"):
        columns = [entry["from"] for entry in config.get("field_mapping") or ()]
        for name in _missing(config.get("dedupe_key") or (), columns):
            message = f'"{name}" is part of the duplicate key and isn\'t mapped{did_you_mean(name, columns)}'
            yield world.problem("unmapped-dedupe-key", message, address, "dedupe_key")


def _missing(names: Iterable[str], columns: Iterable[str]) -> Iterable[str]:
    known = frozenset(columns)
    return (name for name in dict.fromkeys(names) if name not in known)


def _declaring(world: World, *names: str) -> Iterator[tuple[Address, Fields]]:
    """Declared configurations that say something about one of the fields, as they would be."""
    for key, config in world.of("powerapps").items():
        desired = world.declared.get(Address("powerapps", key))
        if desired is not None and any(name in desired.fields for name in names):
            yield desired.address, config


def powerapps_rules(kinds: Mapping[str, KindSpec]) -> tuple[Rule, ...]:
    """All of them; ``kinds`` is the whole dictionary."""
    return (secure_endpoint, mapped_fields(kinds), mapped_duplicate_key)
