"""The lock: two never write, whoever sleeps, dies or is taken away."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dani_playbook.core import failpoint
from dani_playbook.core.errors import LiveLocked, LockLost, PlanRefused, PlanStale, UsageError
from dani_playbook.core.memory import LockState, RunState
from dani_playbook.runner.auditing import audit_list
from dani_playbook.runner.locking import lock_break, lock_show
from dani_playbook.runner.offline import Request
from tests.attack.asking import PEOPLE, applied
from tests.runner.conftest import Project
from tests.trust.crashing import ended, forked

SMALL = PEOPLE.replace("first_name: Ada", "first_name: Ida")
LARGE = PEOPLE.replace("first_name: Bob", "first_name: Rob")
PATIENCE_S = 60


@pytest.fixture(autouse=True)
def nothing_armed() -> Iterator[None]:
    yield
    failpoint.disarm()


def applying(project: Project, text: str, programme: str = "") -> Callable[[], None]:
    """A child's work: an apply of the one playbook, with failpoints."""

    def work() -> None:
        failpoint.arm(programme)
        applied(project, text)

    return work


def until_stopped(child: int) -> None:
    """Returns when a child has stopped itself."""
    _, status = os.waitpid(child, os.WUNTRACED)
    assert os.WIFSTOPPED(status), os.waitstatus_to_exitcode(status)


def stopped(project: Project, text: str, place: str) -> int:
    """A process that holds the lock and has stopped at a place."""
    child = forked(applying(project, text, f"{place}=stop"))
    until_stopped(child)
    return child


def go_on(child: int) -> int:
    os.kill(child, signal.SIGCONT)
    return ended(child)


