"""The journal is anchored in the audit trail: what was changed in it by hand is found, and what was purged isn't."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.memory import Entry, Run, RunState
from dani_playbook.runner.auditing import audit_verify
from dani_playbook.state.chain import Fault
from tests.attack.asking import PEOPLE, applied
from tests.conftest import Figure
from tests.databases import KEY, Hr, Place, hr
from tests.runner.conftest import Project

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
RUNS, EACH = 4, 5
KINDS = ("user", "department", "group", "user", "setting")
PLACES = ("run_id", "position")
Rows = list[list[Any]]


def filled(place: Place) -> Hr:
    """Four runs of five entries, some of people, and a run that failed."""
    system = hr(place)
    for number in range(RUNS + 1):
        run = Run(
            id=f"run{number}",
            state=RunState.EXECUTING,
            actor="jo",
            started_at=AT,
            plan_digest=f"d{number}",
            as_of=AT.date(),
        )
        with system.memory.hold("jo"):
            done(system, run, failed=number == 2)
    return system


def done(system: Hr, run: Run, *, failed: bool) -> None:
    """One run from its beginning to its end."""
    system.memory.begin(run)
    if failed:
        system.memory.fail(run.id, AT, "no")
        return
    with system.live.transaction():
        system.memory.lock()
        system.memory.record([entry(run.id, position) for position in range(EACH)], ())
        system.memory.succeed(run.id, AT)


def entry(run: str, position: int) -> Entry:
    return Entry(
        run=run,
        position=position,
        address=Address(KINDS[position], f"k{position}"),
        verb="update",
        reason="declared",
        title=f"Title {run}",
        mark="transfer",
        live_id=str(position + 1),
        previous=Address(KINDS[position], f"old{position}"),
        before={"name": f"before {run}"},
        after={"name": f"after {run}"},
        changed=("name",),
        deletes=False,
        inventory_before=None,
        inventory_after=None,
        reasons={"name": "declared"},
    )


def trail() -> Any:
    from dani_playbook.state.audit import Trail

    return Trail("default", KEY)


def columns() -> list[str]:
    from dani_playbook.state.models import Entry as Row

    return [field.column for field in Row._meta.concrete_fields]


def column(name: str) -> int:
    return columns().index(name)


def change_a_byte(rows: Rows, random: Random) -> str:
    row = random.choice(rows)
    at = random.randrange(1, len(row))
    value = row[at]
    if isinstance(value, bool):
        row[at] = not value
    elif isinstance(value, str):
        place = random.randrange(max(len(value), 1))
        other = random.choice([letter for letter in 'abz09"é {}' if letter != value[place : place + 1]])
        row[at] = value[:place] + other + value[place + 1 :]
    else:
        row[at] = (value or 0) + random.randrange(100, 10**6)
    return columns()[at]


def swap_columns(rows: Rows, random: Random) -> str:
    one, other = random.sample(rows, 2)
    at = random.choice([at for at in range(1, len(one)) if one[at] != other[at] and columns()[at] not in PLACES])
    one[at], other[at] = other[at], one[at]
    return "values swapped"


def swap_entries(rows: Rows, random: Random) -> str:
    one, other = random.sample(rows, 2)
    for name in PLACES:
        at = column(name)
        one[at], other[at] = other[at], one[at]
    return "entries swapped"


def delete_entries(rows: Rows, random: Random) -> str:
    for row in random.sample(rows, random.randrange(1, 4)):
        rows.remove(row)
    return "entries deleted"


def delete_the_last(rows: Rows, random: Random) -> str:
    run = random.choice(sorted({row[column("run_id")] for row in rows}))
    rows.remove(max((row for row in rows if row[column("run_id")] == run), key=lambda row: row[column("position")]))
    return "the last entry deleted"


def delete_and_close_the_gap(rows: Rows, random: Random) -> str:
    gone = random.choice(rows)
    rows.remove(gone)
    for row in rows:
        if row[column("run_id")] == gone[column("run_id")] and row[column("position")] > gone[column("position")]:
            row[column("position")] -= 1
    return "a gap closed"


def delete_a_run(rows: Rows, random: Random) -> str:
    run = random.choice(rows)[column("run_id")]
    rows[:] = [row for row in rows if row[column("run_id")] != run]
    return "all entries of a run deleted"


def insert_an_entry(rows: Rows, random: Random) -> str:
    new = list(random.choice(rows))
    new[0], new[column("position")] = 10**6, random.randrange(EACH, 99)
    rows.append(new)
    return "an entry inserted"


def insert_into_another_run(rows: Rows, random: Random) -> str:
    """A run that failed has no entries, and none of a run that there never was."""
    new, runs = list(random.choice(rows)), sorted({row[column("run_id")] for row in rows})
    new[0], new[column("run_id")] = 10**6, random.choice([runs[1] + 1, runs[-1] + 50, runs[0] - 50])
    rows.append(new)
    return "an entry of a strange run"


MANIPULATIONS: tuple[Callable[[Rows, Random], str], ...] = (
    change_a_byte,
    change_a_byte,
    change_a_byte,
    swap_columns,
    swap_entries,
    delete_entries,
    delete_the_last,
    delete_and_close_the_gap,
    delete_a_run,
    insert_an_entry,
    insert_into_another_run,
)


def put(rows: Rows) -> None:
    """The table holds these rows, by plain SQL."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dani_state_entry")
        marks = ", ".join(["%s"] * len(columns()))
        names = ", ".join(f'"{name}"' for name in columns())
        cursor.executemany(f"INSERT INTO dani_state_entry ({names}) VALUES ({marks})", rows)


