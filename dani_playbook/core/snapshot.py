"""Snapshot: what was found in a live system, normalized."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.values import Fields, Value

LiveId = str
"""The live system's own identity of an object, as text."""

Stamps = Mapping[str, str]
"""Block -> digest: blocks are parts of what was read, and two digests are alike only where all that is in them is."""


class Comparable:
    """Fields that can be compared without being read."""

    def unlike(self, fields: Fields) -> list[str]:
        """The names of all but those whose values are surely equal."""
        return list(fields)


@dataclass(frozen=True, slots=True)
class LiveObject:
    """One object as read. ``key`` is the key that the live system itself suggests; ``fields`` has every managed field.

    References hold the suggested key of what they point at, until the engine has put addresses in their place.
    ``doubts`` names fields that couldn't be read for sure, and why, never their values; in ``fields`` they are empty.
    """

    id: LiveId
    key: str
    fields: Fields
    doubts: Mapping[str, str] = field(default_factory=dict)


class LiveObjects(Mapping[LiveId, LiveObject]):
    """The objects of one kind by live id. Who reads rows may make an object only when somebody looks at it."""

    def glance(self, id: LiveId) -> LiveObject:
        """One object, for who looks at it once and keeps it no longer."""
        return self[id]

    def suggested(self) -> Mapping[LiveId, str]:
        """The key that the live system suggests, of all."""
        return {id: found.key for id, found in self.items()}

    def column(self, name: str) -> Iterable[Value]:
        """One field of all, in their order."""
        return (found.fields[name] for found in self.values())

    def stamps(self, key: bytes) -> Stamps:
        """Digests of what was read, under ``key``; none where nobody makes any."""
        return {}

    def outside(self, known: Stamps, key: bytes) -> Collection[LiveId]:
        """The objects that aren't in one of the blocks ``known``: whatever may differ from when those were made."""
        return self.keys()


class Found(LiveObjects):
    """Objects that are there already."""

    def __init__(self, objects: Mapping[LiveId, LiveObject]) -> None:
        self._objects = objects

    def __getitem__(self, id: LiveId) -> LiveObject:
        return self._objects[id]

    def __iter__(self) -> Iterator[LiveId]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)


@dataclass(frozen=True, slots=True)
class KindSnapshot:
    """The objects of one kind by live id. ``complete`` is false where only some were asked for."""

    kind: str
    objects: Mapping[LiveId, LiveObject]
    complete: bool = True

    @property
    def found(self) -> LiveObjects:
        return self.objects if isinstance(self.objects, LiveObjects) else Found(self.objects)
