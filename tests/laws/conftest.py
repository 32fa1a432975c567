"""Benches for the laws: on dictionaries, SQLite and PostgreSQL."""

from collections.abc import Callable

import pytest

from tests.engine.fakes import Bench


@pytest.fixture(params=["dictionaries"])
def benches(request: pytest.FixtureRequest) -> Callable[[], Bench]:
    """Each call gives a bench on an empty system."""
    return Bench
