"""Entries: pages as bytes, which a cache keeps and processes hand to each other."""

import json
from collections.abc import Collection, Sequence
from typing import Protocol

from dani_playbook.core.blob import blob_name
from dani_playbook.language.coding import Plain
from dani_playbook.language.documents import read_file
from dani_playbook.language.page import PARTS, Page
from dani_playbook.language.project import Project
from dani_playbook.language.stamps import digest, name_digest
from dani_playbook.language.tables import found_table


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


def to_bytes(key: str, parts: Sequence[Plain]) -> bytes:
    """One line a part, with what the entry was made of before them."""
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
    # A name of a file may hold bytes that are no text.
    return "\n".join([key, *map(encode, parts)]).encode("utf-8", "surrogatepass")


def to_page(key: str, file: str, data: bytes, project: Project) -> Page | None:
    """The page in an entry; nothing where it was made of something else, or of tables that aren't as they were."""
    ends = _line_ends(data)
    if data[: ends[0]] != key.encode() or len(ends) != PARTS + 1:
        return None
    page = Page(file, "", lambda part: json.loads(data[ends[part] + 1 : ends[part + 1]]))
    if not all(_still(file, table, project) for table in page.tables):
        return None
    page.stamp = stamp_of(key, page)
    return page


def _line_ends(data: bytes) -> list[int]:
    ends: list[int] = []
    at = data.find(b"\n")
    while at >= 0 and len(ends) <= PARTS:
        ends.append(at)
        at = data.find(b"\n", at + 1)
    return [*ends, len(data)]


def stamp_of(key: str, page: Page) -> str:
    """Of what the file was read from, tables included; empty where ``key`` is."""
    if not key or not page.tables:
        return key
    return digest(
        key.encode(), *(word.encode("utf-8", "surrogatepass") for table in page.tables for word in table)
    ).hex()


def _still(file: str, table: Sequence[str], project: Project) -> bool:
    given, asked, target, *blob = table
    found = found_table(given, file, project.root.resolve())
    if found is None or found[1:] != (asked, target):
        return False
    data, _ = read_file(found[0], target, project)
    return data is not None and list(blob_name(data)) == blob
