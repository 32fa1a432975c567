"""After an interruption: what became of a run, how it is carried on, and a database that was put back."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.core import failpoint
from dani_playbook.core.errors import LiveLocked, NeedsPerson, PlanRefused, UsageError
from dani_playbook.runner.auditing import audit_list, audit_verify
from dani_playbook.runner.checkpoint import give_up, keep, kept
from dani_playbook.runner.restoring import accept_restored, restored
from dani_playbook.runner.settling import Resumption, resume, settle
from tests.attack.asking import NOTHING, PEOPLE, applied, says
from tests.cli.program import dani
from tests.databases import unguarded
from tests.runner.conftest import NOW, Project
from tests.trust.crashing import ended, forked

SMALL = PEOPLE.replace("first_name: Ada", "first_name: Ida")


@pytest.fixture(autouse=True)
def nothing_armed() -> Iterator[None]:
    yield
    failpoint.disarm()


def interrupted(project: Project, text: str = SMALL, place: str = "pivot.after_rows", **asked: Any) -> str:
    """A run that was killed at a place; gives its id."""

    def work() -> None:
        failpoint.arm(f"{place}=kill")
        applied(project, text, **asked)

    assert ended(forked(work)) == -signal.SIGKILL
    return project.session().memory.runs(1)[0].id


def outcomes(project: Project, run: str | None = None) -> tuple[list[str], int]:
    result = settle(project.session(), run)
    return [item["outcome"] for item in result.document["runs"]], result.exit_code


def test_a_run_that_died_is_closed_and_told_once(project: Project) -> None:
    applied(project, PEOPLE)
    run = interrupted(project)
    assert outcomes(project) == (["not-written"], 0)
    assert outcomes(project) == ([], 0)
    assert outcomes(project, run) == (["not-written"], 0)
    assert [row["action"] for row in audit_list(project.session(), 1).document["rows"]] == ["run-rolled-back"]


def test_a_run_that_died_behind_its_commit_is_told_as_written(project: Project) -> None:
    run = interrupted(project, PEOPLE, "pivot.after_commit")
    assert outcomes(project, run) == (["written"], 0)
    assert outcomes(project) == ([], 0)


def test_nothing_is_closed_while_somebody_writes(project: Project) -> None:
    applied(project, PEOPLE)
    dead = interrupted(project)
    session = project.session()
    with session.memory.hold("jo", "other"):
        assert outcomes(project) == (["closing"], 6)
        assert outcomes(project, dead) == (["closing"], 6)
    with session.memory.hold("jo", dead):
        assert outcomes(project) == (["running"], 6)
    assert outcomes(project) == (["not-written"], 0)


def test_a_run_that_somebody_made_look_unfinished_stays_unknown(project: Project) -> None:
    from dani_playbook.state.models import Run

    applied(project, PEOPLE)
    Run.objects.update(state="executing")
    with project.session().memory.hold("jo"):
        assert outcomes(project) == (["unknown"], 7)


def carried_on(project: Project, run: str | None = None) -> Resumption:
    found = resume(project.session(), run)
    assert found is not None
    return found


def test_an_interrupted_apply_is_carried_on_with_what_it_was_asked_for(project: Project) -> None:
    applied(project, PEOPLE)
    text = SMALL.replace("first_name: Bob", "first_name: Rob")
    run = interrupted(project, text, targets=("user.ada",), reason="", prefer={})
    found = carried_on(project)
    assert (found.run.id, found.same) == (run, True)
    assert [str(change.address) for change in found.planned.plan.changes] == ["user.ada"]
    project.session().apply(found.planned)
    assert says(project) == (["update user.bob"], [])
    assert resume(project.session()) is None


def test_a_date_is_asked_for_again(project: Project) -> None:
    applied(project, PEOPLE)
    run = interrupted(project, at=NOW.date() + timedelta(days=40), raises={"leavers": 9}, reason="agreed")
    found = project.session().memory.run(run)
    assert {name: said for name, said in found.request.items() if name != "policy"} == {
        "at": "2027-01-02",
        "raises": {"leavers": 9},
        "reason": "agreed",
    }
    assert carried_on(project).planned.plan.as_of.isoformat() == "2027-01-02"


def test_an_interrupted_rollback_is_carried_on(project: Project) -> None:
    applied(project, PEOPLE)
    run = applied(project, SMALL)

    def work() -> None:
        failpoint.arm("pivot.after_journal=kill")
        project.rollback(run)

    assert ended(forked(work)) == -signal.SIGKILL
    found = carried_on(project)
    assert (found.same, found.planned.plan.undoes) == (True, run)
    project.session().apply(found.planned)
    assert project.export()["resources"]["user.ada"]["first_name"] == "Ada"


def test_another_plan_is_told_from_the_interrupted_one(project: Project) -> None:
    applied(project, PEOPLE)
    interrupted(project)
    project.write("playbooks/a.yaml", SMALL.replace("Ida", "Eda"))
    assert not carried_on(project).same


def test_the_newest_interrupted_run_is_carried_on_unless_one_is_named(project: Project) -> None:
    applied(project, PEOPLE)
    first = interrupted(project)
    second = interrupted(project, SMALL.replace("Ida", "Eda"))
    assert carried_on(project).run.id == second
    assert carried_on(project, first).run.id == first
    project.apply()
    assert resume(project.session()) is None
    assert carried_on(project, first).run.id == first
    assert resume(project.session(), project.session().memory.runs(1)[0].id) is None


def test_nothing_is_resumed_while_somebody_writes(project: Project) -> None:
    interrupted(project, PEOPLE)
    with project.session().memory.hold("jo"), pytest.raises(LiveLocked):
        resume(project.session())


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A project for the program itself, with a run that was killed."""
    (tmp_path / "dani.yaml").write_text("version: 1\nname: Test\n")
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/a.yaml").write_text(PEOPLE)
    killed = dani("apply", "--approve", folder=tmp_path, DANI_TESTING="1", DANI_FAILPOINTS="pivot.after_rows=kill")
    assert killed.code == -signal.SIGKILL
    return tmp_path


