"""What is in no commit is told by name, and needs a planner who is known; git that fails hides nobody."""

import os

import pytest

from dani_playbook.core.errors import DaniError, PlaybookError
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project
from tests.trust.reviewing import (
    CHANGE,
    LATER,
    MONA,
    applied,
    cannot_approve,
    commit,
    company,
    dated,
    edit,
    git,
    saved,
    says_yes,
    stranger,
    with_rules,
)

__all__ = ["company"]


def test_a_playbook_that_git_ignores_is_committed_by_nobody(company: Project) -> None:
    with (company.root / ".git/info/exclude").open("a") as file:
        file.write("local.yaml\n")
    company.write("playbooks/local.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    stranger(company, saved(company))


def test_an_ignored_table_is_committed_by_nobody(company: Project) -> None:
    """Exports with personal data are what people put into .gitignore."""
    company.write(".gitignore", "export.csv\n")
    company.write(
        "playbooks/t.yaml",
        "version: 1\ngenerate:\n  - {collection: departments, each: {csv: ../export.csv}, key: '{{ row.key }}', fields: {name: '{{ row.name }}'}}\n",
    )
    git(company, "add", "-A", "playbooks", ".gitignore")
    git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    company.write("export.csv", "key,name\nevil,Evil\n")
    stranger(company, saved(company))


def test_an_edit_that_git_is_told_not_to_see_is_committed_by_nobody(company: Project) -> None:
    git(company, "update-index", "--assume-unchanged", "playbooks/a.yaml")
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(*CHANGE, 1))
    stranger(company, saved(company))


def test_a_named_playbook_with_another_ending_is_committed_by_nobody(company: Project) -> None:
    company.write("evil.txt", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    stranger(company, saved(company, paths=("evil.txt",)))


def test_an_untracked_json_table_is_committed_by_nobody(company: Project) -> None:
    company.write(
        "playbooks/t.yaml",
        "version: 1\ngenerate:\n  - {collection: departments, each: {json: ../data.json}, key: '{{ row.key }}', fields: {name: '{{ row.name }}'}}\n",
    )
    git(company, "add", "-A", "playbooks")
    git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    company.write("data.json", '[{"key": "evil", "name": "Evil"}]')
    stranger(company, saved(company))


@pytest.mark.parametrize("word", ["log", "rev-parse", "ls-tree", "cat-file", "merge-base", "blame"])
def test_a_git_that_fails_hides_nobody(
    company: Project, word: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    if word == "blame":
        with_rules(company, dated(company))
    else:
        edit(company, *CHANGE, author=MONA)
    assert company.session().plan(Request()).plan.changes
    folder = tmp_path_factory.mktemp("bin")
    fake = folder / "git"
    fake.write_text(f'#!/bin/sh\nfor w in "$@"; do [ "$w" = {word} ] && exit 128; done\nexec /usr/bin/git "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with pytest.raises(PlaybookError, match=f"git {word}"):
        saved(company)


def test_a_variable_of_git_does_not_point_to_another_repository(
    company: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a git hook GIT_DIR is set."""
    edit(company, *CHANGE, author=MONA)
    other = Project(tmp_path_factory.mktemp("other"), company.place)
    other.write("playbooks/a.yaml", (company.root / "playbooks/a.yaml").read_text())
    other.write("dani.yaml", (company.root / "dani.yaml").read_text())
    git(other, "init", "-q")
    commit(other, "ci@a.example")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(company.root))
    cannot_approve(company, saved(company))


@pytest.mark.parametrize("name", ["report.csv", "out/plan.yaml", "requirements.txt"])
def test_what_ci_writes_beside_the_playbooks_is_no_playbook(company: Project, name: str) -> None:
    if name == "requirements.txt":
        company.write(name, "x")
        git(company, "add", name)
        git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    edit(company, *CHANGE)
    company.write(name, "a,b\n")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert applied(company, path) == "succeeded"


def test_the_plan_says_which_file_is_not_committed(company: Project) -> None:
    edit(company, *CHANGE)
    company.write("playbooks/local.yaml", "version: 1\n")
    path = saved(company)
    session = company.session_at(LATER)
    with pytest.raises(DaniError) as error:
        session.apply(session.saved(path))
    assert any("local.yaml" in f"{problem.message} {problem.hint}" for problem in error.value.problems)
