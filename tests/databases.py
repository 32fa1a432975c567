"""Real databases for tests: a SQLite file and a PostgreSQL server of our own, each made once a session.

PostgreSQL is started from the machine's own binaries, on a Unix socket in a temporary folder, as an ordinary user.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from dani_playbook.core.binding import Binding
from dani_playbook.live.orm import OrmLive
from dani_playbook.runner.database import Database, boot
from dani_playbook.runner.registry import dictionary, kinds

VENDORS = ("sqlite", "postgresql")
KEY = bytes(range(32))
_KEPT = {"django_migrations", "django_content_type", "auth_permission", "dani_state_system", "dani_state_lock"}


class NoServer(Exception):
    """There are no binaries of PostgreSQL here."""


@dataclass
class Place:
    """A database that tests may fill. ``open`` points Django at it; ``empty`` takes all rows away."""

    url: str
    base: Path
    tables: list[str] = field(default_factory=list)

    @property
    def vendor(self) -> str:
        return self.url.partition(":")[0]

    def open(self) -> Database:
        return boot(self.url, base=self.base, environ={})

    def empty(self) -> None:
        """Quicker than TRUNCATE while there is little to take away; foreign keys look aside."""
        from django.db import connection
        from django.db.transaction import atomic

        if not self.tables:
            found = connection.introspection.django_table_names(only_existing=True, include_views=False)
            self.tables = sorted(set(found) - _KEPT)
        off = {"sqlite": "PRAGMA defer_foreign_keys = ON", "postgresql": "SET LOCAL session_replication_role = replica"}
        with atomic(), unguarded(self.vendor), connection.cursor() as cursor:
            cursor.execute(off[self.vendor])
            for table in self.tables:
                cursor.execute(f'DELETE FROM "{table}"')
            cursor.execute("UPDATE dani_state_system SET serial = 0, key_check = ''")
            cursor.execute(
                "UPDATE dani_state_lock SET token = 0, holder = '', host = '', pid = 0, backend = 0, run = ''"
            )
            cursor.execute("UPDATE dani_state_lock SET acquired_at = NULL, heartbeat_at = NULL")

    def picture(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, for comparing before and after."""
        from django.db import connection

        with connection.cursor() as cursor:
            names = connection.introspection.table_names(cursor)
            found = {}
            for name in sorted(names):
                cursor.execute(f'SELECT * FROM "{name}"')
                found[name] = sorted(cursor.fetchall(), key=repr)
        return found


@contextmanager
def unguarded(vendor: str) -> Iterator[None]:
    """The audit trail without its triggers, inside a transaction."""
    from importlib import import_module

    from django.db import connection

    guards = import_module("dani_playbook.state.migrations.0005_audit")
    with connection.cursor() as cursor:
        for statement in guards.DROP[vendor]:
            cursor.execute(statement)
        yield
        for statement in guards.MAKE[vendor]:
            cursor.execute(statement)


class Hr(NamedTuple):
    """The built-in HR system on an empty database."""

    live: OrmLive
    memory: Any


def hr(place: Place) -> Hr:
    """Empties ``place`` and wires it with the built-in bindings, as a session does."""
    database = place.open()
    place.empty()
    return Hr(orm_live(database), django_memory())


def orm_live(database: Database, bindings: Mapping[str, Binding] | None = None) -> OrmLive:
    """The live system with the bindings of the modules, or others."""
    built_in = {name: kind.binding for name, kind in kinds().items()}
    return OrmLive(
        bindings or built_in, dictionary().kinds, name=f"hris ({database.vendor})", identity=database.identity
    )


def django_memory(key: bytes = KEY, people: Collection[str] = ("user",)) -> Any:
    """A memory whose random bytes are counted, so that a run is the same each time."""
    from dani_playbook.state.memory import DjangoMemory

    specs = dictionary().kinds
    numbers = count(1)
    return DjangoMemory(
        key=key,
        masked={name: spec.masked for name, spec in specs.items()},
        secret={
            name: frozenset(f.name for f in spec.fields.values() if f.sensitivity.is_reference_only)
            for name, spec in specs.items()
        },
        people=people,
        random=lambda length: next(numbers).to_bytes(length, "big"),
    )


@contextmanager
def sqlite() -> Iterator[Place]:
    """A file in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="dani-", dir=_quick_place()) as folder:
        yield Place("sqlite:///.dani/hris.sqlite3", Path(folder))


@contextmanager
def postgresql() -> Iterator[Place]:
    """A server of our own. Raises ``NoServer`` where the machine has no PostgreSQL."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="dani-pg-", dir=_quick_place()))
    owner = _ordinary_user()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        _run(owner, binaries / "initdb", "-D", folder / "data", "-U", "dani", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(owner, *_start(binaries, folder))
        try:
            yield Place(f"postgresql://dani@/postgres?host={folder}", folder)
        finally:
            _run(owner, binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _quick_place() -> str | None:
    """Memory, where there is such a folder: to wait for the disk is then no wait, and nothing has to be switched off."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _start(binaries: Path, folder: Path) -> list[Any]:
    options = f"-k {folder} -c listen_addresses= -c full_page_writes=off -c max_connections=40"
    return [binaries / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", options, "start"]


def _binaries() -> Path:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not newest:
        raise NoServer("PostgreSQL isn't installed: no initdb on PATH or below /usr/lib/postgresql")
    return newest[-1].parent


def _ordinary_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; nobody in particular does where there is no user postgres."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(owner: pwd.struct_passwd | None, *command: Any) -> None:
    who: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(
        [str(part) for part in command],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=120,
        **who,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
