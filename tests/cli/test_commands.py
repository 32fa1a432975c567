"""A whole life on a new repository: plan, apply, look, take back; each as a process of its own."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.program import PATIENCE_S, dani, dani_on_terminal, environment

ENGINEERING = "playbooks/people/engineering.yaml"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository as ``init`` writes it, with an empty live system."""
    folder = tmp_path_factory.mktemp("begun")
    assert dani("init", "--name", "Nordwind", folder=folder).code == 0
    assert dani("runs", folder=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def done(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, applied once."""
    folder = copytree(begun, tmp_path_factory.mktemp("done") / "repository")
    assert dani("apply", "--approve", folder=folder).code == 0
    return folder


@pytest.fixture
def fresh(begun: Path, tmp_path: Path) -> Path:
    return copytree(begun, tmp_path / "repository")


@pytest.fixture
def applied(done: Path, tmp_path: Path) -> Path:
    return copytree(done, tmp_path / "repository")


def edit(folder: Path, before: str, after: str) -> None:
    path = folder / ENGINEERING
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def promote(folder: Path) -> None:
    edit(folder, "job_title: Head of Engineering", "job_title: Managing Director")


def last_run(folder: Path) -> str:
    runs: list[dict[str, str]] = json.loads(dani("runs", "--format", "json", folder=folder).out)["runs"]
    return runs[0]["id"]


def test_a_plan_is_shown_and_changes_nothing(fresh: Path) -> None:
    first, second = dani("plan", folder=fresh), dani("plan", "--exit-code", folder=fresh)
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("Plan ")
    assert "playbooks/ (4 files, 7 resources) → hris (sqlite), as of " in first.out
    assert "\n+ user.aokafor " in first.out
    assert "Plan: 7 to create." in first.out
    assert (second.code, second.out) == (2, first.out)


def test_a_plan_is_one_json_document_with_the_same_bytes_each_time(fresh: Path) -> None:
    first, second = (dani("plan", "--format", "json", PYTHONHASHSEED=seed, folder=fresh) for seed in ("1", "2"))
    document = json.loads(first.out)
    assert document["format"] == "dani.plan/1"
    assert first.out == second.out
    assert first.out.endswith("}\n")


def test_an_apply_without_a_terminal_and_without_approve_is_refused(fresh: Path) -> None:
    for line in ("apply", "apply --format json"):
        ended = dani(*line.split(), folder=fresh, text="yes\n")
        assert ended.code == 4
        assert "--approve" in ended.err + ended.out
    assert dani("runs", folder=fresh).out == ""


@pytest.mark.parametrize(("answer", "code", "runs"), [("no\n", 4, 0), ("y\n", 4, 0), ("\x04", 4, 0), ("\x03", 130, 0)])
def test_only_the_word_yes_is_a_yes(fresh: Path, answer: str, code: int, runs: int) -> None:
    ended = dani_on_terminal("apply", folder=fresh, answer=answer, NO_COLOR="1")
    assert ended.code == code
    assert "+ user.aokafor" in ended.out
    assert len(dani("runs", folder=fresh).out.splitlines()) == runs


def test_on_a_terminal_yes_applies_what_was_shown(fresh: Path) -> None:
    ended = dani_on_terminal("apply", folder=fresh, answer="yes\n", NO_COLOR="1")
    assert ended.code == 0
    assert "Applied: 7 created (3 hires)." in ended.out
    assert f"To take it back: dani rollback {last_run(fresh)}" in ended.out


def test_ci_never_asks_even_on_a_terminal(fresh: Path) -> None:
    assert dani_on_terminal("apply", folder=fresh, CI="true").code == 4


def test_after_an_apply_there_is_nothing_to_do(applied: Path) -> None:
    planned = dani("plan", "--exit-code", folder=applied)
    assert planned.code == 0
    assert "No changes. hris (sqlite) is as the playbooks say: 7 resources compared." in planned.out
    again = dani("apply", folder=applied)
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("No changes.")


def test_a_change_is_applied_shown_and_taken_back(applied: Path) -> None:
    before = dani("export", "--format", "json", folder=applied).out
    promote(applied)
    assert "Head of Engineering → Managing Director" in dani("plan", folder=applied).out
    done = dani("apply", "--approve", "--format", "json", folder=applied)
    run = json.loads(done.out)["run"]["id"]
    assert (done.code, done.err) == (0, "")
    shown = dani("show", run, folder=applied)
    assert "Head of Engineering → Managing Director" in shown.out
    assert "tester" in shown.out
    refused = dani("rollback", run, folder=applied)
    assert refused.code == 4
    assert "Managing Director → Head of Engineering" in refused.out
    assert dani("rollback", run, "--approve", folder=applied).code == 0
    assert dani("export", "--format", "json", folder=applied).out == before


def test_runs_drift_and_explain_look_without_touching(applied: Path) -> None:
    assert dani("runs", folder=applied).out.split("\t")[3] == "tester"
    assert dani("drift", "--exit-code", folder=applied).out.startswith("No drift.")
    assert "\n  manager " in dani("explain", "user.knowak", folder=applied).out
    explained = dani("explain", "user.knowak.job_title", folder=applied).out
    assert "template engineer playbooks/people/engineering.yaml:9" in explained
    assert "from 2035-01-01  Senior Engineer" in explained


def test_an_address_that_does_not_exist_is_met_with_a_near_one(applied: Path) -> None:
    ended = dani("explain", "user.knowack", folder=applied)
    assert ended.code == 3
    assert 'did you mean "user.knowak"?' in ended.err


@pytest.mark.parametrize("line", ["show 000", "rollback 000 --approve"])
def test_a_run_that_does_not_exist_says_where_runs_are(applied: Path, line: str) -> None:
    ended = dani(*line.split(), folder=applied)
    assert ended.code == 3
    assert "dani runs" in ended.err


def test_an_export_plans_to_nothing(applied: Path) -> None:
    written = dani("export", "--to", "out", folder=applied)
    assert written.code == 0
    assert "out/departments.yaml          written, 3 resources\n" in written.out
    assert "No changes." in dani("plan", "out", folder=applied).out


def test_a_saved_plan_is_shown_without_a_live_system(fresh: Path) -> None:
    dani("plan", "--output", "plan.json", folder=fresh)
    text = dani("plan", folder=fresh).out
    (fresh / "dani.yaml").unlink()
    assert dani("show", "plan.json", folder=fresh).out == text
    assert dani("show", "plan.json", "--format", "markdown", folder=fresh).out.startswith("<!-- dani.plan/1 -->")


NO_DOCUMENTS = (
    *("{", "[]", '{"format": "other/1"}', '{"format": 3}', "{}", '{"format": "dani.plan/1"}'),
    *('{"format": "dani.plan/1", "marks": 3}', '{"format": "dani.runs/1", "runs": [NaN]}'),
)


@pytest.mark.parametrize("content", NO_DOCUMENTS)
def test_a_file_that_is_no_document_is_invalid_input(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    ended = dani("show", "x.json", folder=tmp_path)
    assert ended.code == 3
    assert "Traceback" not in ended.err


def test_the_horizon_adds_what_comes(applied: Path) -> None:
    ended = dani("plan", "--at", "2034-12-20", "--horizon", "2w", folder=applied)
    assert "Until 2035-01-03:\n2035-01-01\n  user.knowak" in ended.out
    near = dani("plan", "--horizon", "1d", "--format", "json", folder=applied)
    assert json.loads(near.out)["horizon"]["items"] == []


def test_a_plan_that_was_tried_changes_nothing_either(fresh: Path) -> None:
    tried = dani("plan", "--deep", folder=fresh)
    assert (tried.code, tried.out) == (0, dani("plan", folder=fresh).out)


def test_a_day_to_come_is_planned_with_its_reason(applied: Path) -> None:
    ended = dani("plan", "--at", "2035-01-01", folder=applied)
    assert "Engineer → Senior Engineer" in ended.out
    assert "start of change" in ended.out


def test_a_part_of_a_plan_says_that_it_is_one(fresh: Path) -> None:
    ended = dani("plan", "--target", "department.*", "--exclude", "department.people", folder=fresh)
    assert "user.knowak" not in ended.out
    assert "Only a part of the playbooks was looked at" in ended.out


def test_paths_are_those_of_the_folder_one_stands_in(fresh: Path) -> None:
    here, below = dani("plan", folder=fresh), dani("plan", folder=fresh / "playbooks")
    assert here.out == below.out
    listed = dani("validate", "people", folder=fresh / "playbooks")
    assert "2 files" in listed.out


def test_doctor_finds_everything_well(applied: Path) -> None:
    ended = dani("doctor", folder=applied)
    assert ended.code == 0
    assert "database       hris (sqlite)" in ended.out
    assert "succeeded" in ended.out


def test_doctor_names_a_remedy_for_what_is_not_well(fresh: Path) -> None:
    (fresh / "playbooks/groups.yaml").write_text("version: 1\ngrups: {}\n")
    ended = dani("doctor", folder=fresh)
    assert ended.code == 3
    assert "remedy: dani validate shows them" in ended.out


def test_fmt_tidies_keeps_comments_and_says_what_it_did(fresh: Path) -> None:
    edit(fresh, "  lbrandt:\n", "\n\n\n  lbrandt: # the head\n")
    checked = dani("fmt", "--check", folder=fresh)
    assert (checked.code, checked.out) == (3, f"{ENGINEERING}\n")
    assert "-\n" in dani("fmt", "--diff", folder=fresh).out
    assert dani("fmt", folder=fresh).out == f"{ENGINEERING}\n"
    assert "# the head" in (fresh / ENGINEERING).read_text("utf-8")
    assert dani("fmt", "--check", folder=fresh).code == 0


def test_fold_lays_what_has_come_into_the_base(fresh: Path) -> None:
    edit(fresh, "2035-01-01: {job_title: Senior Engineer}", "2020-01-01: {job_title: Senior Engineer}")
    assert dani("fmt", "--fold", folder=fresh).out == f"{ENGINEERING}\n"
    text = (fresh / ENGINEERING).read_text("utf-8")
    assert "    job_title: Senior Engineer\n" in text
    assert "upcoming" not in text


def test_config_set_is_seen_by_config_get(fresh: Path) -> None:
    assert dani("config", "set", "time_zone", "America/Toronto", folder=fresh).code == 0
    assert dani("config", "get", "time_zone", folder=fresh).out == "America/Toronto\n"
    assert (fresh / "dani.yaml").read_text("utf-8").startswith("# Settings of this project.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_come_without_asking_the_shell(tmp_path: Path, shell: str) -> None:
    ended = dani("completion", shell, folder=tmp_path, PATH="")
    assert ended.code == 0
    assert "_DANI_COMPLETE" in ended.out


def test_completion_knows_commands_and_options(tmp_path: Path) -> None:
    variables = {"_DANI_COMPLETE": "bash_complete", "COMP_WORDS": "dani ro", "COMP_CWORD": "1"}
    assert dani(folder=tmp_path, **variables).out == "plain,rollback\n"
    variables = {"_DANI_COMPLETE": "bash_complete", "COMP_WORDS": "dani plan --hor", "COMP_CWORD": "2"}
    assert dani(folder=tmp_path, **variables).out == "plain,--horizon\n"


def test_the_doctor_finds_another_key(applied: Path) -> None:
    edit(applied, "    start_date: 2024-09-01", "    start_date: 2024-09-01\n    mobile: +49 30 1234567")
    assert dani("apply", "--approve", folder=applied).code == 0
    ended = dani("doctor", folder=applied, DANI_KEY="0" * 64)
    assert ended.code == 3
    assert "another project key" in ended.out
    assert "project key" in ended.out


@pytest.mark.parametrize("make", [lambda key: key.mkdir(), lambda key: key.write_bytes(b"\xff" * 40)])
def test_the_doctor_finds_a_key_that_is_none(applied: Path, make: Callable[[Path], object]) -> None:
    key = applied / ".dani/key"
    key.unlink()
    make(key)
    ended = dani("doctor", folder=applied)
    assert ended.code == 3
    assert "failed   key" in ended.out


def test_the_doctor_warns_of_a_key_that_others_may_read(applied: Path) -> None:
    (applied / ".dani/key").chmod(0o644)
    ended = dani("doctor", folder=applied)
    assert ended.code == 0
    assert "warning  key" in ended.out
    assert "chmod 600" in ended.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("export usr", 'no kind is called usr; did you mean "user"?'),
        ("export user.nobody", "the live system has no user.nobody"),
        ("plan --prefer user.lbrandt.jobtitle=live", 'did you mean "job_title"?'),
        ("explain user.lbrandt.departmnt", 'did you mean "department"?'),
    ],
)
def test_a_typing_error_never_looks_like_nothing(applied: Path, line: str, said: str) -> None:
    ended = dani(*line.split(), folder=applied)
    assert ended.code == 3
    assert said in ended.err


def test_a_result_that_nobody_takes_is_no_bug(applied: Path) -> None:
    line = f"{sys.executable} -m dani_playbook plan >&- 2>err"
    done = subprocess.run(["sh", "-c", line], cwd=applied, env=environment(), check=False, timeout=PATIENCE_S)
    assert (done.returncode, (applied / "err").read_text()) == (0, "")


def test_many_objects_that_are_as_declared_are_counted_and_then_managed(applied: Path) -> None:
    with sqlite3.connect(applied / ".dani/hris.sqlite3") as database:
        for table in ("entry", "step", "run", "inventory", "subjectkey"):
            database.execute(f"DELETE FROM dani_state_{table}")
    database.close()
    planned = dani("plan", "--exit-code", folder=applied)
    assert planned.code == 0
    assert "No changes to the live system. 7 objects are as declared and will be managed" in planned.out
    assert "3 departments, 3 users, 1 group" in planned.out
    assert dani("apply", "--approve", folder=applied).code == 0
    assert len(json.loads(dani("runs", "--format", "json", folder=applied).out)["runs"]) == 1
    assert "No changes. " in dani("plan", folder=applied).out
