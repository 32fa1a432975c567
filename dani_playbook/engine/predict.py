"""Desired laid over live: the world that the rules are asked about."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Kind
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.values import Fields, SetEdit
from dani_playbook.core.world import Overlaid, World
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.token import effective


def predicted(
    state: DesiredState, observed: Observed, changes: Iterable[Change], kinds: Mapping[str, KindSpec]
) -> World:
    """Every object as it would be, and as it is."""
    before = {name: observed.of(name) for name in kinds}
    changed: dict[str, dict[str, Fields]] = {}
    gone: dict[str, set[str]] = {}
    for change in changes:
        kind, key = change.address
        if change.after is None:
            changed.get(kind, {}).pop(key, None)
            gone.setdefault(kind, set()).add(key)
        else:
            changed.setdefault(kind, {})[key] = change.after
            gone.get(kind, set()).discard(key)
    return World(
        as_of=state.as_of,
        objects={
            name: Overlaid(objects, changed.get(name, {}), gone.get(name, ()))
            if name in changed or name in gone
            else objects
            for name, objects in before.items()
        },
        declared=state.resources,
        before=before,
        one_day=state.one_day,
    )


def declared_only(state: DesiredState, kinds: Mapping[str, KindSpec]) -> World:
    """The world as far as the files tell, for ``validate``."""
    objects: dict[str, dict[str, Fields]] = {name: {} for name in kinds}
    for address, desired in sorted(state.resources.items()):
        if not desired.absent:
            spec = kinds[address.kind]
            fields: dict[str, object] = {name: () if rule.is_set else None for name, rule in spec.fields.items()}
            fields |= {name: effective(spec.fields[name], value, ()) for name, value in desired.fields.items()}
            objects[address.kind][address.key] = fields
    return World(as_of=state.as_of, objects=objects, declared=state.resources, live_known=False, one_day=state.one_day)


def broken_rules(world: World, kinds: Iterable[Kind]) -> Iterator[Problem]:
    """Every rule of every kind, in order of the kinds."""
    for kind in kinds:
        for rule in kind.rules:
            yield from rule(world)


def unknown_references(
    state: DesiredState,
    world: World,
    kinds: Mapping[str, KindSpec],
    missing: Collection[Address] = (),
    fresh: Collection[Address] | None = None,
) -> Iterator[Problem]:
    """Declared references to what will not be there, each with the name that was probably meant.

    Where only ``fresh`` ones were compared, all others are live as declared, and refer to what is live: they are asked
    where that goes.
    """
    for address in state.resources if fresh is None else sorted({*fresh, *_left_behind(world, kinds, missing)}):
        desired = state.resources.get(address)
        if desired is None or desired.absent:
            continue
        for field in kinds[address.kind].references:
            value = desired.fields.get(field.name)
            known = world.of(field.references or "")
            for key in _keys(value):
                if (target := Address(field.references or "", key)) in missing:
                    message = f"{target} was deleted outside dani; bring it back with --restore {target}"
                    yield world.problem("reference-to-removed", message, address, field.name)
                elif key not in known:
                    yield _unknown(world, address, field.name, field.references or "", key)


def _left_behind(world: World, kinds: Mapping[str, KindSpec], missing: Collection[Address]) -> Iterator[Address]:
    """Objects that refer to what this plan takes away."""
    for name, spec in kinds.items():
        for field in spec.references:
            target = field.references or ""
            going = set(world.of(target).gone)
            going |= {address.key for address in missing if address.kind == target}
            if going:
                for key, value in world.of(name).column(field.name).items():
                    if value is not None and not going.isdisjoint(_keys(value)):
                        yield Address(name, key)


def incomplete(changes: Iterable[Change], world: World, kinds: Mapping[str, KindSpec]) -> Iterator[Problem]:
    """Resources that would be created without what their kind needs. What is live already may be declared in part."""
    for change in changes:
        if change.verb is Verb.CREATE:
            for field in kinds[change.address.kind].fields.values():
                if field.required and (change.after or {}).get(field.name) is None:
                    message = f"{field.name} is missing, and a new {change.address.kind} needs it"
                    yield world.problem("missing-field", message, change.address, field.name)


def _keys(value: object) -> tuple[str, ...]:
    if isinstance(value, SetEdit):
        return value.add
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _unknown(world: World, address: Address, field: str, kind: str, key: str) -> Problem:
    if key in world.before.get(kind, {}) or (
        (target := world.declared.get(Address(kind, key))) is not None and target.absent
    ):
        return world.problem("reference-to-removed", f"{kind}.{key} is removed by this plan", address, field)
    near = did_you_mean(key, world.of(kind))
    return world.problem("unknown-reference", f"no {kind} has this key{near or f': {key}'}", address, field)
