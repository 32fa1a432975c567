"""Transactions that commit by themselves, and what a database's failures are called."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections
from django.db.transaction import atomic

from dani_playbook.core.errors import LiveLocked, LiveUnreachable

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def in_our_words() -> Iterator[None]:
    """SQLite lets one write at a time, and waits for 20 s."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if not any(word in str(error) for word in ("locked", "lock timeout")):
            raise LiveUnreachable(f"the database can't be used: {type(error).__name__}") from error
        raise LiveLocked(
            "another run is writing to the database", hint="try again when it is done; dani runs shows it"
        ) from error


def told(method: Callable[P, R]) -> Callable[P, R]:
    """A database that is locked or lost is said to be so, whatever was asked of it."""

    @wraps(method)
    def telling(*arguments: P.args, **named: P.kwargs) -> R:
        with in_our_words():
            return method(*arguments, **named)

    return telling


@contextmanager
def durable(using: str) -> Iterator[None]:
    """Commits by itself, onto the disk. Raises ``LiveLocked`` and ``LiveUnreachable``."""
    connection = connections[using]
    with in_our_words(), atomic(using, durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = on")
        yield
