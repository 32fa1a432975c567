"""Entries: pages as bytes, which a cache keeps and processes hand to each other."""

import json
from collections.abc import Collection, Sequence
from typing import Protocol

from dani_playbook.core.blob import blob_name
from dani_playbook.language.coding import Plain
from dani_playbook.language.documents import read_file
from dani_playbook.language.page import HEAD, PARTS, Page
from dani_playbook.language.project import Project
from dani_playbook.language.stamps import digest, name_digest

_BEFORE = 2
"""Lines before the parts: the key and the stamp."""
_SAID = ("keys", "absent")


class Cache(Protocol):
    """Where entries are kept. What it gives was put in by us; it may forget, and it may fail to keep, silently."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, data: bytes) -> None: ...

    def keep(self, names: Collection[str]) -> None:
        """Forgets all others."""
        ...


def entry_name(file: str) -> str:
    """One a playbook, so that a newer entry takes the place of the older."""
    return name_digest(file)


def to_body(parts: Sequence[Plain]) -> bytes:
    """One line a part, with the digest of what they say before them."""
    head, fields, *places = [_line(part) for part in parts]
    said = digest(*_meant(parts[HEAD]), fields).hex()
    return b"\n".join([said.encode(), head, fields, *places])


def to_entry(key: str, mark: bytes, body: bytes) -> bytes:
    """A body with what it was made of before it, and the stamp of what it says; that has ``mark`` in it. Without a key
    there is no stamp."""
    said, _, parts = body.partition(b"\n")
    stamp = digest(mark, said).hex() if key else ""
    return b"\n".join([key.encode(), stamp.encode(), parts])


def _line(part: Plain) -> bytes:
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
    # A name of a file may hold bytes that are no text.
    return encode(part).encode("utf-8", "surrogatepass")


def _meant(head: Plain) -> list[bytes]:
    """Of the head, what counts wherever it was written."""
    return [_line([head[name] for name in _SAID]), _line([[before, after] for before, after, _ in head["moves"]])]


def to_page(key: str, file: str, data: bytes, project: Project) -> Page | None:
    """The page in an entry; nothing where it was made of something else, or of tables that aren't as they were."""
    ends = _line_ends(data)
    if data[: ends[0]] != key.encode() or len(ends) != _BEFORE + len(PARTS):
        return None
    stamp = data[ends[0] + 1 : ends[1]].decode()

    def part(number: int) -> Plain:
        line = _BEFORE + number
        return json.loads(data[ends[line - 1] + 1 : ends[line]])

    page = Page(file, stamp, part)
    return page if all(_still(file, table, project) for table in page.tables) else None


def _line_ends(data: bytes) -> list[int]:
    ends: list[int] = []
    at = data.find(b"\n")
    while at >= 0 and len(ends) <= _BEFORE + len(PARTS):
        ends.append(at)
        at = data.find(b"\n", at + 1)
    return [*ends, len(data)]


def _still(file: str, table: Sequence[str], project: Project) -> bool:
    from dani_playbook.language.tables import found_table

    given, asked, target, *blob = table
    found = found_table(given, file, project.root.resolve())
    if found is None or found[1:] != (asked, target):
        return False
    data, _ = read_file(found[0], target, project)
    return data is not None and list(blob_name(data)) == blob
