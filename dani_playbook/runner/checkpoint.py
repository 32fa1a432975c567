"""Heads of the audit trail kept beside the project's key: whoever cuts rows off in the database can't cut these."""

import os
from collections.abc import Callable
from pathlib import Path

from dani_playbook.runner.project import private_folder

_NAME = "audit-head"
_PARTS = 3


def keep(root: Path, identity: str) -> Callable[[int, str], None]:
    """What appends a head, number and mac, to ``.dani/audit-head``, which has mode 0600."""

    def append(number: int, mac: str) -> None:
        path = private_folder(root) / _NAME
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{identity} {number} {mac}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    return append


def kept(root: Path, identity: str) -> list[tuple[int, str]]:
    """All heads that were kept for the database with ``identity``; a line that was cut by a crash counts for none."""
    path = root / ".dani" / _NAME
    if not path.exists():
        return []
    lines = [line.split() for line in path.read_text("utf-8", errors="replace").split("\n")[:-1]]
    ours = (line for line in lines if len(line) == _PARTS and line[0] == identity and line[1].isdecimal())
    return [(int(number), mac) for _, number, mac in ours]
