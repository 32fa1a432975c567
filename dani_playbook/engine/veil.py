"""Veil: what a stranger's plan may know of personal, special and secret fields, which is nothing of the live system.

A plan that says "no change" where a guess is right tells the value. So these fields are taken out of everything that
is read, and of them a plan says only what follows from the stranger's playbooks beside those of the base: both are
known to who wrote them.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import PlanRefused
from dani_playbook.core.live import Attached, Live, Unfit
from dani_playbook.core.memory import InventoryItem, Memory, Run
from dani_playbook.core.resource import Desired
from dani_playbook.core.snapshot import KindSnapshot, LiveId
from dani_playbook.core.values import Fields
from dani_playbook.engine.measure import field_measure
from dani_playbook.engine.observe import Observed

Specs = Mapping[str, KindSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Veil:
    """``base`` is what the branch declares that a pull request goes to, on the plan's date."""

    base: Mapping[Address, Desired]

    def said(self, spec: KindSpec, address: Address, previous: Address | None) -> Fields:
        """The masked fields that the base declares of an address, under its name there."""
        found = self.base.get(address) or (self.base.get(previous) if previous else None)
        if found is None or found.absent:
            return {}
        return {name: value for name, value in found.fields.items() if name in spec.masked}

    def laid(self, observed: Observed, previous: Mapping[Address, Address], kinds: Specs) -> Observed:
        """The same objects as if the masked fields were as the base says, for the rules to judge by."""
        objects = {
            address: replace(found, fields={**found.fields, **self._plain(kinds[address.kind], address, previous)})
            for address, found in observed.objects.items()
        }
        return replace(observed, objects=objects)

    def _plain(self, spec: KindSpec, address: Address, previous: Mapping[Address, Address]) -> Fields:
        said = self.said(spec, address, previous.get(address)) if spec.masked else {}
        return {name: value for name, value in said.items() if name not in spec.reference_only}


class VeiledLive:
    """A live system that is only looked at, without its masked fields."""

    def __init__(self, live: Live, kinds: Specs) -> None:
        self.name = live.name
        self.identity = live.identity
        self._live = live
        self._kinds = kinds

    def read(self, kind: str) -> KindSnapshot:
        return blank(self._kinds[kind], self._live.read(kind))

    def read_some(self, kind: str, ids: Collection[LiveId]) -> KindSnapshot:
        return blank(self._kinds[kind], self._live.read_some(kind, ids))

    def attached(self, kind: str, ids: Collection[LiveId]) -> Mapping[LiveId, Sequence[Attached]]:
        """Who has what hanging on them is nobody's business but the live system's."""
        return {}

    def loose(self, kind: str) -> Collection[str]:
        return self._live.loose(kind)

    def unfit(self, changes: Sequence[Change]) -> Sequence[Unfit]:
        return self._live.unfit(changes)

    def transaction(self) -> AbstractContextManager[None]:
        raise _refusal()

    def write(self, changes: Sequence[Change], ids: Mapping[Address, LiveId]) -> Mapping[Address, LiveId]:
        raise _refusal()


class VeiledMemory:
    """A memory that is only asked what we manage and how much was done, without what concerns masked fields."""

    def __init__(self, memory: Memory, kinds: Specs) -> None:
        self._memory = memory
        self._masked = {name: spec.masked for name, spec in kinds.items()}
        self._measures = {field_measure(name) for masked in self._masked.values() for name in masked}

    def inventory(self, only: Collection[Address] | None = None) -> Mapping[Address, InventoryItem]:
        return {address: self._forgetful(item) for address, item in self._memory.inventory(only).items()}

    def runs(self, limit: int | None = None) -> Sequence[Run]:
        return tuple(self._uncounted(run) for run in self._memory.runs(limit))

    def __getattr__(self, name: str) -> Any:
        raise _refusal()

    def _forgetful(self, item: InventoryItem) -> InventoryItem:
        masked = self._masked.get(item.address.kind, frozenset())
        return replace(item, applied={name: token for name, token in item.applied.items() if name not in masked})

    def _uncounted(self, run: Run) -> Run:
        return replace(run, measures={name: n for name, n in run.measures.items() if name not in self._measures})


def blank(spec: KindSpec, snapshot: KindSnapshot) -> KindSnapshot:
    """A snapshot with nothing in the masked fields."""
    if not spec.masked:
        return snapshot
    nothing = {name: () if spec.fields[name].is_set else None for name in spec.masked}
    return replace(
        snapshot,
        objects={id: replace(found, fields={**found.fields, **nothing}) for id, found in snapshot.objects.items()},
    )


def _refusal() -> PlanRefused:
    return PlanRefused("a plan of a tree that nobody vouches for is only looked at", hint="plan it without --untrusted")
