"""Where results go: pipes, terminals, files."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dani_playbook.cli.output import check_target, write_file
from dani_playbook.cli.surroundings import has_colour
from dani_playbook.core.errors import UsageError
from tests.cli.inside import call
from tests.cli.program import dani, dani_on_terminal, environment

COLOURS = [
    ({}, True, False, True),
    ({}, False, False, False),
    ({"TERM": "dumb"}, True, False, False),
    ({"NO_COLOR": "1"}, True, False, False),
    ({"NO_COLOR": ""}, True, False, True),
    ({"FORCE_COLOR": "1"}, False, False, True),
    ({"FORCE_COLOR": "0"}, False, False, False),
    ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, False, True),
    ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False, False),
    ({"FORCE_COLOR": "1"}, True, True, False),
]


@pytest.mark.parametrize(("environ", "on_terminal", "plain", "expected"), COLOURS)
def test_who_wins_over_colour(environ: dict[str, str], on_terminal: bool, plain: bool, expected: bool) -> None:
    assert has_colour(environ, on_terminal, plain=plain) is expected


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert call("init").code == 0
    return tmp_path


def test_a_file_is_written_whole_and_for_the_owner_only(repository: Path) -> None:
    assert call("validate", "--output", "result.json").code == 0
    assert stat.S_IMODE((repository / "result.json").stat().st_mode) == 0o600
    assert (repository / "result.json").read_text("utf-8") == call("validate", "--format", "json").out


def test_the_format_follows_the_ending_of_the_file_unless_it_is_said(repository: Path) -> None:
    call("validate", "--output", "a.md")
    call("validate", "--output", "b.md", "--format", "text")
    assert (repository / "a.md").read_text("utf-8").startswith("<!-- dani.validation/1 -->")
    assert (repository / "b.md").read_text("utf-8").startswith("Valid: ")


def test_a_file_is_never_coloured(repository: Path) -> None:
    call("validate", "--output", "a.txt", environ={"FORCE_COLOR": "1"})
    assert "\x1b" not in (repository / "a.txt").read_text("utf-8")
    assert "\x1b" in call("validate", environ={"FORCE_COLOR": "1"}).out


def test_a_file_that_exists_stays_unless_overwrite_is_said(repository: Path) -> None:
    (repository / "kept.txt").write_text("mine")
    refused = call("validate", "--output", "kept.txt")
    assert (refused.code, (repository / "kept.txt").read_text()) == (64, "mine")
    assert "--overwrite" in refused.err
    assert call("validate", "--output", "kept.txt", "--overwrite").code == 0
    assert (repository / "kept.txt").read_text("utf-8").startswith("Valid")


def test_an_error_reaches_the_file_for_programs_and_the_person(repository: Path) -> None:
    ended = call("config", "get", "nothing", "--output", "error.json")
    assert ended.code == 64
    assert '"code": "usage"' in (repository / "error.json").read_text("utf-8")
    assert "there is no setting" in ended.err


@pytest.mark.parametrize("target", ["no/such/folder.txt", "."])
def test_a_target_that_can_not_be_written_is_refused_before_the_work(repository: Path, target: str) -> None:
    with pytest.raises(UsageError):
        check_target(Path(target), overwrite=True)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    (tmp_path / "kept.txt").write_text("mine")
    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(UsageError, match="No space left"):
        write_file(tmp_path / "kept.txt", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_lists_on_a_pipe_are_tabs_without_a_header(repository: Path) -> None:
    assert call("config", "get", "vars.domain").out == "example.com\n"
    assert call("config", "list").out.splitlines()[0] == f"name\t{repository.name}\tdani.yaml:3:7"


def test_global_options_work_on_both_sides_and_the_later_wins(repository: Path) -> None:
    after = call("config", "get", "vars.domain", "--env", "test")
    before = call("--env", "test", "config", "get", "vars.domain")
    both = call("--format", "markdown", "config", "get", "vars.domain", "--format", "json")
    assert (before.out, before.code) == (after.out, 0) == ("test.example.com\n", 0)
    assert both.out.startswith("{")


def test_another_folder_is_gone_to_first(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert (
        call("-C", str(repository), "-C", "playbooks", "validate", "people")
        .out.rstrip()
        .endswith("Valid: 2 files, 3 resources (3 users), 3 warnings.")
    )
    monkeypatch.chdir("/")
    assert call("validate", "-C", str(repository)).out.startswith("Valid: 4 files")


def test_a_reader_that_goes_away_is_no_error(repository: Path) -> None:
    command = (
        f"{sys.executable} -m dani_playbook schema user --format json | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", command], cwd=repository, env=environment(), capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] in ("0", "141")


def onto_a_full_disk(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    with Path("/dev/full").open("w") as full:
        return subprocess.run(
            [sys.executable, "-m", "dani_playbook", *arguments],
            cwd=repository,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the machine has no /dev/full")
def test_a_full_disk_is_told_without_a_traceback(repository: Path) -> None:
    done = onto_a_full_disk(repository, "validate")
    assert done.returncode == 64
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", ["init", "show", "plan"])
def test_an_argument_that_is_no_text_is_refused(repository: Path, line: str) -> None:
    ended = dani(line, os.fsdecode(b"g\xff"), folder=repository)
    assert (ended.code, "argument 2 isn't UTF-8" in ended.err) == (64, True), ended.err


@pytest.mark.skipif(sys.platform == "darwin", reason="every name of a file is text there")
def test_a_name_that_is_no_text_is_told_where_it_stands(repository: Path) -> None:
    book = next((repository / "playbooks").rglob("engineering.yaml"))
    book.rename(book.with_name(os.fsdecode(b"e\xff.yaml")))
    for form in ("text", "json"):
        ended = dani("plan", "--format", form, folder=repository)
        assert (ended.code, "bad-name" in ended.out + ended.err or "isn't UTF-8" in ended.err) == (3, True)
        assert "This is a bug" not in ended.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the machine has no /dev/full")
@pytest.mark.parametrize(
    ("line", "code"),
    [("plan --format json", 64), ("apply --approve --format json", 7), ("rollback {run} --approve --format csv", 7)],
)
def test_what_was_carried_out_is_told_also_where_its_result_is_lost(repository: Path, line: str, code: int) -> None:
    assert dani("apply", "--approve", folder=repository).code == 0
    book = next((repository / "playbooks").rglob("engineering.yaml"))
    book.write_text(book.read_text("utf-8").replace("office: Berlin", "office: Oslo", 1), "utf-8")
    run = json.loads(dani("runs", "--format", "json", folder=repository).out)["runs"][0]["id"]
    done = onto_a_full_disk(repository, *line.format(run=run).split())
    assert (done.returncode, "No space left" in done.stderr) == (code, True), done.stderr
    last = json.loads(dani("runs", "--format", "json", folder=repository).out)["runs"][0]["id"]
    assert (f"run {last} was carried out" in done.stderr) is (last != run) is (code == 7)


@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX"}])
def test_the_bytes_do_not_depend_on_the_locale(repository: Path, variables: dict[str, str]) -> None:
    plain = dani("timeline", folder=repository)
    assert "→" in plain.out
    assert dani("timeline", folder=repository, **variables).out == plain.out


def test_a_terminal_gets_colour_and_a_pipe_does_not(repository: Path) -> None:
    assert "\x1b[" in dani_on_terminal("validate", folder=repository).out
    assert "\x1b[" not in dani_on_terminal("validate", folder=repository, NO_COLOR="1").out
    assert "\x1b[" not in dani_on_terminal("validate", "--no-color", folder=repository).out
    assert "\x1b[" not in dani("validate", folder=repository).out


def test_the_log_is_on_standard_error_and_can_not_act(repository: Path) -> None:
    import io
    import logging

    from dani_playbook.cli.log import set_up_log

    stream = io.StringIO()
    set_up_log(stream)
    logging.getLogger("x").warning("a\x1b[2J\n%s", "b")
    assert stream.getvalue() == "warning x: a\\x1b[2J\\n%s\n"


def test_nothing_is_left_in_the_working_directory(repository: Path) -> None:
    before = set(repository.iterdir())
    call("validate")
    call("fmt", "--check")
    assert set(repository.iterdir()) == before
