"""What a start costs: nothing is loaded that a command doesn't need."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.program import dani, environment

REPORT = """
import json, sys
from dani_playbook.cli.main import run
from dani_playbook.cli.surroundings import Surroundings
code = run(sys.argv[1:], Surroundings.of_process())
sys.stderr.write(json.dumps({"code": code, "modules": sorted(sys.modules)}))
"""
HEAVY = {
    "django",
    "structlog",
    "xlsxwriter",
    "rich",
    "jinja2",
    "jsonschema",
    "yaml",
    "ruamel",
    "msal",
    "requests",
    "deepdiff",
    "cryptography",
}
WITHOUT_LIVE = ("django", "rich", "cryptography", "msal", "requests", "deepdiff", "structlog", "xlsxwriter", "ruamel")
FOR_WRITING = (
    *("cryptography", "rich", "jinja2", "deepdiff", "python_calamine", "xlsxwriter", "ruamel", "structlog", "msal"),
    *(
        f"dani_playbook.engine.{verb}"
        for verb in (
            "apply",
            "codec",
            "drift",
            "journal",
            "merge",
            "purge",
            "rehearse",
            "resolve",
            "rollback",
            "undo",
            "verify",
        )
    ),
    *(
        f"dani_playbook.runner.{name}"
        for name in (
            "authors",
            "explaining",
            "health",
            "keys",
            "plan_shape",
            "problems",
            "purging",
            "restoring",
            "saving",
        )
    ),
    *(f"dani_playbook.runner.{name}" for name in ("seal", "secrets", "settling", "signing", "untrusted")),
    *(f"dani_playbook.live.{verb}" for verb in ("delete", "encode", "insert", "update", "write")),
    *(
        f"dani_playbook.language.{name}"
        for name in ("csv_table", "emit", "fmt", "json_table", "tables", "transfer", "write", "xlsx_table")
    ),
    *(
        f"dani_playbook.cli.{name}"
        for name in ("github", "html", "markdown", "progress", "record", "spreadsheet", "tables")
    ),
    *(f"dani_playbook.cli.text.{name}" for name in ("blocks", "fields", "findings", "wrap")),
    "dani_playbook.state.access",
)
"""What a plan without changes has no use for: writing, past and saved plans, people who sign in, tables of rows."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    assert dani("init", folder=folder).code == 0
    return folder


def loaded(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    report = json.loads(done.stderr.splitlines()[-1])
    assert report["code"] == 0, done.stderr
    return set(report["modules"])


def among(modules: set[str], *unwanted: str) -> list[str]:
    """Those of ``unwanted`` that were loaded, also where only a part of them was."""
    return sorted(name for name in unwanted if any(f"{module}.".startswith(f"{name}.") for module in modules))


LIGHT = ["--help", "--version", "plan --help", "help exit-codes", "completion bash", "schema user", "schema --list"]


@pytest.mark.parametrize("line", LIGHT)
def test_help_and_the_like_load_nothing_heavy(repository: Path, line: str) -> None:
    assert not among(loaded(repository, *line.split()), *HEAVY)


def test_the_list_of_commands_loads_nothing_that_only_work_and_errors_need(repository: Path) -> None:
    assert not loaded(repository, "--help") & {"logging", "tempfile", "difflib", "traceback"}


@pytest.mark.parametrize("line", ["validate", "fmt --check", "timeline", "config list"])
def test_what_needs_no_live_system_never_loads_django(repository: Path, line: str) -> None:
    assert not among(loaded(repository, *line.split()), "django")


def test_validating_loads_nothing_of_the_live_system_nor_of_what_draws(repository: Path) -> None:
    ours = ("state", "live", "runner.session", "engine.limits", "engine.measure")
    unwanted = (*WITHOUT_LIVE, *(f"dani_playbook.{name}" for name in ours))
    assert not among(loaded(repository, "validate"), *unwanted)


def test_a_plan_without_changes_loads_nothing_that_only_changes_need(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    (tmp_path / "playbooks" / "a.yaml").write_text("version: 1\ndepartments:\n  it: {name: IT}\n")
    assert dani("apply", "--approve", folder=tmp_path).code == 0
    assert not among(loaded(tmp_path, "plan"), *FOR_WRITING)


@pytest.mark.parametrize("name", sorted({*HEAVY, *WITHOUT_LIVE, *FOR_WRITING}))
def test_what_is_not_loaded_is_something_that_could_be(name: str) -> None:
    assert find_spec(name)


def test_json_is_written_without_loading_rich(repository: Path) -> None:
    assert not among(loaded(repository, "validate", "--format", "json"), "rich")


def test_the_package_is_a_program(tmp_path: Path) -> None:
    ended = dani("--version", folder=tmp_path)
    assert (ended.code, ended.out[:5]) == (0, "dani ")


COLLECTOR = """
import atexit, gc, sys
from dani_playbook.cli.main import main
atexit.register(lambda: sys.stderr.write(f"{gc.get_threshold()[0]} {gc.get_freeze_count()}"))
main(%s)
"""


def collector_after(arguments: str) -> list[int]:
    """Its threshold, and how many objects it will never look at."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECTOR % arguments, "--version"],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.startswith("dani ")
    return [int(number) for number in done.stderr.split()]


def test_a_process_of_its_own_looks_for_unused_objects_seldom_and_not_at_its_end() -> None:
    threshold, frozen = collector_after("")
    assert (threshold, frozen > 1000) == (1_000_000, True)


def test_the_collector_of_a_process_that_hands_in_the_arguments_is_left_alone() -> None:
    assert collector_after('["--version"]') == [700, 0]


ENDING = """
import atexit, os, sys, threading, time
from dani_playbook.cli.main import main

def at_once(code, end=os._exit):
    os.write(2, b"at once")
    end(code)

os._exit = at_once
atexit.register(lambda: sys.stderr.write("done "))
sys.stdout.write("not flushed yet ")
{before}
main()
"""
WAITING = "threading.Thread(target=lambda: (time.sleep(0.3), os.write(2, b'waited for '))).start()"


@pytest.mark.parametrize(
    ("before", "environ", "told"),
    [
        ("", {}, "done at once"),
        ("", {"DANI_DEBUG": "1"}, "done "),
        (WAITING, {}, "waited for done "),
        ("from django.conf import settings; settings.configure()", {}, "done "),
    ],
)
def test_a_process_of_its_own_ends_at_once_where_nobody_else_has_a_say(
    before: str, environ: dict[str, str], told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING.format(before=before), "--version"],
        env=environment(**environ),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.endswith("\n")
    assert "not flushed yet " in done.stdout
    assert done.stderr == told
