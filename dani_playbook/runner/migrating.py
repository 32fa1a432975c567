"""Tables: made at first use, brought up to date by a newer ``dani``, refused by an older one."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from dani_playbook.core.errors import LiveUnreachable

OURS = frozenset({"accounts", "employees", "recruitment", "reports", "powerapps", "settings", "dani_state"})
_LOCK = 0x64616E69
"""An arbitrary number: PostgreSQL's advisory locks have no names."""

Names = frozenset[tuple[str, str]]


def bring_up_to_date(using: str) -> None:
    """Two queries where nothing is to be done. Raises ``LiveUnreachable`` for a database of a newer version."""
    if not missing(using):
        return
    with _alone(using):
        if missing(using):
            from django.core.management import call_command

            call_command("migrate", verbosity=0, interactive=False, database=using)


def missing(using: str, labels: frozenset[str] | None = None) -> Names:
    """Migrations that the database doesn't have yet, of all apps or of ``labels``."""
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder

    applied = frozenset(MigrationRecorder(connections[using]).applied_migrations())
    known = _on_disk()
    newer = sorted(name for name in applied - known if name[0] in OURS)
    if newer:
        raise LiveUnreachable(
            f"the database was made by a newer dani: {len(newer)} changes of its tables are unknown here",
            hint="install the newer version on this machine, too",
        )
    return frozenset(name for name in known - applied if labels is None or name[0] in labels)


def _on_disk() -> Names:
    """By looking at file names: to build Django's graph of them takes longer than a plan."""
    from django.apps import apps

    return frozenset(
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in iter_modules([str(Path(app.path) / "migrations")])
        if module.name[0] not in "_~"
    )


@contextmanager
def _alone(using: str) -> Iterator[None]:
    """Two first starts at once: the second waits and finds the tables made."""
    from django.db import connections

    connection: Any = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    elif connection.vendor == "sqlite":
        with Path(f"{connection.settings_dict['NAME']}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    else:
        yield
