"""Transactions that commit by themselves, and what a database's failures are called."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections
from django.db.transaction import TransactionManagementError, atomic

from dani_playbook.core.errors import LiveLocked, LiveUnreachable
from dani_playbook.core.reasons import plain_reason

P = ParamSpec("P")
R = TypeVar("R")
_FULL = 2
_LOCK_TIMEOUT = "30s"


@contextmanager
def in_our_words() -> Iterator[None]:
    """SQLite lets one write at a time, and waits for 30 s; PostgreSQL's locks do so here."""
    try:
        yield
    except (OperationalError, InterfaceError, TransactionManagementError) as error:
        if not any(word in str(error) for word in ("locked", "lock timeout")):
            raise LiveUnreachable(
                f"the database can't be used: {plain_reason(error)}",
                hint="look whether it may be written to, and whether its disk has room; dani doctor looks closer",
            ) from error
        raise LiveLocked(
            "another run is writing to the database", hint="try again when it is done; dani lock show says who it is"
        ) from error


def told(method: Callable[P, R]) -> Callable[P, R]:
    """A database that is locked or lost is said to be so, whatever was asked of it."""

    @wraps(method)
    def telling(*arguments: P.args, **named: P.kwargs) -> R:
        with in_our_words():
            return method(*arguments, **named)

    return telling


@contextmanager
def durable(using: str, *, joins: bool = False) -> Iterator[None]:
    """Commits by itself, onto the disk, over a new connection where the old one was lost.

    What ``joins`` commits with the transaction that is open, where one is. Raises ``LiveLocked`` and ``LiveUnreachable``.
    """
    connection: Any = connections[using]
    with in_our_words():
        if joins and connection.in_atomic_block:
            yield
            return
        if not connection.in_atomic_block and connection.errors_occurred and not connection.is_usable():
            connection.close()
        connection.ensure_connection()
        with _at_once(connection), atomic(using, durable=True):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL synchronous_commit = on")
                    cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
            yield


@contextmanager
def _at_once(connection: Any) -> Iterator[None]:
    """On SQLite the right to write is taken at the beginning, and what is committed is synchronized."""
    if connection.vendor != "sqlite":
        yield
        return
    synchronize(connection)
    before = connection.transaction_mode
    connection.transaction_mode = "IMMEDIATE"
    try:
        yield
    finally:
        connection.transaction_mode = before


def synchronize(connection: Any) -> None:
    """SQLite waits for the disk at each commit; only outside of a transaction can it be told so."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = FULL")


def unsafe(using: str) -> tuple[str, str] | None:
    """Why what is committed may be lost when the power goes, and the remedy; nothing where it can't."""
    connection: Any = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _unsafe_server(cursor)
        return _unsafe_file(cursor, connection) if connection.vendor == "sqlite" else None


def _unsafe_server(cursor: Any) -> tuple[str, str] | None:
    cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
    fsync, commit = cursor.fetchone()
    if fsync != "on":
        return "the PostgreSQL server runs with fsync = off", "set fsync = on in postgresql.conf and reload the server"
    if commit in ("off", "local"):
        return f"synchronous_commit is {commit}", "let the database's user set it to on"
    return None


def _unsafe_file(cursor: Any, connection: Any) -> tuple[str, str] | None:
    synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if synchronous < _FULL:
        return "SQLite runs with synchronous below FULL", "take PRAGMA synchronous out of the database's settings"
    if journal in ("off", "memory") and Path(str(connection.settings_dict["NAME"])).is_file():
        return f"SQLite runs with journal_mode = {journal}", "set it to delete or wal"
    return None
