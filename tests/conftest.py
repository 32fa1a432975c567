"""Fixtures for all tests.

``database`` is an open, empty database of ours, once on SQLite and once on PostgreSQL: a test that takes it runs
twice. ``hr`` is a function that empties it and gives ``(live, memory)`` of the built-in HR system, wired as a session
does it; calling it again begins anew. ``tests.databases.hr(database)`` is the same without the fixture::

    def test_something_on_both(hr):
        live, memory = hr()

PostgreSQL is left out where the machine has none; with ``CI=true`` that is a failure.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests import databases


class Servers:
    """One of each kind, made when first asked for and kept until the session ends."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.places: dict[str, databases.Place] = {}

    def get(self, vendor: str) -> databases.Place:
        if vendor not in self.places:
            make: Callable[[], AbstractContextManager[databases.Place]] = getattr(databases, vendor)
            self.places[vendor] = self.stack.enter_context(make())
        return self.places[vendor]

    def close(self) -> None:
        from django.conf import settings

        if settings.configured:  # else only processes of their own used the servers
            from django.db import connections

            connections.close_all()
        self.stack.close()


Figure = Callable[[str, object], None]


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Remembers a figure that a test measured, to be told when all are done."""
    return lambda name, value: request.node.user_properties.append((f"figure: {name}", str(value)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests measured, by name; figures of a test that runs twice stand beside each other."""
    told: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties if report.when == "call" else ():
            told.setdefault(str(name), []).append(str(value))
    if told:
        terminalreporter.section("figures")
        for name in sorted(told):
            terminalreporter.line(f"{name.removeprefix('figure: ')}: {', '.join(told[name])}")


@pytest.fixture(scope="session", autouse=True)
def strict_log() -> None:
    """A field that a log must not hold is an error wherever a test runs a command."""
    from dani_playbook.cli import record

    record.STRICT = True


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    made = Servers()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, servers: Servers) -> databases.Place:
    place = opened(servers, request.param)
    place.empty()
    return place


def opened(servers: Servers, vendor: str) -> databases.Place:
    """A database of the kind asked for, with Django pointed at it; the test is skipped, or fails in CI, without one."""
    try:
        place = servers.get(vendor)
    except databases.NoServer as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    place.open()
    return place


@pytest.fixture
def hr(database: databases.Place) -> Callable[[], databases.Hr]:
    return lambda: databases.hr(database)
