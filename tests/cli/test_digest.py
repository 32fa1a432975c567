"""The same playbooks give the same plan: whatever the machine, the order of files, and the folder it is asked in."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.program import ROOT, dani

AT = "2026-11-23"
SURROUNDINGS: tuple[Mapping[str, str], ...] = (
    {},
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "4242"},
    {"TZ": "Pacific/Kiritimati"},
    {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "1"},
    {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C.UTF-8", "COLUMNS": "20", "DANI_ACTOR": "somebody else"},
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example company with a third of it applied, so that a plan creates, updates and leaves alone."""
    folder = tmp_path_factory.mktemp("company")
    copytree(ROOT / "playbooks", folder / "playbooks")
    copy(ROOT / "dani.yaml", folder)
    assert dani("apply", "--approve", "--target", "department", "--at", AT, folder=folder).code == 0
    path = folder / "playbooks/departments.yaml"
    path.write_text(path.read_text("utf-8").replace("headcount_limit: 18", "headcount_limit: 19"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def planned(company: Path) -> dict[str, Any]:
    return plan(company)


def plan(folder: Path, *arguments: str, **more: str) -> dict[str, Any]:
    ended = dani("plan", "--at", AT, "--format", "json", *arguments, folder=folder, **more)
    assert (ended.code, ended.err) == (0, "")
    document: dict[str, Any] = json.loads(ended.out)
    return document


def test_the_plan_has_something_of_everything(planned: dict[str, Any]) -> None:
    summary = planned["summary"]
    assert summary["create"] > 100
    assert summary["update"] == 1
    assert summary["unchanged"] > 10


def test_hash_seed_time_zone_and_locale_change_no_byte(company: Path, planned: dict[str, Any]) -> None:
    def run(around: Mapping[str, str]) -> str:
        return dani("plan", "--at", AT, "--format", "json", folder=company, **around).out

    with ThreadPoolExecutor(3) as pool:
        said = set(pool.map(run, SURROUNDINGS))
    assert len(said) == 1
    assert json.loads(said.pop())["digest"] == planned["digest"]


@pytest.mark.parametrize("folder", ["playbooks", "playbooks/people", "."])
def test_a_plan_is_the_same_in_every_folder_of_the_project(company: Path, planned: dict[str, Any], folder: str) -> None:
    assert plan(company / folder) == planned


def test_a_plan_is_the_same_from_outside_of_the_project(company: Path, planned: dict[str, Any]) -> None:
    assert plan(Path("/"), "--config", str(company / "dani.yaml")) == planned
    assert plan(Path("/"), "-C", str(company)) == planned


def test_another_order_and_other_names_of_files_give_the_same_digest(
    company: Path, planned: dict[str, Any], tmp_path: Path
) -> None:
    moved = copytree(company, tmp_path / "moved")
    people = (moved / "playbooks/people").rename(moved / "playbooks/aaa")
    for number, path in enumerate(sorted(people.glob("*.yaml"), reverse=True)):
        turned(path).rename(people / f"{number:02}.yaml")
    for name in ("departments", "groups", "jobs"):
        turned(moved / f"playbooks/{name}.yaml").rename(moved / f"playbooks/zz-{name}.yaml")
    again = plan(moved)
    assert again["digest"] == planned["digest"]
    assert list(told(again)) == list(told(planned))


def told(document: dict[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Changes in their order, without the places in files."""
    for change in document["changes"]:
        yield change["verb"], change["address"], tuple(field["name"] for field in change["fields"])


def turned(path: Path) -> Path:
    """The same file with the resources of every collection in the opposite order."""
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 10_000
    content = editor.load(path.read_text("utf-8"))
    for name, resources in content.items():
        if isinstance(resources, dict) and name not in ("defaults", "vars", "templates"):
            content[name] = dict(reversed(list(resources.items())))
    with path.open("w", encoding="utf-8") as file:
        editor.dump(dict(content), file)
    return path


def test_another_playbook_gives_another_digest(company: Path, planned: dict[str, Any], tmp_path: Path) -> None:
    other = copytree(company, tmp_path / "other")
    path = other / "playbooks/departments.yaml"
    path.write_text(path.read_text("utf-8").replace("headcount_limit: 19", "headcount_limit: 20"), "utf-8")
    assert plan(other)["digest"] != planned["digest"]
