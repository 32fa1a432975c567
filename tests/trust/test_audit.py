"""The audit trail: what belongs in it, that nothing happens without it, and that tampering is found."""

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from dani_playbook.core import failpoint
from dani_playbook.core.errors import ApplyFailed, DaniError
from dani_playbook.runner.auditing import audit_lines, audit_list, audit_verify
from dani_playbook.runner.offline import Request
from dani_playbook.state.chain import COLUMNS, Chain, Event, Fault
from tests.attack.asking import PEOPLE, applied
from tests.databases import KEY, Place, unguarded
from tests.runner.conftest import SEES_ALL, Project

if TYPE_CHECKING:
    from dani_playbook.state.audit import Trail

ROWS = 24
TEXTS = tuple(name for name in COLUMNS if name != "number")
Rows = list[list[Any]]


def trail_of(key: bytes, heads: list[tuple[int, str]]) -> "Trail":
    """A trail that keeps its heads in a list."""
    from dani_playbook.state.audit import Trail

    return Trail("default", key, lambda number, mac: heads.append((number, mac)))


def actions(project: Project, **rest: Any) -> list[str]:
    """Oldest first."""
    rows = audit_list(project.session(), **rest).document["rows"]
    return [f"{row['action']} {row['result']}" for row in reversed(rows)]


def test_a_run_and_its_way_back_leave_their_rows(project: Project) -> None:
    run = applied(project, PEOPLE)
    back = project.rollback(run)
    rows = audit_list(project.session()).document["rows"][::-1]
    assert [(row["action"], row["object"], row["actor"]) for row in rows] == [
        ("run-begun", run, "tester"),
        ("run-succeeded", run, "tester"),
        ("rollback-planned", run, "tester"),
        ("run-begun", back, "tester"),
        ("run-succeeded", back, "tester"),
    ]
    assert rows[-1]["detail"]["undoes"] == run
    assert audit_verify(project.session()).exit_code == 0


def test_looking_at_masked_values_leaves_a_row_and_looking_at_others_none(project: Project) -> None:
    applied(project, PEOPLE)
    session = project.revealing()
    session.plan(Request())
    session.export()
    before = actions(project)
    session.plan(Request(reveal=True))
    session.drift(Request(reveal=True))
    session.explain("user.ada", None, Request(reveal=True))
    session.export("user.*", reveal=True)
    session.run(session.memory.runs(1)[0].id, reveal=True)
    assert actions(project)[len(before) :] == ["reveal done"] * 3 + ["export done", "reveal done"]
    assert actions(project, named="user.ada") == ["run-begun done", "run-succeeded done", "reveal done"]
    assert actions(project, action="export") == ["export done"]


def test_the_reason_for_looking_is_kept(project: Project) -> None:
    session = project.session()
    session.identity = SEES_ALL
    session.environ = {**session.environ, "DANI_REASON": "asked by the works council"}
    session.export(reveal=True)
    assert audit_list(session).document["rows"][0]["detail"]["reason"] == "asked by the works council"


def test_nothing_masked_stands_in_any_row(project: Project) -> None:
    canary = "+49 30 9988776655"
    head = PEOPLE.replace("first_name: Ada", f"first_name: Ada, mobile: '{canary}'")
    run = applied(project, head)
    project.write("playbooks/a.yaml", head.replace(canary, "+49 30 1199228833"))
    project.revealing().plan(Request(reveal=True))
    project.revealing().drift(Request(reveal=True))
    project.revealing().export(reveal=True)
    project.rollback(run)
    text = "".join(audit_lines(project.session()))
    assert not any(secret in text.replace(" ", "") for secret in ("9988776655", "1199228833"))
    assert text.count("\n") >= 8


