"""Heads of the audit trail kept beside the project's key: whoever cuts rows off in the database can't cut these."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from dani_playbook.runner.project import private_folder

_NAME = "audit-head"
_HEAD, _MARK = 3, 4
_RESTORED = "restored"

Head = tuple[int, str]


def keep(root: Path, identity: str) -> Callable[[int, str], None]:
    """What appends a head, number and mac, to ``.dani/audit-head``, which has mode 0600."""
    return lambda number, mac: _append(root, f"{identity} {number} {mac}\n")


def give_up(root: Path, identity: str, common: int, lost: int) -> None:
    """Marks that the database was put back: heads above this line and after row ``common`` count no more."""
    _append(root, f"{identity} {_RESTORED} {common} {lost}\n")


def _append(root: Path, line: str) -> None:
    descriptor = os.open(private_folder(root) / _NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def kept(root: Path, identity: str) -> list[Head]:
    """All heads that count for the database with ``identity``; a line that was cut by a crash counts for none."""
    heads: list[Head] = []
    for parts in _lines(root, identity):
        if len(parts) == _HEAD and parts[1].isdecimal():
            heads.append((int(parts[1]), parts[2]))
        elif _is_mark(parts):
            heads = [head for head in heads if head[0] <= int(parts[2])]
    return heads


def given_up(root: Path, identity: str) -> list[tuple[int, int]]:
    """The rows that were lost each time that the database was put back: the last common one, and the last lost one."""
    return [(int(parts[2]), int(parts[3])) for parts in _lines(root, identity) if _is_mark(parts)]


def _is_mark(parts: list[str]) -> bool:
    return len(parts) == _MARK and parts[1] == _RESTORED and parts[2].isdecimal() and parts[3].isdecimal()


def _lines(root: Path, identity: str) -> Iterator[list[str]]:
    path = root / ".dani" / _NAME
    if path.is_file():
        lines = (line.split() for line in path.read_text("utf-8", errors="replace").split("\n")[:-1])
        yield from (parts for parts in lines if parts and parts[0] == identity)
