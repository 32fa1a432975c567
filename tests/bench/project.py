"""Project: a folder with the made-up company and a database of its own, and ``dani`` called there as people call it."""

import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import people
from tests.bench.measure import Cost, Unexpected, run, watch
from tests.databases import Place

HOME = Path(__file__).parents[2]
FLOOR = Path(__file__).with_name("floor.py")
NOT_CACHED = {"DANI_CACHE": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """``url`` is that of its database, ``size`` the number of people."""

    root: Path
    url: str
    size: int
    environ: Mapping[str, str] = field(repr=False)

    @property
    def playbooks(self) -> Path:
        return self.root / "playbooks"

    def out(self, name: str) -> Path:
        return self.root / "out" / name

    def dani(self, *arguments: str, **variables: str) -> Cost:
        """One call of ``dani``; its output is then in ``out("dani")``."""
        return run(dani_command(*arguments), self.root, {**self.environ, **variables}, out=self.out("dani"))

    def plan(self, *arguments: str, **variables: str) -> Cost:
        """A plan that has nothing to do. Raises ``Unexpected`` where it has."""
        cost = self.dani("plan", *arguments, **variables)
        self.check("dani", "No changes.")
        return cost

    def watched(self, *arguments: str) -> float:
        return watch(dani_command(*arguments), self.root, self.environ, out=self.out("dani"))

    def floor(self, *, cached: bool = False) -> Cost:
        """The bare script. Raises ``Unexpected`` where it finds a difference."""
        cost = run(self._floor(cached=cached), self.root, self.environ, out=self.out("floor"))
        self.check("floor", f"{self.size} declared, {self.size} found, 0 fields differ")
        return cost

    def watched_floor(self) -> float:
        return watch(self._floor(), self.root, self.environ, out=self.out("floor"))

    def _floor(self, *, cached: bool = False) -> list[str]:
        more = [str(self.root / "floor-cache")] if cached else []
        return [sys.executable, str(FLOOR), str(self.root), self.url, *more]

    def script(self, name: str, *arguments: str) -> Cost:
        """A program of this package, which writes its own figures to ``out(name)``. It keeps no parsed files."""
        command = [sys.executable, "-m", f"tests.bench.{name}", str(self.root), self.url, str(self.size), *arguments]
        return run(command, HOME, {**self.environ, **NOT_CACHED}, out=self.out(name))

    def check(self, name: str, expected: str) -> None:
        said = self.out(name).read_text("utf-8", "replace")
        if expected not in said:
            raise Unexpected(f"{name} should have said {expected!r}, and said:\n{said[:2000]}")

    def forget_parsed(self) -> None:
        """As on the first day: nothing is kept of what was read before."""
        shutil.rmtree(self.root / ".dani" / "cache", ignore_errors=True)


def dani_command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "dani_playbook", *arguments]


def environment(root: Path, path: str) -> dict[str, str]:
    """What ``dani`` finds around it: nothing of ours."""
    return {
        "PATH": path,
        "PYTHONPATH": str(HOME),
        "LC_ALL": "C.UTF-8",
        "HOME": str(root),
        "DANI_HOME": str(root / ".home"),
        "DANI_KEY": "ab" * 32,
        "DANI_ACTOR": "bench",
        "NO_COLOR": "1",
    }


@contextmanager
def project(place: Place, size: int, path: str) -> Iterator[Project]:
    """The company on an empty database beside ``place``, until it isn't needed any more."""
    name = f"bench_{secrets.token_hex(4)}"
    root = place.base.parent / f"{place.base.name}-{name}"
    with _database(place, root, name) as url:
        try:
            (root / "out").mkdir(parents=True)
            (root / "floor-cache").mkdir()
            people.write(root / "playbooks", size)
            (root / "dani.yaml").write_text(f"version: 1\ndatabase: {url}\n", "utf-8")
            # dani's PostgreSQL address and a driver's are alike; SQLite's file is absolute for both
            yield Project(root=root, url=url, size=size, environ=environment(root, path))
        finally:
            shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _database(place: Place, root: Path, name: str) -> Iterator[str]:
    if place.vendor == "sqlite":
        yield f"sqlite:///{root / '.dani' / 'hris.sqlite3'}"
        return
    import psycopg

    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield place.url.replace("/postgres?", f"/{name}?")
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
