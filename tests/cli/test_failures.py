"""What people see when something goes wrong: never a traceback, never a value."""

import errno
import json
import os
from pathlib import Path

import pytest

from dani_playbook.cli import failures
from dani_playbook.cli.commands import validate
from dani_playbook.core.errors import ApplyFailed
from tests.cli.inside import call

SECRET = "+49 30 1234567"


def _break(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def raising(**said: object) -> int:
        mobile = SECRET
        raise error.__class__(f"{error}{mobile}") if isinstance(error, ValueError) else error

    monkeypatch.setattr(validate.command, "callback", raising)


def test_a_bug_is_reported_without_any_value(monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, ValueError("cannot store "))
    ended = call("validate", "people/of-jane.yaml")
    assert ended.code == 1
    assert ended.out == ""
    assert "This is a bug in dani: ValueError" in ended.err
    assert "cli/main.py:" in ended.err
    for private in (SECRET, "cannot store", "jane", "Traceback", str(Path.home())):
        assert private not in ended.err


def test_a_bug_shows_its_traceback_to_who_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, ValueError("cannot store "))
    with pytest.raises(ValueError, match="cannot store"):
        call("validate", environ={"DANI_DEBUG": "1"})


def test_a_bug_while_telling_an_error_is_a_bug_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*arguments: object) -> None:
        raise TypeError(SECRET)

    monkeypatch.setattr(failures, "error_document", raising)
    ended = call("plann")
    assert ended.code == 1
    assert ended.err.startswith("This is a bug in dani: TypeError\n")
    assert SECRET not in ended.err


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EISDIR])
def test_what_the_machine_refuses_is_no_bug(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    _break(monkeypatch, OSError(number, os.strerror(number), "playbooks/a.yaml"))
    ended = call("validate")
    assert ended.code == 5
    assert ended.err.startswith(f"Error: playbooks/a.yaml: {os.strerror(number)}.\n")


def test_an_unexpected_error_of_a_file_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, OSError(errno.EBADF, SECRET, "a"))
    ended = call("validate")
    assert ended.code == 1
    assert SECRET not in ended.err


def test_a_database_that_refuses_in_the_middle_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    _break(monkeypatch, OperationalError(f"attempt to write a readonly database\nDETAIL: {SECRET}"))
    ended = call("validate")
    assert ended.code == 9
    assert "attempt to write a readonly database" in ended.err
    assert SECRET not in ended.err


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, ModuleNotFoundError("No module named 'rich'", name="rich"))
    ended = call("validate")
    assert ended.code == 1
    assert "the package rich is missing" in ended.err
    assert "pip install" in ended.err


def test_a_folder_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ended = call("plan")
    assert ended.code == 64
    assert "isn't there any more" in ended.err


def test_an_output_that_cannot_be_written_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = call("validate", "--output", "nowhere/x.json")
    assert ended.code == 64
    assert ended.err.count("there is no folder nowhere") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("plan --tarrget x", 'there is no option --tarrget; did you mean "--target"?'),
        ("config lst", 'there is no command "lst"; did you mean "list"?'),
        ("help exit", 'did you mean "exit-codes"?'),
        ("completion tcsh", "bash|zsh|fish"),
    ],
)
def test_a_typing_error_is_told_with_what_was_meant(line: str, said: str) -> None:
    ended = call(*line.split())
    assert ended.code == 64
    assert said in ended.err


def test_a_stop_is_told_in_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, KeyboardInterrupt())
    ended = call("validate")
    assert (ended.code, ended.out, ended.err) == (130, "", "\nStopped.\n")


def test_a_failed_apply_tells_where_its_run_is_on_record() -> None:
    error = ApplyFailed("a value is taken already")
    error.run = "3f9a0c51d2e4"
    document = failures.error_document(error, Path())
    assert document["error"]["hint"] == "the failed run is on record: dani show 3f9a0c51d2e4"


def test_without_a_project_a_command_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = call("plan")
    assert ended.code == 3
    assert "dani init" in ended.err


@pytest.mark.parametrize("text", ["version: [", "- a", "version: 1\ntime_zone: Europe/Brlin\n", "\x00", "version: 9"])
def test_a_broken_configuration_is_invalid_input_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dani.yaml").write_text(text)
    for line in ("plan", "validate", "config list", "config validate", "fmt", "doctor"):
        ended = call(*line.split())
        assert ended.code == 3, line
        assert "dani.yaml" in ended.err + ended.out
        assert "Traceback" not in ended.err


def test_all_problems_come_out_with_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("init")
    people = tmp_path / "playbooks/people/engineering.yaml"
    people.write_text(people.read_text().replace("manager: lbrandt", "manger: lbrandt\n    mobile: [x]"))
    ended = call("validate")
    assert ended.code == 3
    assert "playbooks/people/engineering.yaml:26:5: unknown-field" in ended.out
    assert "   26 |     manger: ‹…›\n      |     ^^^^^^" in ended.out
    assert "[x]" not in ended.out


def test_problems_are_json_on_standard_output_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("init")
    (tmp_path / "playbooks/groups.yaml").write_text("version: 1\ngrups: {}\n")
    ended = call("timeline", "--format", "json")
    document = json.loads(ended.out)
    assert ended.code == 3
    assert document["format"] == "dani.problems/1"
    assert document["problems"][0]["source"]["file"] == "playbooks/groups.yaml"
    assert ended.err == ""
