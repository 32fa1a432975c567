"""The benchmark works. Whether something is quick is judged by who runs it, never by a test."""

import os
from typing import Any

import pytest

from tests.bench import rows
from tests.bench.report import INSIDE, WHOLE, page, text
from tests.bench.rows import ANYWHERE, FULL, ROWS, judged
from tests.bench.suite import Wanted, measured

SIZE = 60


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A run with few people, on a machine that has no peers."""
    environ = {"PATH": str(tmp_path_factory.mktemp("empty"))}
    wanted = Wanted(sizes=(SIZE,), vendors=(request.param,), runs=1, date="2026-11-23", environ=environ)
    document = measured(wanted, lambda line: None)
    if document["absent"]:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(document["absent"][0])
    return document


def test_a_small_run_has_every_figure(small: dict[str, Any]) -> None:
    figures = {(one["people"], one["what"]): one for one in small["figures"]}
    assert {(SIZE, what) for what in (*WHOLE, *INSIDE)} | {(0, "help"), (0, "interpreter")} <= set(figures)
    assert all(one["seconds"] > 0 and one["cpu_s"] > 0 for one in figures.values())
    assert all(figures[SIZE, what]["mb"] > 5 for what in WHOLE)
    assert all(figures[SIZE, what]["statements"] > 0 for what in INSIDE)


def test_a_small_run_makes_one_plan_in_every_way(small: dict[str, Any]) -> None:
    (digests,) = small["digests"].values()
    assert len(digests) == 4
    assert len(set(digests.values())) == 1


def test_what_is_absent_is_named(small: dict[str, Any]) -> None:
    for name in ("Terraform", "octoDNS", "Ansible"):
        assert f"{name} isn't here" in text(small)
        assert f"| {name} | absent |" in page(small)


def test_the_report_has_every_row(small: dict[str, Any]) -> None:
    for name in (row.name for row in ROWS):
        assert f"\n{name}  " in text(small)
        assert f"\n| {name} | " in page(small)
    for what in (*WHOLE, *INSIDE):
        assert f"\n| {what} | " in page(small)


def test_what_was_measured_at_another_size_is_not_judged(small: dict[str, Any]) -> None:
    beside_sizes = [row for row in judged(small) if "--help" not in row.name and "digest" not in row.name]
    assert {row.met for row in beside_sizes} == {None}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("beyond", [False, True])
def test_a_row_is_judged_by_its_limit(row: rows.Row, beyond: bool) -> None:
    factor = 1.01 if row.least is not beyond else 0.99
    figures: dict[tuple[str, int, str], dict[str, Any]] = {}
    for of, value in ((row.under, 2.0), (row.over, 2.0 * row.limit * factor)):
        one = figures.setdefault((of.database, of.people, of.what), {"database": of.database, "people": of.people})
        one.update({"what": of.what, of.key: value})
    document = {"figures": list(figures.values()), "sizes": list(FULL), "digests": {}}
    (found,) = (one for one in judged(document) if one.name == row.name)
    assert found.met is not beyond


def test_a_plan_that_is_another_in_another_way_is_told() -> None:
    document = {"figures": [], "sizes": list(FULL), "digests": {"sqlite 1000": {"cold": "a", "cached": "b"}}}
    assert [row.met for row in judged(document) if "digest" in row.name] == [False]


def test_more_statements_than_a_batch_needs_are_told() -> None:
    statements = {(1_000, 60), (10_000, 600)}
    figures = [
        {"database": "sqlite", "people": people, "what": "apply of all", "statements": count}
        for people, count in sorted(statements)
    ]
    document = {"figures": figures, "sizes": list(FULL), "digests": {}}
    assert [row.met for row in judged(document) if "further statement" in row.name] == [False]


def test_peers_belong_to_no_database() -> None:
    assert {row.over.database for row in ROWS if row.least} == {ANYWHERE}
