"""Packing: resources of one file become the plain data of its page."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.blob import BlobName
from dani_playbook.core.resource import Move, Resource
from dani_playbook.language.coding import Plain, coded, coded_ignored, coded_upcoming, is_plain, upcoming_places
from dani_playbook.language.opened import Table

_OWN = "resource"


class Rows:
    """What one file declares of one kind, while it is read."""

    __slots__ = ("bodies", "coded", "files", "keys", "more", "places", "rows", "upcoming")

    def __init__(self) -> None:
        self.keys: dict[str, None] = {}
        self.rows: list[dict[str, Any]] = []
        self.bodies: list[Sequence[int]] = []
        self.files: dict[str, str] = {}
        """Those of resources that were written in another one, by number."""
        self.places: list[Any] = []
        self.more: dict[str, Plain] = {}
        self.upcoming: dict[str, Plain] = {}
        """The places of dated entries, by number."""
        self.coded: set[str] = set()
        """Columns whose values JSON wouldn't give back as they are."""


class Packer:
    """The plain data of one page. Values stand in it as they are until all are there."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.kinds: dict[str, Rows] = {}
        self._files: dict[str, int] = {}
        self._origins: dict[str, int] = {}
        self._absent: list[Address] = []

    def rows(self, kind: str) -> Rows:
        found = self.kinds.get(kind)
        if found is None:
            found = self.kinds[kind] = Rows()
        return found

    def add(self, item: Resource) -> None:
        """One resource that no earlier one of this page has the address of."""
        rows = self.rows(item.address.kind)
        rows.coded.update(name for name, value in item.fields.items() if not is_plain(value))
        source = item.source
        rows.keys[item.address.key] = None
        rows.rows.append(dict(item.fields))
        rows.bodies.append(source[1:])
        if source.file != self.file:
            rows.files[str(len(rows.rows) - 1)] = source.file
        rows.places.append(self._places(item))
        if item.absent:
            self._absent.append(item.address)
        if item.upcoming:
            rows.upcoming[str(len(rows.rows) - 1)] = upcoming_places(item.upcoming)
        if item.shadowed or item.upcoming or item.absent or item.protect or item.ignore:
            rows.more[str(len(rows.rows) - 1)] = {
                "absent": item.absent,
                "protect": item.protect,
                "ignore": coded_ignored(item.ignore),
                "upcoming": coded_upcoming(item.upcoming),
                "shadowed": bool(item.shadowed),
            }

    def _places(self, item: Resource) -> list[Any]:
        sources = [item.sources[name] for name in item.fields]
        flat = [number for source in sources for number in source[1:]]
        origins = [item.origins[name] for name in item.fields]
        is_own = all(source.file == self.file for source in sources) and all(origin == _OWN for origin in origins)
        if is_own and not item.shadowed:
            return flat
        return [
            flat,
            [self._files.setdefault(source.file, len(self._files)) for source in sources],
            [self._origins.setdefault(origin, len(self._origins)) for origin in origins],
            {
                name: [[origin, list(source), coded(value)] for origin, source, value in layers]
                for name, layers in item.shadowed.items()
            },
        ]

    def parts(self, moves: Sequence[Move], tables: Sequence[tuple[Table, BlobName]], rendered: int) -> list[Plain]:
        """In the order that a page has them; nothing is added any more."""
        head = {
            "keys": {kind: list(rows.keys) for kind, rows in self.kinds.items()},
            "moves": [[list(move.before), list(move.after), list(move.source)] for move in moves],
            "tables": [[*table, *blob] for table, blob in tables],
            "rendered": rendered,
            "absent": list(map(list, self._absent)),
        }
        fields = {kind: _coded(rows) for kind, rows in self.kinds.items()}
        bodies = {kind: {"rows": rows.bodies, "upcoming": rows.upcoming} for kind, rows in self.kinds.items()}
        places = {
            "files": list(self._files),
            "origins": list(self._origins),
            "rows": {kind: rows.places for kind, rows in self.kinds.items()},
        }
        return [head, fields, bodies, places]


def _coded(rows: Rows) -> Mapping[str, Plain]:
    for name in rows.coded:
        for row in rows.rows:
            if name in row:
                row[name] = coded(row[name])
    return {"coded": sorted(rows.coded), "rows": rows.rows, "files": rows.files, "more": rows.more}