def test_the_program_carries_a_run_on(files: Path) -> None:
    asked = dani("resume", folder=files)
    assert (asked.code, "nobody is here to approve" in asked.err) == (4, True)
    done = dani("resume", "--approve", folder=files)
    assert (done.code, "Applied: 2 created" in done.out) == (0, True)
    again = dani("resume", "--approve", folder=files)
    assert (again.code, again.out.startswith("Nothing to resume.")) == (0, True)
    assert dani("plan", "--exit-code", folder=files).code == 0


def test_a_yes_to_the_interrupted_plan_is_no_yes_to_another(files: Path) -> None:
    (files / "playbooks/a.yaml").write_text(SMALL)
    refused = dani("resume", "--approve", folder=files)
    assert refused.code == 4
    assert "isn't the one that was interrupted" in refused.err
    assert "Ida" in refused.err
    assert dani("runs", "--format", "json", folder=files).out.count('"succeeded"') == 0


def test_a_result_for_programs_is_one_document(files: Path) -> None:
    done = dani("resume", "--approve", "--format", "json", folder=files)
    assert json.loads(done.out)["outcome"] == "succeeded"
    assert "Carrying on run" in done.err


def test_the_lock_and_the_runs_as_the_program_shows_them(files: Path) -> None:
    shown = json.loads(dani("lock", "show", "--format", "json", folder=files).out)
    assert (shown["format"], shown["state"], shown["token"]) == ("dani.lock/1", "dead", 1)
    settled = dani("settle", folder=files)
    assert (settled.code, "nothing of it was written" in settled.out) == (0, True)
    assert "The lock is free." in dani("lock", "show", folder=files).out
    assert dani("lock", "break", "2", "--reason", "why", folder=files).code == 4
    assert dani("lock", "break", "2", folder=files).code == 64


@pytest.mark.parametrize(
    "variables",
    [{}, {"DANI_TESTING": "0"}, {"DANI_TESTING": "1", "DANI_FAILPOINTS": "nowhere=kill"}],
    ids=["no marker", "another marker", "no such place"],
)
def test_failpoints_are_refused_outside_of_tests(tmp_path: Path, variables: dict[str, str]) -> None:
    ended = dani("help", folder=tmp_path, **{"DANI_FAILPOINTS": "pivot.after_rows=kill", **variables})
    assert (ended.code, "DANI_FAILPOINTS" in ended.err) == (64, True)


def put_back(project: Project, number: int) -> None:
    """The audit trail and the journal as they were ``number`` rows ago, as a backup would have them."""
    from django.db import connection
    from django.db.transaction import atomic

    with atomic(), unguarded(project.place.vendor), connection.cursor() as cursor:
        newest = cursor.execute("SELECT max(number) FROM dani_state_audit") or cursor
        most = newest.fetchone()[0]
        cursor.execute("DELETE FROM dani_state_audit WHERE number > %s", [most - number])
        gone = "SELECT number FROM dani_state_run WHERE run_id NOT IN (SELECT run FROM dani_state_audit)"
        cursor.execute(f"DELETE FROM dani_state_entry WHERE run_id IN ({gone})")


