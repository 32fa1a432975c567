"""Blocks: rows in parts, each with a digest: what is in a block that stayed the same need not be looked at."""

import marshal
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import Any

from dani_playbook.core.snapshot import Stamps

SHIFT = 6
"""64 rows a block: small enough that a changed row makes few others be looked at, large enough to be few."""

Row = tuple[Any, ...]
Block = tuple[str, list[Row]]


def blocks(rows: Sequence[Row]) -> Iterator[Block]:
    """``rows`` in blocks: by their first column where that counts them, so that a new row moves no other."""
    if all(type(row[0]) is int for row in rows):
        grouped = groupby(rows, key=lambda row: row[0] >> SHIFT)
        yield from ((str(number), list(inner)) for number, inner in grouped)
        return
    size = 1 << SHIFT
    yield from ((f"@{start >> SHIFT}", list(rows[start : start + size])) for start in range(0, len(rows), size))


def stamps(found: Iterable[Block], key: bytes) -> Stamps:
    """The digest of each block under ``key``, so that nobody can try out what a row may hold."""
    return {name: blake2b(_bytes(inner), digest_size=16, key=key[:64]).hexdigest() for name, inner in found}


def _bytes(rows: list[Row]) -> bytes:
    """The same bytes for the same values and for no others; version 2 of the format knows no references."""
    try:
        return marshal.dumps(rows, 2)
    except ValueError:
        return repr(rows).encode("utf-8", "surrogatepass")
