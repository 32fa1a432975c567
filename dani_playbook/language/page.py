"""Page: what one file declares, as plain data, made into resources one by one.

The plain data has four parts, so that nobody decodes what nobody asks for: the head, the fields, where each resource was
written, and where each field was.

A row of places is flat: line, column and length of every field. Where not all fields were written in the body of the
resource it is ``[flat, files, origins, shadowed]``, with files and origins as numbers in the page's lists of names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.blob import BlobName
from dani_playbook.core.resource import Glance, Move, Resource
from dani_playbook.core.source import Source
from dani_playbook.language.coding import Plain, decoded, decoded_ignored, decoded_upcoming

HEAD, FIELDS, BODIES, PLACES = PARTS = range(4)

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Later(Mapping[str, Any]):
    """A mapping that is worked out when it is first asked."""

    __slots__ = ("_known", "_make")

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make = make
        self._known: Mapping[str, Any] | None = None

    def _all(self) -> Mapping[str, Any]:
        if self._known is None:
            self._known = self._make()
        return self._known

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _read(said: Plain, index: int) -> dict[str, Any]:
    fields = dict(said["rows"][index])
    for name in said["coded"]:
        if name in fields:
            fields[name] = decoded(fields[name])
    return fields


class Page:
    """What one file declares. ``part`` gives the parts of the plain data when they are asked for."""

    def __init__(self, file: str, stamp: str, part: Callable[[int], Plain]) -> None:
        head = part(HEAD)
        self.file = file
        self.stamp = stamp
        self.keys: Mapping[str, Sequence[str]] = head["keys"]
        self.rendered: int = head["rendered"]
        self.absent = tuple(Address(*pair) for pair in head["absent"])
        self.moves = tuple(
            Move(before=Address(*before), after=Address(*after), source=Source(*source))
            for before, after, source in head["moves"]
        )
        self.read: tuple[tuple[str, BlobName], ...] = tuple(
            (name, (one, other)) for _, name, _, one, other in head["tables"]
        )
        self.tables: Sequence[Sequence[str]] = head["tables"]
        self._part = part

    @cached_property
    def _fields(self) -> Plain:
        return self._part(FIELDS)

    @cached_property
    def _bodies(self) -> Plain:
        return self._part(BODIES)

    @cached_property
    def _places(self) -> Plain:
        return self._part(PLACES)

    @cached_property
    def _index(self) -> dict[str, dict[str, int]]:
        return {kind: {key: index for index, key in enumerate(keys)} for kind, keys in self.keys.items()}

    def resource(self, address: Address) -> Resource:
        """One that is among the keys. Cost: about 9 µs for a user of 15 fields, with its share of the decoding."""
        kind, key = address
        index = self._index[kind][key]
        said = self._fields[kind]
        fields = _read(said, index)
        bodies = self._bodies[kind]
        more = said["more"].get(str(index)) if said["more"] else None
        return Resource(
            address=address,
            fields=fields,
            source=Source._make((said["files"].get(str(index), self.file), *bodies["rows"][index])),
            sources=Later(partial(self._sources, kind, index)),
            origins=Later(partial(self._origins, kind, index)),
            shadowed=Later(partial(self._shadowed, kind, index)) if more and more["shadowed"] else _NOTHING,
            upcoming=decoded_upcoming(more["upcoming"], bodies["upcoming"].get(str(index), ())) if more else (),
            absent=bool(more and more["absent"]),
            protect=bool(more and more["protect"]),
            ignore=decoded_ignored(more["ignore"]) if more else _NOTHING,
        )

    def glance(self, address: Address) -> Glance | None:
        """The same where it says nothing but its fields. Cost: a fourth."""
        kind, key = address
        index = self._index[kind][key]
        said = self._fields[kind]
        if said["more"] and str(index) in said["more"]:
            return None
        return Glance(_read(said, index), said["files"].get(str(index), self.file))

    def put_away(self) -> None:
        """The plain data is decoded anew when it is asked for again."""
        for name in ("_fields", "_index"):
            self.__dict__.pop(name, None)

    def _names(self, kind: str, index: int) -> Sequence[str]:
        return tuple(self._fields[kind]["rows"][index])

    def _sources(self, kind: str, index: int) -> dict[str, Source]:
        row, names = self._places["rows"][kind][index], self._names(kind, index)
        if row and isinstance(row[0], list):
            row, numbers = row[0], row[1]
            files = [self._places["files"][number] for number in numbers]
        else:
            files = [self.file] * len(names)
        places = zip(files, row[::3], row[1::3], row[2::3], strict=True)
        return {name: Source(*place) for name, place in zip(names, places, strict=True)}

    def _origins(self, kind: str, index: int) -> dict[str, str]:
        row, names = self._places["rows"][kind][index], self._names(kind, index)
        if not row or not isinstance(row[0], list):
            return dict.fromkeys(names, "resource")
        known = self._places["origins"]
        return {name: known[number] for name, number in zip(names, row[2], strict=True)}

    def _shadowed(self, kind: str, index: int) -> dict[str, tuple[tuple[str, Source, object], ...]]:
        row = self._places["rows"][kind][index]
        return {
            name: tuple((origin, Source(*source), decoded(value)) for origin, source, value in layers)
            for name, layers in row[3].items()
        }
