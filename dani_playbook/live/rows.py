"""Rows: what a query gave, as objects that are only made when somebody looks at them."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from dani_playbook.core.blocks import stamps, unlike
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.snapshot import Comparable, LiveId, LiveObject, LiveObjects, Stamps
from dani_playbook.core.table import TEXTS, Table
from dani_playbook.core.values import Fields, Value
from dani_playbook.live.decode import Doubt


@dataclass(frozen=True, slots=True)
class Reader:
    """Columns of a row, and the canonical value or ``Doubt`` that what stands in them is read as."""

    at: tuple[int, ...]
    read: Callable[..., Value]
    read_texts: Callable[[Sequence[str | None]], Sequence[Value]] | None = None
    """The same for many that are texts or nothing, where there is a quicker way."""

    def one(self, rows: Table, number: int) -> Value:
        """Of one row."""
        columns = rows.columns
        return self.read(*[columns[at][number] for at in self.at])

    def all(self, rows: Table) -> Iterable[Value]:
        """Of each row."""
        return self.each(*(rows.columns[at] for at in self.at)) if self.at else repeat(self.read(), len(rows))

    def each(self, *columns: Sequence[Any]) -> Iterable[Value]:
        """Of what stands in these columns."""
        if self.read_texts and TEXTS.issuperset(map(type, columns[0])):
            return self.read_texts(columns[0])
        return map(self.read, *columns)


Readers = Mapping[str, Reader]
"""By field."""


@dataclass(frozen=True, slots=True)
class AsStored:
    """Columns by field: ``verbatim`` hold a canonical value just as it is, or another one; ``documents`` hold one as JSON,
    as this process would write it, or otherwise."""

    verbatim: Mapping[str, int]
    documents: Mapping[str, int]


_as_json = json.JSONEncoder().encode


def _holds(stored: Value, value: Value) -> bool:
    try:
        return type(stored) is str and stored == _as_json(value)
    except TypeError:
        return False


class RowFields(Mapping[str, Value], Comparable):
    """The fields of one row, each read when it is first asked for."""

    __slots__ = ("_as_stored", "_known", "_number", "_readers", "_rows")

    def __init__(self, rows: Table, number: int, readers: Readers, as_stored: "AsStored") -> None:
        self._rows = rows
        self._number = number
        self._readers = readers
        self._as_stored = as_stored
        self._known: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        known = self._known
        if name in known:
            return known[name]
        value = self._readers[name].one(self._rows, self._number)
        value = known[name] = None if isinstance(value, Doubt) else value
        return value

    def get(self, name: str, default: Value = None) -> Value:
        return self[name] if name in self._readers else default

    def __contains__(self, name: object) -> bool:
        return name in self._readers

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)

    def unlike(self, fields: Fields) -> list[str]:
        number, columns, at = self._number, self._rows.columns, self._as_stored.verbatim.get
        documents = self._as_stored.documents
        unlike = [
            name for name, value in fields.items() if (index := at(name)) is None or columns[index][number] != value
        ]
        return [
            name
            for name in unlike
            if name not in documents or not _holds(columns[documents[name]][number], fields[name])
        ]

    def __repr__(self) -> str:
        return repr(dict(self))


class Rows(LiveObjects):
    """All rows of one kind. ``identify`` and ``suggest`` give the live id and the key of a row, ``doubtful`` names
    fields that can't always be read for sure."""

    def __init__(
        self,
        rows: Table,
        readers: Readers,
        identify: Reader,
        suggest: Reader,
        as_stored: AsStored,
        doubtful: Sequence[str] = (),
    ) -> None:
        self._rows = rows
        self._doubtful = {name: readers[name] for name in doubtful}
        self._as_stored = as_stored
        self._readers = readers
        self._suggested: dict[LiveId, str] = dict(zip(identify.all(rows), suggest.all(rows), strict=True))
        self._numbers = dict(zip(self._suggested, range(len(rows)), strict=True))
        self._objects: dict[LiveId, LiveObject] = {}
        self._stamps: dict[bytes, Stamps] = {}

    def __getitem__(self, id: LiveId) -> LiveObject:
        found = self._objects.get(id)
        if found is None:
            found = self._objects[id] = self.glance(id)
        return found

    def glance(self, id: LiveId) -> LiveObject:
        number = self._numbers[id]
        fields: Fields = RowFields(self._rows, number, self._readers, self._as_stored)
        return LiveObject(id, self._suggested[id], fields, self._doubts(number) if self._doubtful else {})

    def whole(self) -> dict[LiveId, LiveObject]:
        """All objects with all of their fields: made together, each costs a fourth."""
        names = list(self._readers)
        values = zip(*map(self.column, names), strict=True)
        return {
            id: LiveObject(id, key, dict(zip(names, said, strict=True)), self._doubts(number) if self._doubtful else {})
            for number, ((id, key), said) in enumerate(zip(self._suggested.items(), values, strict=True))
        }

    def _doubts(self, number: int) -> Mapping[str, str]:
        read = ((name, reader.one(self._rows, number)) for name, reader in self._doubtful.items())
        return {name: value.why for name, value in read if isinstance(value, Doubt)}

    def __contains__(self, id: object) -> bool:
        return id in self._numbers

    def __iter__(self) -> Iterator[LiveId]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def suggested(self) -> Mapping[LiveId, str]:
        return self._suggested

    def column(self, name: str) -> Iterable[Value]:
        reader = self._readers[name]
        if name in self._as_stored.verbatim:
            return self._read_once(reader)
        if name not in self._doubtful:
            return reader.all(self._rows)
        return (None if isinstance(value, Doubt) else value for value in reader.all(self._rows))

    def _read_once(self, reader: Reader) -> Iterable[Value]:
        """What stands in the column is all that is read: the same is read once."""
        (at,) = reader.at
        stored = self._rows.columns[at]
        different = list(dict.fromkeys(stored))
        if len(different) * 2 > len(stored):
            return reader.each(stored)
        return map(dict(zip(different, reader.each(different), strict=True)).__getitem__, stored)

    def stamps(self, key: bytes) -> Stamps:
        if key not in self._stamps:
            self._stamps[key] = stamps(self._rows, key)
        return self._stamps[key]

    def outside(self, known: Stamps, key: bytes) -> Collection[LiveId]:
        mine = self.stamps(key)
        if mine == known:
            return ()
        ids = list(self._numbers)
        return [ids[number] for number in unlike(self._rows, known, mine)]
