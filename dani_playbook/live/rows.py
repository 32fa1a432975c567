"""Rows: what a query gave, as objects that are only made when somebody looks at them."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from dani_playbook.core.blocks import Row, blocks, stamps
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.snapshot import Comparable, LiveId, LiveObject, LiveObjects, Stamps
from dani_playbook.core.values import Fields, Value
from dani_playbook.live.decode import Doubt

Reader = Callable[[Row], Value]
Readers = Mapping[str, Reader]
"""Field -> its canonical value in a row."""


@dataclass(frozen=True, slots=True)
class AsStored:
    """Columns by field: ``verbatim`` hold a canonical value just as it is, or another one; ``documents`` hold one as JSON,
    as this process would write it, or otherwise."""

    verbatim: Mapping[str, int]
    documents: Mapping[str, int]


def _holds(stored: Value, value: Value) -> bool:
    try:
        return type(stored) is str and stored == json.dumps(value)
    except TypeError:
        return False


class RowFields(Mapping[str, Value], Comparable):
    """The fields of one row, each read when it is first asked for."""

    __slots__ = ("_as_stored", "_known", "_readers", "_row")

    def __init__(self, row: Row, readers: Readers, as_stored: "AsStored") -> None:
        self._row = row
        self._readers = readers
        self._as_stored = as_stored
        self._known: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        known = self._known
        if name in known:
            return known[name]
        value = self._readers[name](self._row)
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
        row, at, documents = self._row, self._as_stored.verbatim.get, self._as_stored.documents
        unlike = [name for name, value in fields.items() if (index := at(name)) is None or row[index] != value]
        return [name for name in unlike if name not in documents or not _holds(row[documents[name]], fields[name])]

    def __repr__(self) -> str:
        return repr(dict(self))


class Rows(LiveObjects):
    """All rows of one kind. ``identify`` and ``suggest`` give the live id and the key of a row, ``doubtful`` names
    fields that can't always be read for sure."""

    def __init__(
        self,
        rows: Sequence[Row],
        readers: Readers,
        identify: Callable[[Row], LiveId],
        suggest: Callable[[Row], str],
        as_stored: AsStored,
        doubtful: Sequence[str] = (),
    ) -> None:
        self._rows = rows
        self._doubtful = {name: readers[name] for name in doubtful}
        self._as_stored = as_stored
        self._readers = readers
        self._identify = identify
        self._suggested = dict(zip(map(identify, rows), map(suggest, rows), strict=True))
        self._by_id = dict(zip(self._suggested, rows, strict=True))
        self._objects: dict[LiveId, LiveObject] = {}
        self._stamps: dict[bytes, Stamps] = {}

    def __getitem__(self, id: LiveId) -> LiveObject:
        found = self._objects.get(id)
        if found is None:
            row = self._by_id[id]
            fields: Fields = RowFields(row, self._readers, self._as_stored)
            found = LiveObject(id, self._suggested[id], fields, self._doubts(row) if self._doubtful else {})
            self._objects[id] = found
        return found

    def _doubts(self, row: Row) -> Mapping[str, str]:
        read = ((name, reader(row)) for name, reader in self._doubtful.items())
        return {name: value.why for name, value in read if isinstance(value, Doubt)}

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __iter__(self) -> Iterator[LiveId]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def suggested(self) -> Mapping[LiveId, str]:
        return self._suggested

    def column(self, name: str) -> Mapping[LiveId, Value]:
        reader, at = self._readers[name], self._as_stored.verbatim.get(name)
        if at is not None:
            return dict(zip(self._by_id, self._read_once(reader, at), strict=True))
        if name not in self._doubtful:
            return dict(zip(self._by_id, map(reader, self._rows), strict=True))
        read = (None if isinstance(value := reader(row), Doubt) else value for row in self._rows)
        return dict(zip(self._by_id, read, strict=True))

    def _read_once(self, reader: Reader, at: int) -> Iterator[Value]:
        """What stands in the column is all that is read: the same is read once."""
        known: dict[Value, Value] = {}
        for row in self._rows:
            raw = row[at]
            if raw not in known:
                known[raw] = reader(row)
        return (known[row[at]] for row in self._rows)

    def stamps(self, key: bytes) -> Stamps:
        if key not in self._stamps:
            self._stamps[key] = stamps(blocks(self._rows), key)
        return self._stamps[key]

    def outside(self, known: Stamps, key: bytes) -> Collection[LiveId]:
        mine = self.stamps(key)
        if mine == known:
            return ()
        return [
            self._identify(row) for name, rows in blocks(self._rows) if known.get(name) != mine[name] for row in rows
        ]
