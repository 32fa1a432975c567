"""How many statements: a number that doesn't depend on the number of objects, but for batches of 500."""

from contextlib import contextmanager
from itertools import chain

import pytest
from django.db import connection

from tests.live.changes import create, delete, ids, keys, update

KINDS = ("department", "user", "group", "job", "schedule", "powerapps", "setting")


@contextmanager
def counted():
    """Savepoints aren't counted: they cost next to nothing and send no data."""
    statements = []

    def note(execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def company(size):
    """``size`` objects of every kind, each with references and links."""
    people = [create(f"user.u{n}", manager=f"u{max(n - 1, 0)}" if n else None, department=f"d{n}") for n in range(size)]
    return [
        *[create(f"department.d{n}", head=f"u{n}", parent="d0" if n else None) for n in range(size)],
        *people,
        *[create(f"group.g{n}", members=(f"u{n}", "u0"), owners=(f"u{n}",)) for n in range(size)],
        *[create(f"job.j{n}", department=f"d{n}", hiring_manager="u0", recruiters=(f"u{n}",)) for n in range(size)],
        *[create(f"schedule.s{n}", owner=f"u{n}", recipients=("u0",)) for n in range(size)],
        *[create(f"powerapps.p{n}", schedule=f"s{n}") for n in range(size)],
        *[create(f"setting.x{n}") for n in range(size)],
    ]


def fill(live, size):
    with live.transaction(), counted() as statements:
        live.write(company(size), {})
    return len(statements)


def reading(live):
    counts = []
    for kind in KINDS:
        with counted() as statements:
            assert live.read(kind).objects
        counts.append(len(statements))
    return counts


def test_reading_50_or_5000_objects_takes_the_same_number_of_queries(hr):
    live, _ = hr()
    fill(live, 50)
    few = reading(live)
    live, _ = hr()
    with live.transaction():
        live.write([create(f"{kind}.{kind[0]}{n}", **needed(kind)) for kind, n in chain(first(), rest())], {})
    assert reading(live) == few == [1, 1, 3, 2, 2, 1, 1]


def needed(kind):
    return {"job": {"department": "d0", "hiring_manager": "u0"}, "schedule": {"owner": "u0"}}.get(kind, {})


def first():
    return [(kind, 0) for kind in KINDS]


def rest():
    return [(kind, n) for kind in KINDS for n in range(1, 5000 if kind == "user" else 700)]


def test_creating_takes_a_few_statements_for_each_500_objects(hr):
    live, _ = hr()
    assert fill(live, 500) <= 32
    live, _ = hr()
    assert fill(live, 2000) <= 4 * 32


def test_5000_people_are_created_in_a_few_statements_for_each_500(hr):
    live, _ = hr()
    people = [create(f"user.u{n}", manager="u0" if n else None, mobile="+49") for n in range(5000)]
    with live.transaction(), counted() as statements:
        live.write(people, {})
    assert len(statements) <= 10 * 4
    assert len(keys(live, "user")) == 5000


@pytest.mark.parametrize("size", [50, 1000])
def test_updates_and_deletions_take_a_few_statements_for_each_500(hr, size):
    live, _ = hr()
    fill(live, size)
    known = ids(live)
    with live.transaction(), counted() as updates:
        live.write([update(f"user.u{n}", first_name=f"N{n}", office="Köln", manager="u1") for n in range(size)], known)
    with live.transaction(), counted() as swaps:
        live.write([update(f"user.u{n}", email=f"u{(n + 1) % size}@firm.example") for n in range(size)], known)
    with live.transaction(), counted() as deletions:
        live.write([delete(str(address)) for address in known], known)
    batches = max(1, size // 500)
    assert (len(updates) <= 8 * batches, len(swaps) <= 20 * batches) == (True, True)
    assert len(deletions) <= 90 * batches
    assert ids(live) == {}
