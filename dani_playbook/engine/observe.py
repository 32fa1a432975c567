"""Live systems -> what is there, by address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.live import Live
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.snapshot import KindSnapshot, LiveId, LiveObject
from dani_playbook.core.values import Fields, Value

Renames = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Every object by address. References hold keys of addresses.

    ``by_id`` finds the address of a live id within its kind; ``renames`` maps, by kind, the key that the live system
    suggests to ours where they differ.
    """

    objects: Mapping[Address, LiveObject]
    by_id: Mapping[str, Mapping[LiveId, Address]]
    renames: Renames

    def of(self, kind: str) -> Mapping[str, Fields]:
        """Key to fields of one kind, sorted by key."""
        found = ((address.key, self.objects[address].fields) for address in self.by_id.get(kind, {}).values())
        return dict(sorted(found))


Snapshots = Mapping[str, KindSnapshot]
Owners = Mapping[str, Mapping[LiveId, Address]]
"""By kind: the address that a live object is known to have."""


def read_all(kinds: Iterable[KindSpec], live: Live) -> Snapshots:
    """Each kind whole, one call each."""
    return {spec.name: live.read(spec.name) for spec in kinds}


def owners(inventory: Iterable[InventoryItem]) -> dict[str, dict[LiveId, Address]]:
    """Who is who, as the inventory says."""
    known: dict[str, dict[LiveId, Address]] = {}
    for item in inventory:
        known.setdefault(item.address.kind, {})[item.live_id] = item.address
    return known


def place(kinds: Iterable[KindSpec], snapshots: Snapshots, known: Owners) -> Observed:
    """Give every object an address: the known one, else the one of the live system's own key."""
    specs = list(kinds)
    by_id = {spec.name: _addresses(snapshots[spec.name], known.get(spec.name, {})) for spec in specs}
    renames = {name: _renames(snapshots[name], by_id[name]) for name in by_id}
    renames = {name: found for name, found in renames.items() if found}
    objects = {
        by_id[spec.name][id]: translated(spec, found, renames)
        for spec in specs
        for id, found in snapshots[spec.name].objects.items()
    }
    return Observed(objects=objects, by_id=by_id, renames=renames)


def _addresses(snapshot: KindSnapshot, ours: Mapping[LiveId, Address]) -> dict[LiveId, Address]:
    """A key that we gave to another object doesn't name this one: its live id is put behind it."""
    taken = {address.key for id, address in ours.items() if id in snapshot.objects}
    return {
        id: ours.get(id) or Address(snapshot.kind, found.key if found.key not in taken else f"{found.key}~{id}")
        for id, found in snapshot.objects.items()
    }


def _renames(snapshot: KindSnapshot, addresses: Mapping[LiveId, Address]) -> dict[str, str]:
    return {found.key: addresses[id].key for id, found in snapshot.objects.items() if found.key != addresses[id].key}


def translated(spec: KindSpec, found: LiveObject, renames: Renames) -> LiveObject:
    """The same object with the keys of addresses in its references."""
    changed: dict[str, Value] = {}
    for field in spec.references:
        known = renames.get(field.references or "")
        if known and (value := found.fields[field.name]) is not None:
            changed[field.name] = _renamed(value, known)
    return replace(found, fields={**found.fields, **changed}) if changed else found


def _renamed(value: Value, known: Mapping[str, str]) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted(known.get(item, item) for item in value))
    return known.get(value, value)
