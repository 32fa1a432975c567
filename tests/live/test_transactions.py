"""The transaction: exclusive, durable, all or nothing."""

import sqlite3

import pytest
from django.db import connection

from dani_playbook.core.errors import LiveError
from tests.live.changes import create, keys


def other_writer(database):
    """Tries to write at once, on a connection of its own; raises where it would have to wait."""
    if database.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()
        return
    import psycopg

    with psycopg.connect(f"host={database.base} user=dani dbname=postgres") as other:
        other.execute("SELECT * FROM dani_state_lock FOR UPDATE NOWAIT")


def test_nobody_else_applies_while_the_lock_is_held(hr, database):
    live, memory = hr()
    other_writer(database)
    with memory.hold("jo"), live.transaction():
        memory.lock()
        with pytest.raises(Exception, match=r"locked|could not obtain lock"):
            other_writer(database)
    other_writer(database)


def test_what_is_committed_is_on_the_disk(hr, database):
    live, _ = hr()
    asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}[database.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            {"sqlite": "PRAGMA synchronous = OFF", "postgresql": "SET synchronous_commit = off"}[database.vendor]
        )
        with live.transaction():
            cursor.execute(asked)
            assert cursor.fetchone()[0] in (2, "on")


def test_transactions_dont_nest(hr):
    live, _ = hr()
    with pytest.raises(RuntimeError, match="durable"), live.transaction(), live.transaction():
        pass


def test_a_constraint_that_is_looked_at_when_the_transaction_ends_is_told_in_our_words(hr):
    from dani_playbook.hris.employees.models import Department

    live, _ = hr()

    def astray():
        with live.transaction():
            live.write([create("department.a")], {})
            Department.objects.update(parent_id=999999)

    with pytest.raises(LiveError, match="points at an object that isn't there"):
        astray()
    assert keys(live, "department") == []
