"""What was seen last time -> what has to be looked at now. Whatever isn't surely the same is looked at."""

import json
from collections.abc import Collection, Mapping
from hashlib import blake2b

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.imprint import Imprint
from dani_playbook.core.resource import DesiredState
from dani_playbook.engine.declared import Declared
from dani_playbook.engine.moves import Moved
from dani_playbook.engine.observe import Observed, Renames, Snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """``fresh`` are the declared addresses to compare, all of them where it is ``None``. ``same`` tells that nothing
    at all has changed since a comparison that found nothing to do."""

    fresh: frozenset[Address] | None = None
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a comparison sees."""

    specs: Mapping[str, KindSpec]
    state: DesiredState
    declared: Declared
    moved: Moved
    snapshots: Snapshots
    observed: Observed
    key: bytes
    basis: str

    @property
    def can_be_kept(self) -> bool:
        """Whether each thing that decides has a digest."""
        state = self.state
        return bool(self.basis and state.days and state.sheets and all(sheet.stamp for sheet in state.sheets))

    def make_stamps(self) -> None:
        """Those that an imprint needs; they are made once."""
        if self.can_be_kept:
            self.imprint((), quiet=False)

    def imprint(self, found: Collection[Address], *, quiet: bool) -> Imprint:
        """What to remember of it. ``found`` are the addresses of which there was something to say."""
        return Imprint(
            basis=self.basis,
            days=self.state.days,
            renames=_digest(self.observed.renames, self.key),
            sheets={sheet.file: sheet.stamp for sheet in self.state.sheets},
            live={kind: snapshot.found.stamps(self.key) for kind, snapshot in self.snapshots.items()},
            inventory=self.moved.inventory.stamps(self.key),
            open=tuple(sorted(found)),
            quiet=quiet,
        )


def recalled(scene: Scene, last: Imprint | None) -> Recalled:
    """What to compare after ``last``. Cost: one pass over blocks, none over objects."""
    if last is None or not scene.can_be_kept or scene.moved.previous:
        return Recalled()
    if (last.basis, last.days) != (scene.basis, scene.state.days):
        return Recalled()
    if last.renames != _digest(scene.observed.renames, scene.key):
        return Recalled()
    return Recalled(fresh=frozenset(_fresh(scene, last)), same=_is_same(scene, last))


def _fresh(scene: Scene, last: Imprint) -> set[Address]:
    found = set(last.open)
    for sheet in scene.state.sheets:
        if last.sheets.get(sheet.file) != sheet.stamp:
            found.update(Address(kind, key) for kind, keys in sheet.keys.items() for key in keys)
    for kind, snapshot in scene.snapshots.items():
        known = scene.observed.by_id[kind]
        found.update(known[id] for id in snapshot.found.outside(last.live.get(kind, {}), scene.key))
    found.update(scene.moved.inventory.outside(last.inventory, scene.key))
    return found | _strayed(scene)


def _strayed(scene: Scene) -> set[Address]:
    """What is declared and not managed, and what is managed and not there."""
    found = set(scene.declared.unmanaged(scene.moved.inventory))
    inventory = scene.moved.inventory
    for kind in scene.snapshots:
        gone = inventory.keys_of(kind) - scene.observed.keys_of(kind).keys()
        found.update(Address(kind, key) for key in gone)
    return found


def _is_same(scene: Scene, last: Imprint) -> bool:
    return last.quiet and scene.imprint(last.open, quiet=True) == last


def _digest(renames: Renames, key: bytes) -> str:
    return blake2b(json.dumps(renames, sort_keys=True).encode(), digest_size=16, key=key[:64]).hexdigest()
