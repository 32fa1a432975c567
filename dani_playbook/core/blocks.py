"""Blocks: rows in parts, each with a digest: what is in a block that stayed the same need not be looked at."""

import marshal
from collections.abc import Iterator
from hashlib import blake2b
from itertools import groupby
from typing import Any, NamedTuple

from dani_playbook.core.snapshot import Stamps
from dani_playbook.core.table import Table

SHIFT = 6
"""64 rows a block: small enough that a changed row makes few others be looked at, large enough to be few."""


class Block(NamedTuple):
    """The rows from ``start`` on, before ``end``."""

    name: str
    start: int
    end: int


def blocks(rows: Table) -> Iterator[Block]:
    """``rows`` in blocks: by their first column where that counts them, so that a new row moves no other."""
    first = rows.columns[0]
    if not all(type(value) is int for value in first):
        size = 1 << SHIFT
        yield from (Block(f"@{start >> SHIFT}", start, start + size) for start in range(0, len(rows), size))
        return
    start = 0
    for number, inner in groupby(first, key=lambda value: value >> SHIFT):
        end = start + sum(1 for _ in inner)
        yield Block(str(number), start, end)
        start = end


def stamps(rows: Table, key: bytes) -> Stamps:
    """The digest of each block under ``key``, so that nobody can try out what a row may hold."""
    return {
        name: blake2b(_bytes(rows.part(start, end)), digest_size=16, key=key[:64]).hexdigest()
        for name, start, end in blocks(rows)
    }


def unlike(rows: Table, known: Stamps, mine: Stamps) -> Iterator[int]:
    """The numbers of the rows in those of my blocks that aren't among the known ones."""
    return (
        number
        for name, start, end in blocks(rows)
        if known.get(name) != mine[name]
        for number in range(start, min(end, len(rows)))
    )


def _bytes(part: list[list[Any]]) -> bytes:
    """The same bytes for the same values and for no others; version 2 of the format knows no references."""
    try:
        return marshal.dumps(part, 2)
    except ValueError:
        return repr(part).encode("utf-8", "surrogatepass")
