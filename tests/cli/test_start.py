"""What a start costs: nothing is loaded that a command doesn't need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import dani, environment

REPORT = """
import json, sys
from dani_playbook.cli.main import run
from dani_playbook.cli.surroundings import Surroundings
code = run(sys.argv[1:], Surroundings.of_process())
sys.stderr.write(json.dumps({"code": code, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
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


LIGHT = ["--help", "--version", "plan --help", "help exit-codes", "completion bash", "schema user", "schema --list"]


@pytest.mark.parametrize("line", LIGHT)
def test_help_and_the_like_load_nothing_heavy(repository: Path, line: str) -> None:
    assert not loaded(repository, *line.split()) & HEAVY


@pytest.mark.parametrize("line", ["validate", "fmt --check", "timeline", "config list"])
def test_what_needs_no_live_system_never_loads_django(repository: Path, line: str) -> None:
    assert "django" not in loaded(repository, *line.split())


def test_json_is_written_without_loading_rich(repository: Path) -> None:
    assert "rich" not in loaded(repository, "validate", "--format", "json")


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
    assert (threshold, frozen > 1000) == (100_000, True)


def test_the_collector_of_a_process_that_hands_in_the_arguments_is_left_alone() -> None:
    assert collector_after('["--version"]') == [700, 0]