def manipulated(database: Place, times: int) -> list[str]:
    """Manipulates ``times``, each time from the whole journal; gives what verifying did not find."""
    from django.db.transaction import atomic, set_rollback

    from dani_playbook.state.models import Entry as Row

    filled(database)
    whole_trail = trail()
    whole = [list(row) for row in Row.objects.order_by("id").values_list(*columns())]
    found = whole_trail.verify()
    assert (found.fault, found.runs, len(whole)) == (None, RUNS, RUNS * EACH)
    random, missed = Random(11), []
    for number in range(times):
        rows = [list(row) for row in whole]
        what = MANIPULATIONS[number % len(MANIPULATIONS)](rows, random)
        with atomic():
            put(rows)
            fault = whole_trail.verify().fault
            set_rollback(True)
        if fault is None or fault.what != "journal":
            missed.append(what)
    return missed


def test_six_hundred_manipulations_of_the_journal_by_plain_sql_are_all_found(database: Place, figure: Figure) -> None:
    assert manipulated(database, 600) == []
    figure("journal manipulations, all found", 600)


def test_without_comparing_digests_manipulations_are_missed(database: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dani_playbook.state.audit._wrong_journal", lambda told, found: None)
    assert len(manipulated(database, 50)) == 50


@pytest.mark.parametrize(
    ("statement", "run"),
    [
        ("UPDATE dani_state_entry SET verb = 'create' WHERE key = 'k1'", "run0"),
        ("UPDATE dani_state_entry SET title = 'x' WHERE run_id = (SELECT number FROM dani_state_run WHERE run_id = 'run3')", "run3"),
        ("UPDATE dani_state_run SET run_id = 'eve' WHERE run_id = 'run1'", "run1"),
    ],
)  # fmt: skip
def test_the_first_run_whose_journal_was_changed_is_named(database: Place, statement: str, run: str) -> None:
    from django.db import connection

    filled(database)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    number = {"run0": 2, "run1": 4, "run3": 8}[run]
    assert trail().verify().fault == Fault(number, "journal", run)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_not_text_at_all_is_a_change_of_the_journal_too(database: Place) -> None:
    from django.db import connection

    filled(database)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dani_state_entry SET sealed = CAST(sealed AS BLOB) || x'ff' WHERE sealed != ''")
    assert trail().verify().fault == Fault(2, "journal", "run0")


def test_a_destroyed_key_changes_nothing_of_the_journal(database: Place) -> None:
    from dani_playbook.state.models import SubjectKey

    filled(database)
    assert SubjectKey.objects.update(wrapped=b"") == 2
    assert trail().verify().fault is None


def test_rows_from_before_journals_were_anchored_are_passed_over(
    database: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dani_playbook.state import memory

    with monkeypatch.context() as patched:
        patched.setattr(memory, "anchor", lambda using, run: "")
        filled(database)
    found = trail().verify()
    assert (found.fault, found.runs) == (None, 0)


def test_a_changed_journal_is_told_with_exit_code_4(project: Project) -> None:
    from django.db import connection

    run = applied(project, PEOPLE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dani_state_entry SET mark = 'rehire'")
    result = audit_verify(project.session())
    assert result.exit_code == 4
    assert result.document["fault"] == {
        "number": 2,
        "what": "journal",
        "run": run,
        "message": f"the journal of run {run} isn't as it was written",
    }
