"""Reads are sets: what a plan costs doesn't grow with the number of objects, statement by statement."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project


def resources(count: int) -> str:
    """``count`` of every kind."""
    lines = ["version: 1"]
    rows = {
        "departments": "d{n}: {{name: Department {n}}}",
        "users": (
            "u{n}: {{email: u{n}@a.example, first_name: U, department: d{n}, manager: u{m}, roles: [employee],"
            " start_date: 2024-01-01, mobile: '+4930{n}'}}"
        ),
        "groups": "g{n}: {{name: Group {n}, members: [u{n}, u{m}]}}",
        "jobs": "j{n}: {{title: Job {n}, department: d{n}, hiring_manager: u{n}, open_date: 2026-01-01}}",
        "schedules": "s{n}: {{name: Schedule {n}, action: reports.send_report, when: 0 6 * * 1, time_zone: UTC, owner: u{n}}}",
        "powerapps": (
            "p{n}: {{name: App {n}, environment: e, endpoint: 'https://a.example/x', kind: user,"
            " field_mapping: [{{from: a, to: email}}], dedupe_key: [a]}}"
        ),
        "settings": "k{n}: {{name: setting.{n}, value: {n}}}",
    }
    for collection, row in rows.items():
        lines.append(f"{collection}:")
        for n in range(count):
            text = row.format(n=n, m=n // 2)
            lines.append("  " + (text.replace(", manager: u0", "") if n == 0 else text))
    return "\n".join(lines) + "\n"


def statements(project: Project, count: int) -> tuple[Counter[str], int, int]:
    """Queries of a plan by table, statements of the apply, rows created."""
    project.write("playbooks/all.yaml", resources(count))
    session = project.session()
    assert session.live
    with CaptureQueriesContext(connection) as planning:
        planned = session.plan(Request())
    with CaptureQueriesContext(connection) as applying:
        session.apply(planned)
    with CaptureQueriesContext(connection) as again:
        assert session.plan(Request()).plan.is_empty
    assert len(again) == len(planning) - 1  # a session asks once which rules the last run went by
    by_table = Counter(query["sql"].partition(" FROM ")[2].split(" ")[0] for query in again.captured_queries)
    return by_table, len(applying), len(planned.plan.changes)


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_a_plan_takes_the_same_queries_for_50_and_for_5000_and_an_apply_writes_in_bulk(project: Project) -> None:
    few, _, _ = statements(project, 8)
    project.empty()
    many, written, created = statements(project, 715)
    assert few == many
    assert created == 7 * 715
    assert written < 60 + created / 20
