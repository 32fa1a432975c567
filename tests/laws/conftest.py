"""Benches for the laws: on dictionaries, SQLite and PostgreSQL."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings

from tests import databases
from tests.conftest import Servers, opened
from tests.engine.fakes import Bench

settings.register_profile("laws", max_examples=int(os.environ.get("DANI_LAW_EXAMPLES", "40")), deadline=None)


@dataclass
class DatabaseBench(Bench):
    """A bench on the built-in HR system of a real database."""

    def meddle(self, kind: str, key: str, fields: Mapping[str, Any]) -> None:
        from dani_playbook.hris.employees.models import Employee

        Employee.objects.filter(user__key=key).update(**fields)


@pytest.fixture(params=["dictionaries", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def benches(request: pytest.FixtureRequest, servers: Servers) -> Callable[[], Bench]:
    """Each call gives a bench on an empty system."""
    if request.param == "dictionaries":
        return Bench
    place = opened(servers, request.param)

    def begin() -> Bench:
        live, memory = databases.hr(place)
        return DatabaseBench(live=live, memory=memory)

    return begin
