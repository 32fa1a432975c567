"""Signs of life: what the kernel or the database server keeps for a holder of the lock, and takes away at its death.

Each token has a sign of its own, so that a frozen process, which keeps its sign, hinders nobody after it.
"""

import fcntl
import os
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any, Protocol

from django.db import ProgrammingError, connections

_CLASS = 0x64616E69
"""An arbitrary number: PostgreSQL's advisory locks have no names."""
_HALF = 0x7FFFFFFF


class Signs(Protocol):
    def claim(self, token: int) -> bool:
        """Takes the sign of ``token`` for this process; false where another has it."""
        ...

    def is_alive(self, token: int) -> bool:
        """Whether somebody has the sign of ``token``."""
        ...

    def drop(self, token: int) -> None:
        """Gives the sign back."""
        ...

    def end(self, token: int) -> bool:
        """Ends whoever has the sign of ``token`` on the server's side; false where that can't be done."""
        ...


def signs_of(using: str) -> Signs:
    """The signs that fit the database."""
    connection: Any = connections[using]
    if connection.vendor == "postgresql":
        return Backends(using)
    name = str(connection.settings_dict["NAME"])
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()
    return Files(Path(name)) if connection.vendor == "sqlite" and not in_memory else Nobody()


class Files:
    """SQLite: a file beside the database for each token, locked by its holder's kernel."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._open: dict[int, int] = {}

    def _path(self, token: int) -> Path:
        return self._database.with_name(f"{self._database.name}.lock-{token}")

    def claim(self, token: int) -> bool:
        descriptor = os.open(self._path(token), os.O_RDWR | os.O_CREAT, 0o600)
        if not _locked(descriptor):
            return False
        self._open[token] = descriptor
        return True

    def is_alive(self, token: int) -> bool:
        try:
            descriptor = os.open(self._path(token), os.O_RDWR)
        except FileNotFoundError:
            return False
        if not _locked(descriptor):
            return True
        os.close(descriptor)
        return False

    def drop(self, token: int) -> None:
        if (descriptor := self._open.pop(token, None)) is not None:
            os.close(descriptor)
        self._tidy(token)

    def _tidy(self, token: int) -> None:
        """Files of tokens that nobody can hold any more; whoever still has one open keeps it without its name."""
        for path in self._database.parent.glob(f"{escape(self._database.name)}.lock-*"):
            number = path.name.rpartition("-")[2]
            if number.isdecimal() and int(number) < token:
                with suppress(OSError):
                    path.unlink()

    def end(self, token: int) -> bool:
        return False


def _locked(descriptor: int) -> bool:
    """Locks an open file, or closes it where another process has it locked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    return True


class Backends:
    """PostgreSQL: an advisory lock of the connection for each token, freed by the server when the connection ends."""

    def __init__(self, using: str) -> None:
        self._using = using

    def _asked(self, question: str, token: int) -> Any:
        with connections[self._using].cursor() as cursor:
            cursor.execute(question, [_CLASS, token & _HALF])
            row = cursor.fetchone()
        return row[0] if row else None

    def claim(self, token: int) -> bool:
        return bool(self._asked("SELECT pg_try_advisory_lock(%s, %s)", token))

    def _backend(self, token: int) -> int | None:
        found: int | None = self._asked(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            token,
        )
        return found

    def is_alive(self, token: int) -> bool:
        return self._backend(token) is not None

    def drop(self, token: int) -> None:
        self._asked("SELECT pg_advisory_unlock(%s, %s)", token)

    def end(self, token: int) -> bool:
        backend = self._backend(token)
        if backend is None:
            return False
        try:
            with connections[self._using].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND pid <> pg_backend_pid()",
                    [backend],
                )
                row = cursor.fetchone()
        except ProgrammingError:  # who may not end another role's connection may still break the lock
            return False
        return bool(row and row[0])


class Nobody:
    """A database that no other process can see."""

    def claim(self, token: int) -> bool:
        return True

    def is_alive(self, token: int) -> bool:
        return False

    def drop(self, token: int) -> None: ...

    def end(self, token: int) -> bool:
        return False
