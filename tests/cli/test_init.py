"""A new repository is whole, checks clean, and never takes anything away."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dani_playbook.cli.repository import starter
from tests.cli.inside import call

FILES = [
    ".github/workflows/plan.yaml",
    ".gitignore",
    ".pre-commit-config.yaml",
    "README.md",
    "dani.yaml",
    "playbooks/departments.yaml",
    "playbooks/groups.yaml",
    "playbooks/people/engineering.yaml",
    "playbooks/people/management.yaml",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_repository_has_its_files_and_says_what_is_next(folder: Path) -> None:
    ended = call("init", "company")
    assert ended.out.splitlines() == [f"company/{name}" for name in FILES]
    assert ended.err == "\nNext: cd company && dani plan\n"


def test_a_new_repository_is_valid_and_tidy(folder: Path) -> None:
    call("init", "--name", 'Nord "wind": # \\ co')
    assert call("config", "get", "name").out == 'Nord "wind": # \\ co\n'
    for line in ("validate", "config validate", "fmt --check", "validate --env test"):
        assert call(*line.split()).code == 0, line


def test_nothing_is_written_where_one_file_exists(folder: Path) -> None:
    (folder / "README.md").write_text("mine")
    (folder / "dani.yaml").symlink_to("nowhere")
    ended = call("init")
    assert ended.code == 64
    assert "README.md, dani.yaml" in ended.err
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "dani.yaml"]


def test_a_folder_that_can_not_be_made_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    ended = call("init", "file/below")
    assert ended.code == 64
    assert "Traceback" not in ended.err


def _workflow() -> dict[str, Any]:
    text = dict(starter())[Path(".github/workflows/plan.yaml")]
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_the_workflow_gives_each_job_the_least_it_needs() -> None:
    workflow = _workflow()
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["plan"]["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["comment"]["permissions"] == {"pull-requests": "write"}


def test_the_job_that_may_write_runs_nothing_of_the_pull_request() -> None:
    steps = _workflow()["jobs"]["comment"]["steps"]
    assert not any("run" in step or "checkout" in step.get("uses", "") for step in steps)
    assert "pull_request_target" not in str(_workflow())


def test_actions_are_pinned_and_no_input_of_a_stranger_is_put_into_a_script() -> None:
    steps = [step for job in _workflow()["jobs"].values() for step in job["steps"]]
    assert all("@v" in step["uses"] for step in steps if "uses" in step)
    assert not any("${{" in step.get("run", "") + str(step.get("with", {}).get("script", "")) for step in steps)
