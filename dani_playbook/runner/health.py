"""Health: what a live system says about itself when it is asked without changing it, for ``dani doctor``."""

from collections.abc import Mapping
from pathlib import Path

from dani_playbook.core.errors import DaniError, LiveError
from dani_playbook.core.reasons import plain_reason
from dani_playbook.runner.migrating import missing
from dani_playbook.runner.project import KEY_VARIABLE
from dani_playbook.runner.session import Session

_OTHERS_MAY = 0o077


def server(using: str = "default") -> str:
    """``SQLite 3.45.1`` or ``PostgreSQL 15.4``."""
    from django.db import connections

    connection = connections[using]
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        from sqlite3 import sqlite_version

        return f"SQLite {sqlite_version}"
    number = str(getattr(connection, "pg_version", ""))
    return f"{connection.display_name} {number[:-4]}.{int(number[-4:])}" if number else connection.display_name


def place(using: str = "default") -> str:
    """Where the data is, as the process is connected: a host project's settings win over dani.yaml."""
    from django.db import connections

    said = connections[using].settings_dict
    return str(said["NAME"]) if not said.get("HOST") else f"{said['NAME']} on {said['HOST']}"


def writing_fails(using: str = "default") -> str | None:
    """Why nothing can be written, or nothing where a write worked. It changes no row and waits for no run."""
    from django.db import Error
    from django.db.transaction import atomic, set_rollback

    from dani_playbook.state.models import System

    try:
        with atomic(using=using):
            System.objects.using(using).filter(pk=0).update(key_check="")
            set_rollback(True, using=using)
    except Error as error:
        return plain_reason(error)
    return None


def forgets(using: str = "default") -> tuple[str, str] | None:
    """Why what is committed may be lost when the power goes, and the remedy; nothing where it can't."""
    from django.db import connections
    from django.db.transaction import atomic

    from dani_playbook.state.durable import synchronize, unsafe

    connection = connections[using]
    connection.ensure_connection()
    synchronize(connection)
    with atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = on")
        return unsafe(using)


def waiting_migrations(using: str = "default") -> int:
    """How many changes of the tables the database doesn't have yet."""
    return len(missing(using))


def key_place(root: Path, environ: Mapping[str, str]) -> tuple[str, bool]:
    """Where the project's key comes from, and whether others on this machine may read it."""
    if environ.get(KEY_VARIABLE):
        return (KEY_VARIABLE, False)
    path = root / ".dani" / "key"
    return (str(path), path.exists() and bool(path.stat().st_mode & _OTHERS_MAY))


def key_fails(session: Session) -> DaniError | None:
    """Why the journal can't be read with the project's key, or nothing where it can. Looks at the last run."""
    newest = session.memory.runs(limit=1)
    try:
        for run in newest:
            session.memory.entries(run.id)
    except LiveError as error:
        return error
    return None