def test_a_database_that_was_put_back_needs_a_person(project: Project) -> None:
    applied(project, PEOPLE)
    applied(project, SMALL)
    put_back(project, 2)
    project.write("playbooks/a.yaml", PEOPLE)
    with pytest.raises(NeedsPerson) as caught:
        project.apply()
    assert (caught.value.exit_code, "--accept-restored" in (caught.value.hint or "")) == (7, True)
    assert project.session().memory.unfinished() == []
    assert outcomes(project) == ([], 7)
    assert audit_verify(project.session()).document["fault"]["what"] == "cut at the end"


def test_an_older_state_that_is_meant_is_accepted_once_and_stays_visible(project: Project) -> None:
    applied(project, PEOPLE)
    applied(project, SMALL)
    put_back(project, 2)
    with pytest.raises(UsageError):
        accept_restored(project.session(), " ")
    found = accept_restored(project.session(), "the disk broke")
    assert (found.common, found.lost) == (2, 4)
    row = audit_list(project.session(), 1).document["rows"][0]
    assert (row["number"], row["action"], row["detail"]["reason"]) == (3, "restore-accepted", "the disk broke")
    applied(project, SMALL.replace("Bob", "Rob"))
    verified = audit_verify(project.session()).document
    assert (verified["fault"], verified["restores"]) == (None, [{"common": 2, "lost": 4}])
    assert says(project) == NOTHING
    with pytest.raises(PlanRefused):
        accept_restored(project.session(), "again")


def test_what_is_cut_after_an_accepted_restore_is_found(project: Project) -> None:
    applied(project, PEOPLE)
    applied(project, SMALL)
    put_back(project, 2)
    accept_restored(project.session(), "the disk broke")
    put_back(project, 1)
    assert audit_verify(project.session()).document["fault"]["number"] == 3
    assert restored(project.session()) is not None


@pytest.mark.parametrize("place", ["restored.before", "restored.after_note", "audit.insert", "audit.checkpoint"])
def test_an_accepted_restore_that_died_is_accepted_again(project: Project, place: str) -> None:
    applied(project, PEOPLE)
    applied(project, SMALL)
    put_back(project, 2)

    def work() -> None:
        failpoint.arm(f"{place}=kill")
        accept_restored(project.session(), "the disk broke")

    assert ended(forked(work)) == -signal.SIGKILL
    accept_restored(project.session(), "the disk broke")
    assert restored(project.session()) is None
    assert audit_verify(project.session()).document["fault"] is None


def test_a_chain_that_went_on_elsewhere_is_another_state_too(project: Project) -> None:
    """The same number with another mac: restored, and written to on a machine that had no heads."""
    applied(project, PEOPLE)
    session = project.session()
    head = session.trail.head()
    keep(project.root, session.database.identity)(head[0] + 1, "gone")
    session.note("export", "*")
    path = project.root / ".dani" / "audit-head"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    assert restored(project.session()) is not None
    with pytest.raises(NeedsPerson):
        applied(project, SMALL)


def test_without_the_look_at_the_heads_an_older_database_is_written_to(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control."""
    from dani_playbook.runner import restoring

    applied(project, PEOPLE)
    put_back(project, 1)
    monkeypatch.setattr(restoring, "refuse_restored", lambda session: None)
    assert applied(project, SMALL)


def test_heads_before_a_mark_and_after_its_row_count_no_more(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        keep(tmp_path, "db")(number, f"old{number}")
    keep(tmp_path, "other")(9, "theirs")
    give_up(tmp_path, "db", 1, 3)
    keep(tmp_path, "db")(2, "new2")
    assert kept(tmp_path, "db") == [(1, "old1"), (2, "new2")]
    assert kept(tmp_path, "other") == [(9, "theirs")]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_copy_of_the_file_put_back_is_found(project: Project) -> None:
    """As it happens: the file of last night over that of today."""
    from django.db import connections

    applied(project, PEOPLE)
    name = str(project.session().database and connections["default"].settings_dict["NAME"])
    connections.close_all()
    with sqlite3.connect(name) as source, sqlite3.connect(":memory:") as backup:
        source.backup(backup)
        applied(project, SMALL)
        connections.close_all()
        backup.backup(source)
    source.close()
    backup.close()
    with pytest.raises(NeedsPerson):
        applied(project, PEOPLE.replace("Bob", "Rob"))
