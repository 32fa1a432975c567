"""Fixtures: ``split`` and ``legacy`` are fresh copies of the two projects; ``foreign`` is each of them in turn.

Each runs on SQLite and on PostgreSQL. ``…_applied`` is a copy to which all playbooks were applied, ``…_seeded`` one
that has 200 people already.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import rmtree

import pytest

from tests import databases
from tests.foreign.projects import Project, begun, copied

VENDORS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


class Shelf:
    """Projects in a certain state, made when first asked for; tests get copies."""

    def __init__(self, folder: Path, servers: object) -> None:
        self.folder = folder
        self.servers = servers
        self.made: dict[tuple[str, str, str], Project] = {}

    def get(self, name: str, vendor: str, state: str) -> Project:
        key = (name, vendor, state)
        if key not in self.made:
            with suppress(FileNotFoundError):  # of a maker that failed
                rmtree(self.folder / "-".join(key))
            self.made[key] = _MAKERS[state](self, name, vendor, self.folder / "-".join(key))
        return self.made[key]

    def host(self, vendor: str) -> str:
        return str(self.servers.get(vendor).base) if vendor == "postgresql" else ""


def _fresh(shelf: Shelf, name: str, vendor: str, folder: Path) -> Project:
    return begun(name, shelf.host(vendor), folder)


def _ready(shelf: Shelf, name: str, vendor: str, folder: Path) -> Project:
    project = copied(shelf.get(name, vendor, "fresh"), folder)
    project.django("from seed import company\ncompany()")
    return project


def _applied(shelf: Shelf, name: str, vendor: str, folder: Path) -> Project:
    project = copied(shelf.get(name, vendor, "ready"), folder)
    project.dani("apply", "--approve")
    return project


def _seeded(shelf: Shelf, name: str, vendor: str, folder: Path, people: int = 200) -> Project:
    project = copied(shelf.get(name, vendor, "ready"), folder)
    project.django(f"from seed import people\npeople({people})")
    return project


_MAKERS: dict[str, Callable[[Shelf, str, str, Path], Project]] = {
    "fresh": _fresh,
    "ready": _ready,
    "applied": _applied,
    "seeded": _seeded,
    "seeded 200": _seeded,
    "seeded 20": partial(_seeded, people=20),
}


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, servers: object) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("foreign"), servers)


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest, servers: object) -> str:
    try:
        servers.get(request.param)
    except databases.NoServer as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    return str(request.param)


Take = Callable[..., Project]


@pytest.fixture
def take(shelf: Shelf, vendor: str, tmp_path: Path) -> Take:
    """A copy of a project in a state: ``take("split", "applied")``."""

    def taken(name: str, state: str = "ready") -> Project:
        return copied(shelf.get(name, vendor, state), tmp_path / f"{name}-{state}")

    return taken


@pytest.fixture(params=("split", "legacy"))
def foreign(request: pytest.FixtureRequest) -> str:
    """The name of each project."""
    return str(request.param)