def killed(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    assert ended(child) == -signal.SIGKILL


def first_names(project: Project) -> set[str]:
    resources = project.export()["resources"]
    return {fields["first_name"] for address, fields in resources.items() if address.startswith("user.")}


def states(project: Project) -> list[str]:
    return [run["state"] for run in project.session().runs().document["runs"]]


def test_a_living_holder_is_named_and_nothing_happens(project: Project) -> None:
    applied(project, PEOPLE)
    child = stopped(project, SMALL, "pivot.begin")
    session = project.session()
    planned = session.plan(Request())
    with pytest.raises(LiveLocked) as caught:
        session.apply(planned, wait_s=0.1)
    shown = lock_show(project.session()).document
    assert (shown["state"], shown["holder"], shown["pid"]) == ("alive", "tester", child)
    for part in ("tester", str(child), shown["host"], shown["run"], shown["since"][:10]):
        assert part in caught.value.message
    assert caught.value.exit_code == 6
    assert first_names(project) == {"Ada", "Bob"}
    assert go_on(child) == 0
    assert first_names(project) == {"Ida", "Bob"}


def test_who_waits_gets_the_lock_when_it_is_free(project: Project) -> None:
    applied(project, PEOPLE)
    child = forked(applying(project, SMALL, "pivot.begin=sleep:0.4"))
    told: list[str] = []
    memory = project.session().memory
    end = time.monotonic() + PATIENCE_S
    while memory.holder().state is not LockState.ALIVE and time.monotonic() < end:
        time.sleep(0.01)
    with memory.hold("jo", wait_s=PATIENCE_S, tell=told.append):
        assert memory.unfinished() == []
    assert told == ["waiting for tester"]
    assert ended(child) == 0


@pytest.mark.parametrize("place", ["lock.after_hold", "lock.after_token", "journal.run_created.after_commit"])
def test_the_lock_of_the_dead_is_taken_at_once(project: Project, place: str) -> None:
    applied(project, PEOPLE)
    assert ended(forked(applying(project, SMALL, f"{place}=kill"))) == -signal.SIGKILL
    assert project.session().memory.holder().state is not LockState.ALIVE
    began = time.monotonic()
    with project.session().memory.hold("jo"):
        assert time.monotonic() - began < 5
    applied(project, LARGE)
    assert first_names(project) == {"Ada", "Rob"}


@pytest.fixture
def impatient(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder counts as stopped after a moment."""
    from dani_playbook.state import fence

    monkeypatch.setattr(fence, "STALE", timedelta(seconds=0.3))


@pytest.mark.parametrize("place", ["lock.after_token", "journal.run_created.before", "pivot.begin"])
def test_a_holder_that_slept_while_another_applied_writes_nothing(
    project: Project, impatient: None, place: str
) -> None:
    applied(project, PEOPLE)
    child = stopped(project, SMALL, place)
    time.sleep(0.4)
    assert lock_show(project.session()).document["state"] == "stopped"
    applied(project, LARGE)
    rows, pictured = audit_rows(project), project.place.picture()
    assert go_on(child) == 6
    assert audit_rows(project) == rows
    assert project.place.picture() == pictured
    assert first_names(project) == {"Ada", "Rob"}
    expected = ["succeeded", "succeeded"]
    assert states(project) == (["succeeded", "rolled_back", "succeeded"] if place == "pivot.begin" else expected)


def audit_rows(project: Project) -> int:
    return len(audit_list(project.session()).document["rows"])


def test_without_the_token_the_sleeper_would_have_written_over_it(
    project: Project, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: the assertion taken out, the sleeper's run comes after the one that took over."""
    from dani_playbook.state.fence import SystemLock

    monkeypatch.setattr(SystemLock, "check", lambda lock: None)
    applied(project, PEOPLE)
    child = stopped(project, SMALL, "journal.run_created.before")
    time.sleep(0.4)
    applied(project, LARGE)
    assert go_on(child) == 0
    assert first_names(project) == {"Ida", "Rob"}
    tokens = [run.token for run in reversed(project.session().memory.runs())]
    assert tokens != sorted(tokens)


def test_a_sleeper_in_the_middle_of_writing_is_protected_by_its_transaction(
    project: Project, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(project, PEOPLE)
    child = stopped(project, SMALL, "pivot.after_rows")
    time.sleep(0.4)
    from django.db import connection

    if project.place.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.execute("PRAGMA busy_timeout = 200")
    memory = project.session().memory
    with pytest.raises(LiveLocked), memory.hold("jo"):
        pass
    connection.close()
    assert go_on(child) == 0
    assert first_names(project) == {"Ida", "Bob"}


def test_who_was_broken_ends_with_6_and_leaves_nothing(project: Project) -> None:
    applied(project, PEOPLE)
    child = stopped(project, SMALL, "pivot.begin")
    session = project.session()
    token = lock_show(session).document["token"]
    document = lock_break(session, token, "the machine hangs").document
    assert document["state"] == "free"
    assert document["broken"] | {"host": "", "run": ""} == {
        "token": token,
        "holder": "tester",
        "host": "",
        "run": "",
        "pid": child,
        "connection_ended": project.place.vendor == "postgresql",
    }
    code = go_on(child)
    assert code == (8 if project.place.vendor == "postgresql" else 6)
    row = audit_list(project.session(), action="lock-broken").document["rows"][0]
    assert (row["actor"], row["detail"]["reason"], row["detail"]["token"]) == ("tester", "the machine hangs", token)
    applied(project, LARGE)
    assert first_names(project) == {"Ada", "Rob"}
    assert states(project) == ["succeeded", "rolled_back", "succeeded"]


def test_a_sleeper_with_postgresqls_row_in_its_hands_is_ended_by_the_break(project: Project) -> None:
    """On SQLite only its end frees the file; the break says so instead of waiting for ever."""
    applied(project, PEOPLE)
    child = stopped(project, SMALL, "pivot.after_rows")
    session = project.session()
    token = session.memory.holder().token
    if project.place.vendor == "postgresql":
        lock_break(session, token, "it hangs")
        assert go_on(child) == 8
    else:
        from django.db import connection

        connection.connection.execute("PRAGMA busy_timeout = 200")
        with pytest.raises(LiveLocked):
            lock_break(session, token, "it hangs")
        connection.close()
        killed(child)
    applied(project, LARGE)
    assert first_names(project) == {"Ada", "Rob"}


@pytest.mark.parametrize(
    ("wrong", "reason", "error"),
    [(1, "why", PlanStale), (0, " ", UsageError), (0, "why", None)],
    ids=["another token", "no reason", "right"],
)
def test_a_lock_is_broken_with_its_token_and_a_reason(
    project: Project, wrong: int, reason: str, error: type[Exception] | None
) -> None:
    holding = project.session()
    with holding.memory.hold("jo") as token:
        if error is None:
            lock_break(project.session(), token, reason)
            with pytest.raises(LockLost), holding.live.transaction():
                holding.memory.lock()
            return
        with pytest.raises(error):
            lock_break(project.session(), token + wrong, reason)
        with holding.live.transaction():
            holding.memory.lock()


def test_a_free_lock_is_not_broken(project: Project) -> None:
    with pytest.raises(PlanRefused, match="nobody"):
        lock_break(project.session(), project.session().memory.holder().token, "why")


def test_tokens_only_grow(project: Project) -> None:
    seen = []
    for _ in range(3):
        with project.session().memory.hold("jo") as token:
            seen.append(token)
    with project.session().memory.hold("jo") as token:
        lock_break(project.session(), token, "why")
        seen.append(token)
    with project.session().memory.hold("jo") as token:
        seen.append(token)
    assert seen == sorted(set(seen))


def test_tables_that_were_emptied_give_no_token_twice(project: Project) -> None:
    from dani_playbook.state.models import Lock

    applied(project, PEOPLE)
    token = project.session().memory.holder().token
    Lock.objects.all().delete()
    with project.session().memory.hold("jo") as later:
        assert later > token


def test_a_refreshed_inventory_is_not_written_without_the_lock(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What became true by another route is remembered by a transaction of its own; it asserts the token, too."""
    from dani_playbook.hris.accounts.models import User

    applied(project, PEOPLE)
    User.objects.filter(key="ada").update(first_name="Ida")
    project.write("playbooks/a.yaml", SMALL)
    session = project.session()
    planned = session.plan(Request())
    assert (len(planned.plan.changes), len(planned.plan.refreshed)) == (0, 1)
    was = dict(session.memory.inventory())
    failpoint.arm("recover.start=break", {"break": lambda place: broken_by_another(project)})
    with pytest.raises(LockLost):
        session.apply(planned)
    failpoint.disarm()
    assert dict(project.session().memory.inventory()) == was
    project.session().apply(project.session().plan(Request()))
    assert dict(project.session().memory.inventory()) != was


def broken_by_another(project: Project) -> None:
    from dani_playbook.state.models import Lock

    Lock.objects.update(token=Lock.objects.get().token + 1)


def test_a_lost_lock_during_recovery_closes_nothing(project: Project) -> None:
    applied(project, PEOPLE)
    assert ended(forked(applying(project, SMALL, "pivot.after_rows=kill"))) == -signal.SIGKILL
    memory = project.session().memory
    failpoint.arm("recover.start=break", {"break": lambda place: broken_by_another(project)})
    with memory.hold("jo"), pytest.raises(LockLost):
        memory.recover()
    failpoint.disarm()
    assert [run.state for run in memory.runs()] == [RunState.EXECUTING, RunState.SUCCEEDED]


def test_files_of_old_tokens_are_tidied_up(project: Project) -> None:
    folder = project.place.base / ".dani"
    for path in folder.glob("*.lock-*"):
        path.unlink()
    for _ in range(4):
        with project.session().memory.hold("jo"):
            pass
    assert len(list(folder.glob("*.lock-*"))) <= 1


def test_nobody_waits_longer_than_was_said(project: Project) -> None:
    with project.session().memory.hold("jo"):
        began = time.monotonic()
        with pytest.raises(LiveLocked), project.session().memory.hold("al", wait_s=0.2):
            pass
        assert 0.15 < time.monotonic() - began < 5


def test_a_run_tells_its_token_and_what_it_was_asked_for(project: Project) -> None:
    run = applied(project, PEOPLE, targets=("user.ada",))
    found = project.session().memory.run(run)
    assert (found.token, found.request["targets"]) == (1, ["user.ada"])
    back = project.session().memory.run(project.rollback(run))
    assert (back.token, back.request["undoes"]) == (2, run)


UNSAFE: list[tuple[str, str, Any]] = [
    ("sqlite", "synchronous", ("PRAGMA synchronous = NORMAL",)),
    ("postgresql", "fsync", ()),
]


@pytest.mark.parametrize(("vendor", "named", "statements"), UNSAFE, ids=["sqlite", "postgresql"])
def test_a_database_that_may_forget_is_not_written_to(
    project: Project, monkeypatch: pytest.MonkeyPatch, vendor: str, named: str, statements: tuple[str, ...]
) -> None:
    """The settings are read as they are in the transaction that takes the lock."""
    if project.place.vendor != vendor:
        return
    unsafe(project, monkeypatch)
    with pytest.raises(PlanRefused, match=named):
        applied(project, PEOPLE)
    assert project.session().memory.runs() == []
    session = project.session()
    session.environ = {**session.environ, "DANI_ALLOW_UNSAFE_DATABASE": "1"}
    session.apply(session.plan(Request()))
    assert states(project) == ["succeeded"]


def unsafe(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state import durable

    if project.place.vendor == "sqlite":
        monkeypatch.setattr(durable, "_FULL", 3)
        return
    monkeypatch.setattr(durable, "_unsafe_server", lambda cursor: ("the PostgreSQL server runs with fsync = off", "x"))


def test_the_settings_that_are_read_are_those_of_the_database(database: Any) -> None:
    """What ``unsafe`` says follows what the database is set to."""
    from django.db import connection
    from django.db.transaction import atomic

    from dani_playbook.state.durable import unsafe as why

    if database.vendor == "sqlite":
        for mode, expected in (("NORMAL", True), ("OFF", True), ("FULL", False), ("EXTRA", False)):
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA synchronous = {mode}")
            assert bool(why("default")) is expected, mode
        connection.close()
        return
    for mode, expected in (("off", True), ("local", True), ("on", False)):
        with atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL synchronous_commit = {mode}")
            assert bool(why("default")) is expected, mode


def test_moments_of_the_lock_are_those_of_the_clock_that_was_given(hr: Any) -> None:
    from dani_playbook.state.fence import SystemLock

    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    hr()
    lock = SystemLock("default", now=lambda: noon)
    lock.take("jo", "r1", 0, lambda step: None)
    found = lock.look()
    lock.give_back()
    assert (found.since, found.heartbeat, found.name, found.run) == (noon, noon, "jo", "r1")
    assert lock.look().state is LockState.FREE
