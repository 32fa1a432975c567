"""Small worlds for the rules: what is declared, what is live, on a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import Dictionary, read_dictionary
from dani_playbook.core.module import Kind
from dani_playbook.core.normalize import normalize_fields
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Desired, Resource
from dani_playbook.core.source import Source
from dani_playbook.core.world import World
from dani_playbook.modules.config import MODULE as CONFIG
from dani_playbook.modules.powerapps import MODULE as POWERAPPS
from dani_playbook.modules.recruitment import MODULE as RECRUITMENT
from dani_playbook.modules.reports import MODULE as REPORTS
from dani_playbook.modules.user import MODULE as USER

TODAY = date(2026, 11, 23)
MODULES = (USER, RECRUITMENT, REPORTS, POWERAPPS, CONFIG)
DICTIONARY: Dictionary = read_dictionary()
KINDS: Mapping[str, Kind] = {kind.spec.name: kind for module in MODULES for kind in module.kinds(DICTIONARY.kinds)}

Objects = Mapping[str, Mapping[str, Any]]
"""``user.ada`` to fields."""


def world_of(declared: Objects, live: Objects | None = None, *, today: date = TODAY) -> World:
    """Declared laid over live as the engine does it; ``live`` left out is the world of ``validate``."""
    as_desired = dict(sorted(_desired(declared, today).items()))
    before = _by_kind({}, live or {})
    return World(
        as_of=today,
        objects=_by_kind(declared, live or {}),
        declared=as_desired,
        before=before,
        live_known=live is not None,
    )


def _desired(declared: Objects, today: date) -> dict[Address, Desired]:
    found = {}
    for line, (text, written) in enumerate(declared.items(), 1):
        address = Address.parse(text)
        fields = _derived(address, written, today)
        source = Source("company.yaml", line * 10)
        sources = {name: Source("company.yaml", line * 10 + offset) for offset, name in enumerate(fields, 1)}
        resource = Resource(address=address, fields=fields, source=source, sources=sources)
        found[address] = Desired(resource=resource, as_of=today, fields=fields, sources=sources)
    return found


def _derived(address: Address, fields: Mapping[str, Any], today: date = TODAY) -> Mapping[str, Any]:
    return {**fields, **KINDS[address.kind].derive(fields, today)}


def _by_kind(first: Objects, second: Objects) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {name: {} for name in KINDS}
    for text in sorted({*first, *second}):
        address = Address.parse(text)
        declared = _derived(address, first[text]) if text in first else {}
        fields = {**second.get(text, {}), **declared}
        found[address.kind][address.key] = normalize_fields(KINDS[address.kind].spec, fields)
    return found


def problems_of(world: World) -> list[Problem]:
    return [problem for kind in KINDS.values() for rule in kind.rules for problem in rule(world)]


def codes_of(world: World) -> list[str]:
    return sorted(problem.code for problem in problems_of(world))
