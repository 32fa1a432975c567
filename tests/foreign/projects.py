"""Copies of the two foreign projects, each with a database of its own, and what tests do with them from outside."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.cli.program import PATIENCE_S, ROOT, Ended, dani

HERE = Path(__file__).parent
VARIABLES = {"split": "COMPANY", "legacy": "FIRM"}
MEMORY = ("dani_state_", "django_migrations", "sqlite_sequence")
"""Tables that are ours or the database's own."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a process did beside its work."""

    deeds: Counter[str]
    statements: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A foreign project in ``folder`` with its playbooks; ``database`` is as its settings take it."""

    name: str
    folder: Path
    database: str

    @property
    def vendor(self) -> str:
        return self.database.partition(":")[0]

    @property
    def system(self) -> Path:
        return self.folder / "system"

    @property
    def variables(self) -> dict[str, str]:
        prefix = VARIABLES[self.name]
        path = os.pathsep.join((str(HERE / "watch"), str(ROOT)))
        return {
            f"{prefix}_DATABASE": self.database,
            f"{prefix}_MAIL": str(self.folder / "mail.txt"),
            "PYTHONPATH": path,
        }

    def dani(self, *arguments: str, code: int = 0, **more: str) -> Any:
        """What ``dani … --format json`` says; asserts the exit code."""
        ended = self.said(*arguments, "--format", "json", **more)
        assert ended.code == code, f"{ended.code}: {ended.err[-3000:]}{ended.out[-3000:]}"
        return json.loads(ended.out)

    def said(self, *arguments: str, **more: str) -> Ended:
        return dani(*arguments, folder=self.folder, **self.variables, **more)

    def watched(self, *arguments: str, **more: str) -> tuple[Ended, Watched]:
        """A call of ``dani`` with what its process did besides."""
        log = self.folder / f"watch-{uuid4().hex}"
        ended = self.said(*arguments, FOREIGN_WATCH=str(log), **more)
        return ended, _watched(log)

    def python(self, script: str, *arguments: str, **more: str) -> str:
        """Runs ``script`` inside the project as its own people would; ``arguments`` is what it was started with."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", script, *arguments],
            cwd=self.system,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **self.variables, **more},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def django(self, script: str, *arguments: str, **more: str) -> str:
        """Runs ``script`` with Django set up."""
        settings = {"split": "company.settings", "legacy": "firm.settings"}[self.name]
        begin = f"import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = '{settings}'\ndjango.setup()\n"
        return self.python(begin + script, *(arguments or ("migrate",)), **more)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """One statement, past Django; ``?`` stands for a value."""
        with _connected(self) as connection:
            marks = statement if self.vendor == "sqlite3" else statement.replace("?", "%s")
            cursor = connection.execute(marks, values) if values else connection.execute(marks)
            rows = cursor.fetchall() if cursor.description else []
            connection.commit()
        return rows

    def picture(self, without: Collection[str] = ()) -> dict[str, list[str]]:
        """Every row of every table as text; tables whose name begins with one of ``without`` are left out."""
        with _connected(self) as connection:
            names = [name for (name,) in connection.execute(_TABLES[self.vendor]).fetchall()]
            kept = [name for name in sorted(names) if not name.startswith(tuple(without) or ("\0",))]
            return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"').fetchall())) for name in kept}

    def people(self, without: Collection[str] = ()) -> dict[str, list[str]]:
        """The system's own rows: all but those of dani's memory."""
        return self.picture((*MEMORY, *without))

    @property
    def mail(self) -> str:
        file = self.folder / "mail.txt"
        return file.read_text("utf-8") if file.exists() else ""

    def edit(self, file: str, old: str, new: str) -> None:
        """Changes a file of the project; what is to be changed must stand there once."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{file} has {text.count(old)} of {old!r}"
        path.write_text(text.replace(old, new), "utf-8")


_TABLES = {
    "sqlite3": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def _watched(log: Path) -> Watched:
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    deeds = Counter(line.partition(" ")[0] for line in lines)
    statements = sum(int(line.split()[1]) for line in lines if line.startswith("statements"))
    del deeds["statements"]
    return Watched(deeds, statements, tuple(line for line in lines if not line.startswith("statements")))


@contextmanager
def _connected(project: Project) -> Iterator[Any]:
    place = project.database.partition(":")[2]
    if project.vendor == "sqlite3":
        with closing(sqlite3.connect(place)) as connection:
            yield connection
        return
    import psycopg

    host, _, name = place.rpartition("/")
    with psycopg.connect(host=host, dbname=name, user="dani") as connection:
        yield connection


def copied(project: Project, folder: Path) -> Project:
    """The same project with the same rows, apart from it from now on."""
    shutil.copytree(project.folder, folder)
    if project.vendor == "sqlite3":
        return replace(project, folder=folder, database=f"sqlite3:{folder / 'system/system.sqlite3'}")
    host = project.database.partition(":")[2].rpartition("/")[0]
    return replace(project, folder=folder, database=_made(host, project.database.rpartition("/")[2]))


def begun(name: str, host: str, folder: Path) -> Project:
    """The project as its people have it, with empty tables; ``host`` is a PostgreSQL server, SQLite where it is empty."""
    shutil.copytree(HERE / name, folder, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3"))
    database = _made(host, "template1") if host else f"sqlite3:{folder / 'system/system.sqlite3'}"
    project = Project(name, folder, database)
    project.django("from django.core.management import call_command\ncall_command('migrate', verbosity=0)")
    return project


def _made(host: str, template: str) -> str:
    import psycopg

    name = f"foreign_{uuid4().hex}"
    with psycopg.connect(host=host, dbname="postgres", user="dani", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"postgresql:{host}/{name}"