@contextmanager
def failing(action: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A trail that can't take one action."""
    from dani_playbook.state.audit import Trail

    whole = Trail.append

    def append(trail: Trail, *events: Event) -> None:
        if any(event.action == action for event in events):
            raise OSError("no space left")
        whole(trail, *events)

    with monkeypatch.context() as patched:
        patched.setattr(Trail, "append", append)
        yield


@pytest.mark.parametrize("action", ["run-begun", "run-succeeded"])
def test_an_effect_without_its_record_is_not_committed(
    project: Project, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    was = json.dumps(project.export())
    rows = len(actions(project))
    with failing(action, monkeypatch), pytest.raises((ApplyFailed, OSError)):
        applied(project, PEOPLE)
    assert json.dumps(project.export()) == was
    assert not project.session().memory.inventory()
    assert not any("succeeded" in action for action in actions(project)[rows:])


class NoSpace(Exception):
    """The row can't be written."""


def no_space(place: str) -> None:
    raise NoSpace(place)


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_fault_at_any_insert_of_a_run_leaves_no_effect_without_its_record(project: Project, nth: int) -> None:
    """A run that follows one that died writes three rows: that one closed, begun, succeeded."""
    applied(project, PEOPLE)
    was, managed = json.dumps(project.export()), dict(project.session().memory.inventory())
    text = PEOPLE.replace("first_name: Ada", "first_name: Ida")
    with pytest.raises(NoSpace):
        armed(project, text, "journal.run_created.after_commit=full")
    with pytest.raises((ApplyFailed, NoSpace)):
        armed(project, text, f"audit.insert=full#{nth}")
    succeeded = [action for action in actions(project) if action == "run-succeeded done"]
    assert (json.dumps(project.export()), dict(project.session().memory.inventory())) == (was, managed)
    assert len(succeeded) == 1
    assert audit_verify(project.session()).exit_code == 0
    applied(project, text)
    assert actions(project)[-1] == "run-succeeded done"
    states = [run["state"] for run in project.session().runs().document["runs"]]
    assert states == ["succeeded", *["rolled_back"] * (len(states) - 2), "succeeded"]


def armed(project: Project, text: str, programme: str) -> None:
    failpoint.arm(programme, {"full": no_space})
    try:
        applied(project, text)
    finally:
        failpoint.disarm()


def test_with_the_record_written_aside_an_effect_without_it_stays(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: a trail that fails quietly."""
    from dani_playbook.state.audit import Trail

    whole = Trail.append

    def append(trail: Trail, *events: Event) -> None:
        with suppress(NoSpace):
            whole(trail, *events)

    monkeypatch.setattr(Trail, "append", append)
    armed(project, PEOPLE, "audit.insert=full")
    assert project.session().memory.inventory()
    assert actions(project) == []


def test_what_is_masked_is_not_shown_where_looking_cannot_be_recorded(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(project, PEOPLE)
    with failing("export", monkeypatch), pytest.raises(OSError, match="space"):
        project.revealing().export(reveal=True)


def test_a_run_that_failed_and_one_that_died_are_told_apart(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state.models import Run

    with failing("run-succeeded", monkeypatch), pytest.raises(ApplyFailed):
        applied(project, PEOPLE)
    Run.objects.update(state="executing")
    applied(project, PEOPLE)
    assert actions(project) == [
        "run-begun done",
        "run-failed rolled back",
        "run-rolled-back died",
        "run-begun done",
        "run-succeeded done",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dani_state_audit SET actor = 'x'",
        "DELETE FROM dani_state_audit",
        "DELETE FROM dani_state_audit WHERE number = 1",
    ],
)
def test_the_database_refuses_to_change_what_is_recorded(project: Project, statement: str) -> None:
    from django.db import DatabaseError, connection

    applied(project, PEOPLE)
    statements = [statement]
    if project.place.vendor == "postgresql":
        statements.append("TRUNCATE dani_state_audit")
    else:
        statements.append("INSERT OR REPLACE INTO dani_state_audit SELECT * FROM dani_state_audit WHERE number = 1")
    for each in statements:
        with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"):
            cursor.execute(each)
    assert audit_verify(project.session()).exit_code == 0


def filled(place: Place, heads: list[tuple[int, str]]) -> "Trail":
    """A trail with ``ROWS`` rows whose heads are kept."""
    place.empty()
    trail = trail_of(KEY, heads)
    for number in range(ROWS):
        at = datetime(2026, 11, 23, 8, number, tzinfo=UTC)
        named = f"user.u{number % 5}"
        trail.note(
            Event(at=at, actor="jo", action="reveal", object=named, run="r1", detail={"what": "plan", "n": number})
        )
    return trail


def change_a_byte(rows: Rows, random: Random) -> str:
    row, column = random.randrange(ROWS), random.randrange(len(COLUMNS))
    if column == 0:
        rows[row][0] += random.choice([-1, 1]) * random.randrange(100, 10**9)
        return "a number"
    text = rows[row][column]
    at = random.randrange(max(len(text), 1))
    other = random.choice([letter for letter in 'abz09"é {}' if letter != text[at : at + 1]])
    rows[row][column] = text[:at] + other + text[at + 1 :]
    return COLUMNS[column]


def swap_columns(rows: Rows, random: Random) -> str:
    one, other = random.sample(range(ROWS), 2)
    columns = [column for column in range(1, len(COLUMNS)) if rows[one][column] != rows[other][column]]
    column = random.choice(columns)
    rows[one][column], rows[other][column] = rows[other][column], rows[one][column]
    return "values swapped"


def swap_rows(rows: Rows, random: Random) -> str:
    one, other = random.sample(range(ROWS), 2)
    rows[one][0], rows[other][0] = rows[other][0], rows[one][0]
    return "rows swapped"


def delete_rows(rows: Rows, random: Random) -> str:
    first = random.randrange(ROWS - 1)
    del rows[first : first + random.randrange(1, ROWS - first)]
    return "rows deleted"


def delete_and_close_the_gap(rows: Rows, random: Random) -> str:
    del rows[random.randrange(ROWS - 1)]
    for number, row in enumerate(rows, 1):
        row[0] = number
    return "a gap closed"


def insert_a_row(rows: Rows, random: Random) -> str:
    at = random.randrange(ROWS + 1)
    rows.insert(at, list(rows[random.randrange(ROWS)]))
    rows[at][2] = random.choice(["jo", "eve"])
    for number, row in enumerate(rows, 1):
        row[0] = number
    return "a row inserted"


def cut_the_end(rows: Rows, random: Random) -> str:
    del rows[random.randrange(ROWS) :]
    return "the end cut"


def cut_and_write_anew(rows: Rows, random: Random) -> str:
    """What a thief of the key would do: only the heads outside show it."""
    del rows[random.randrange(1, ROWS) :]
    number, mac = rows[-1][0], rows[-1][-1]
    event = Event(at=datetime(2026, 11, 24, tzinfo=UTC), actor="eve", action="reveal")
    row = Chain(KEY).linked(event, number + 1, mac)
    rows.append([getattr(row, name) for name in COLUMNS])
    return "the end written anew"


MANIPULATIONS: tuple[Callable[[Rows, Random], str], ...] = (
    change_a_byte,
    change_a_byte,
    change_a_byte,
    swap_columns,
    swap_rows,
    delete_rows,
    delete_and_close_the_gap,
    insert_a_row,
    cut_the_end,
    cut_and_write_anew,
)


def put(vendor: str, rows: Rows) -> None:
    """The table holds these rows, by plain SQL."""
    from django.db import connection

    with unguarded(vendor), connection.cursor() as cursor:
        cursor.execute("DELETE FROM dani_state_audit")
        marks = ", ".join(["%s"] * len(COLUMNS))
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        cursor.executemany(f"INSERT INTO dani_state_audit ({names}) VALUES ({marks})", rows)


def manipulated(database: Place, times: int) -> list[str]:
    """Manipulates ``times``, each time from the whole trail; gives what verifying did not find."""
    from django.db.transaction import atomic, set_rollback

    heads: list[tuple[int, str]] = []
    trail = filled(database, heads)
    whole = [[getattr(row, name) for name in COLUMNS] for row in trail.rows()]
    assert trail.verify(heads).fault is None
    random, missed = Random(7), []
    for number in range(times):
        rows = [list(row) for row in whole]
        what = MANIPULATIONS[number % len(MANIPULATIONS)](rows, random)
        with atomic():
            put(database.vendor, rows)
            found = trail.verify(heads)
            set_rollback(True)
        if rows != whole and found.fault is None:
            missed.append(what)
    return missed


def test_a_thousand_manipulations_by_plain_sql_are_all_found(database: Place) -> None:
    assert manipulated(database, 1000) == []


def test_without_looking_at_the_chain_manipulations_are_missed(
    database: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chain, "fault", lambda *arguments: None)
    assert {"detail", "actor", "rows deleted"} & set(manipulated(database, 200))


FIRST_BAD: list[tuple[str, str | None, Fault]] = [
    ("UPDATE dani_state_audit SET actor = 'eve' WHERE number = 4", None, Fault(4, "changed")),
    ("DELETE FROM dani_state_audit WHERE number = 4", None, Fault(4, "missing")),
    ("DELETE FROM dani_state_audit WHERE number >= 20", None, Fault(20, "cut at the end")),
    ("DELETE FROM dani_state_audit", None, Fault(1, "cut at the end")),
    (
        "DELETE FROM dani_state_audit WHERE number = 4",
        "UPDATE dani_state_audit SET number = 4 WHERE number = 9",
        Fault(4, "out of order"),
    ),
]


@pytest.mark.parametrize(("first", "then", "fault"), FIRST_BAD)
def test_the_first_bad_row_is_named_with_what_is_wrong(
    database: Place, first: str, then: str | None, fault: Fault
) -> None:
    assert first_fault(database, first, then) == fault


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_not_text_at_all_is_a_change_too(database: Place) -> None:
    change = "UPDATE dani_state_audit SET detail = CAST(detail AS BLOB) || x'ff' WHERE number = 4"
    assert first_fault(database, change, None) == Fault(4, "changed")


def first_fault(database: Place, first: str, then: str | None) -> Fault | None:
    """What a look at a filled trail finds after it was changed by hand; the change is taken back."""
    from django.db import connection
    from django.db.transaction import atomic, set_rollback

    heads: list[tuple[int, str]] = []
    trail = filled(database, heads)
    with atomic():
        with unguarded(database.vendor), connection.cursor() as cursor:
            for statement in filter(None, (first, then)):
                cursor.execute(statement)
        found = trail.verify(heads).fault
        set_rollback(True)
    return found


def test_rows_of_another_key_are_told_from_changed_ones(database: Place) -> None:
    heads: list[tuple[int, str]] = []
    filled(database, heads)
    assert trail_of(bytes(32), []).verify(heads).fault == Fault(1, "other key")


def test_heads_are_kept_beside_the_key_for_their_owner_only(project: Project) -> None:
    applied(project, PEOPLE)
    path = project.root / ".dani" / "audit-head"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 2
    assert audit_verify(project.session()).document["heads"] == 2


def test_a_head_that_cannot_be_kept_takes_nothing_back(project: Project) -> None:
    (project.root / ".dani" / "audit-head").mkdir(parents=True)
    applied(project, PEOPLE)
    assert project.session().memory.inventory()


def test_the_exported_rows_are_the_rows_of_the_table(project: Project) -> None:
    applied(project, PEOPLE)
    rows = [json.loads(line) for line in audit_lines(project.session())]
    assert [row["number"] for row in rows] == [1, 2]
    assert rows[1]["prev"] == rows[0]["mac"]
    assert set(rows[0]) == set(COLUMNS)


def test_a_fault_ends_with_exit_code_4(project: Project) -> None:
    from django.db import connection
    from django.db.transaction import atomic

    applied(project, PEOPLE)
    with atomic(), unguarded(project.place.vendor), connection.cursor() as cursor:
        cursor.execute("DELETE FROM dani_state_audit WHERE number = 2")
    result = audit_verify(project.session())
    assert result.exit_code == 4
    assert result.document["fault"] == {
        "number": 2,
        "what": "cut at the end",
        "run": "",
        "message": "rows from 2 on were cut off; their heads were kept outside the database",
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_cannot_be_recorded_is_told_in_our_words(project: Project) -> None:
    from django.db import connection

    session = project.revealing()
    assert session.database
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    try:
        with pytest.raises(DaniError):
            session.export(reveal=True)
    finally:
        connection.close()
