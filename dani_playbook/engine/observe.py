"""Live systems -> what is there, by address."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from dani_playbook.core.address import Address
from dani_playbook.core.column import numbered
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.inventory import Owners
from dani_playbook.core.live import Live
from dani_playbook.core.snapshot import KindSnapshot, LiveId, LiveObject, LiveObjects
from dani_playbook.core.values import Fields, Value
from dani_playbook.core.world import Objects

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

    def of(self, kind: str) -> Objects:
        """Key to fields of one kind, sorted by key."""
        if isinstance(self.objects, PlacedObjects):
            return self.objects.kinds.get(kind) or Objects({})
        found = ((address.key, self.objects[address].fields) for address in self.by_id.get(kind, {}).values())
        return Objects(dict(sorted(found)))

    def keys_of(self, kind: str) -> Mapping[str, LiveId]:
        """The keys of one kind with their live ids."""
        if isinstance(self.objects, PlacedObjects):
            return self.objects.kinds[kind].ids if kind in self.objects.kinds else {}
        return {address.key: id for id, address in self.by_id.get(kind, {}).items()}

    def suggested(self, kind: str) -> Iterable[tuple[str, str]]:
        """The key that the live system suggests, and ours, of all objects of one kind."""
        if isinstance(self.objects, PlacedObjects):
            placed = self.objects.kinds.get(kind)
            return zip(placed.found.suggested().values(), placed.keys_by_id.values(), strict=True) if placed else ()
        return ((self.objects[address].key, address.key) for address in self.by_id.get(kind, {}).values())


class Placed(Objects):
    """The objects of one kind under our keys, each made when somebody looks at it."""

    def __init__(self, spec: KindSpec, found: LiveObjects, ours: Mapping[LiveId, str]) -> None:
        super().__init__({})
        self.spec = spec
        self.found = found
        self.keys_by_id = _keys(found.suggested(), ours)
        self.ids = {key: id for id, key in self.keys_by_id.items()}
        self.renames: Renames = {}
        self._sorted: list[str] | None = None
        self._made: dict[str, LiveObject] = {}

    def renamed(self) -> dict[str, str]:
        """Suggested keys that are others of ours."""
        suggested = self.found.suggested()
        if suggested == self.keys_by_id:
            return {}
        return {key: self.keys_by_id[id] for id, key in suggested.items() if key != self.keys_by_id[id]}

    def live(self, key: str) -> LiveObject:
        """One object, made at the first look."""
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = translated(self.spec, self.found[self.ids[key]], self.renames)
        return known

    def glance(self, key: str) -> LiveObject | None:
        """The same, not kept; nothing where there is none."""
        id, made = self.ids.get(key), self._made.get(key)
        if made or id is None:
            return made
        found = self.found.glance(id)
        return translated(self.spec, found, self.renames) if self.renames else found

    def __getitem__(self, key: str) -> Fields:
        return self.live(key).fields

    def __contains__(self, key: object) -> bool:
        return key in self.ids

    def __iter__(self) -> Iterator[str]:
        if self._sorted is None:
            self._sorted = sorted(self.ids)
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        return numbered(self.keys_by_id.values())

    def _column(self, name: str) -> Sequence[Value]:
        if name not in self.spec.fields:
            return [None] * len(self)
        values: Iterable[Value] = self.found.column(name)
        known = self.renames.get(self.spec.fields[name].references or "")
        if known:
            return [value if value is None else _renamed(value, known) for value in values]
        return list(values)


class PlacedObjects(Mapping[Address, LiveObject]):
    """All kinds under one roof."""

    def __init__(self, kinds: Mapping[str, Placed]) -> None:
        self.kinds = kinds

    def __getitem__(self, address: Address) -> LiveObject:
        kind, key = address
        return self.kinds[kind].live(key)

    def glance(self, address: Address) -> LiveObject | None:
        """One object, if it is there, for who looks at it once and keeps it no longer."""
        kind, key = address
        return self.kinds[kind].glance(key) if kind in self.kinds else None

    def __contains__(self, address: object) -> bool:
        if not isinstance(address, tuple) or address[0] not in self.kinds:
            return False
        return address[1] in self.kinds[address[0]].ids

    def __iter__(self) -> Iterator[Address]:
        return (Address(kind, key) for kind, placed in self.kinds.items() for key in placed.ids)

    def __len__(self) -> int:
        return sum(map(len, self.kinds.values()))


class _ById(Mapping[LiveId, Address]):
    def __init__(self, placed: Placed) -> None:
        self._placed = placed

    def __getitem__(self, id: LiveId) -> Address:
        return Address(self._placed.spec.name, self._placed.keys_by_id[id])

    def __iter__(self) -> Iterator[LiveId]:
        return iter(self._placed.keys_by_id)

    def __len__(self) -> int:
        return len(self._placed.keys_by_id)


Snapshots = Mapping[str, KindSnapshot]


def read_all(kinds: Iterable[KindSpec], live: Live) -> Snapshots:
    """Each kind whole, one call each."""
    return {spec.name: live.read(spec.name) for spec in kinds}


def place(kinds: Iterable[KindSpec], snapshots: Snapshots, known: Owners) -> Observed:
    """Give every object an address: the known one, else the one of the live system's own key."""
    placed = {spec.name: Placed(spec, snapshots[spec.name].found, known.get(spec.name, {})) for spec in kinds}
    renames = {name: found for name, one in placed.items() if (found := one.renamed())}
    for one in placed.values():
        one.renames = renames
    by_id = {name: _ById(one) for name, one in placed.items()}
    return Observed(objects=PlacedObjects(placed), by_id=by_id, renames=renames)


def _keys(suggested: Mapping[LiveId, str], ours: Mapping[LiveId, str]) -> dict[LiveId, str]:
    """A key that we gave to another object doesn't name this one: its live id is put behind it."""
    taken = {key for id, key in ours.items() if id in suggested}
    return {id: ours.get(id) or (key if key not in taken else f"{key}~{id}") for id, key in suggested.items()}


def translated(spec: KindSpec, found: LiveObject, renames: Renames) -> LiveObject:
    """The same object with the keys of addresses in its references."""
    changed: dict[str, Value] = {}
    for field in _renaming(spec, renames):
        if (value := found.fields[field.name]) is not None:
            changed[field.name] = _renamed(value, renames[field.references or ""])
    return replace(found, fields={**found.fields, **changed}) if changed else found


def _renaming(spec: KindSpec, renames: Renames) -> Iterable[FieldSpec]:
    return (field for field in spec.references if field.references in renames) if renames else ()


def _renamed(value: Value, known: Mapping[str, str]) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted(known.get(item, item) for item in value))
    return known.get(value, value)
