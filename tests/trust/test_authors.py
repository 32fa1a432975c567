"""Whose commits are looked at: from the last run on that read everything, and no others are hidden."""

import subprocess
from datetime import timedelta

import pytest

from dani_playbook.core.errors import PlanRefused
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session
from tests.runner.conftest import ENVIRON, Project
from tests.trust.reviewing import (
    CHANGE,
    MONA,
    NOW,
    applied,
    cannot_approve,
    commit,
    company,
    edit,
    git,
    long_ago,
    missing,
    person,
    run_by,
    saved,
    says_yes,
    stranger,
    with_rules,
    without_rules,
)

__all__ = ["company"]


def test_a_plan_saved_before_a_commit_does_not_hide_the_commit(company: Project) -> None:
    """The run remembers HEAD at apply, not the commit that the plan was made from."""
    edit(company, "name: Ops", "name: Operations")
    path = saved(company)
    edit(company, *CHANGE, author=MONA)
    says_yes(company, path, "hugo")
    assert applied(company, path) == "succeeded"
    cannot_approve(company, saved(company))


def test_a_run_of_one_file_does_not_hide_commits_to_others(company: Project) -> None:
    company.write("playbooks/b.yaml", "version: 1\ndepartments: {x: {name: X}}\n")
    edit(company, *CHANGE, author=MONA)
    session = person(company.session_at(NOW), "ada")
    path = company.root / "part.plan"
    session.save(session.plan(Request(paths=("playbooks/b.yaml",))), path)
    says_yes(company, path, "hugo")
    assert applied(company, path) == "succeeded"
    path.unlink()
    cannot_approve(company, saved(company))


def test_a_run_that_was_taken_back_does_not_hide_its_commits(company: Project) -> None:
    edit(company, *CHANGE, author=MONA)
    run_by(company, "hugo")
    run = company.session().memory.runs(1)[0].id
    back, path = person(company.session_at(NOW), "hugo"), company.root / "back.plan"
    back.save(back.rollback(run), path)
    says_yes(company, path, "ada")
    assert applied(company, path) == "succeeded"
    path.unlink()
    cannot_approve(company, saved(company))


def test_who_wrote_a_change_does_not_approve_its_return_by_two_rollbacks(company: Project) -> None:
    edit(company, *CHANGE, author=MONA)
    run_by(company, "hugo")
    for _ in range(2):
        run = company.session().memory.runs(1)[0].id
        back, path = person(company.session_at(NOW), "hugo"), company.root / "back.plan"
        back.save(back.rollback(run), path, overwrite=True)
        if _:
            break
        says_yes(company, path, "ada")
        assert applied(company, path) == "succeeded"
    cannot_approve(company, path)


def test_a_run_from_an_edited_tree_does_not_hide_commits(company: Project) -> None:
    """Somebody who is signed in applies files that aren't committed, without the change of the last commit."""
    edit(company, *CHANGE, author=MONA)
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(CHANGE[1], CHANGE[0]).replace("name: Ops", "name: Works"))
    session, path = person(company.session_at(NOW), "hugo"), company.root / "run.plan"
    session.save(session.plan(Request()), path)
    says_yes(company, path, "ada")
    assert applied(company, path) == "succeeded"
    path.unlink()
    company.write("playbooks/a.yaml", text)
    git(company, "checkout", "-q", "--", ".")
    cannot_approve(company, saved(company))


def test_going_back_to_an_older_commit_has_an_author(company: Project) -> None:
    """Nobody in particular plans an old commit: what it takes back stands in no new commit."""
    edit(company, *CHANGE)
    run_by(company, "hugo")
    git(company, "reset", "-q", "--hard", "HEAD~1")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]


def test_a_merge_that_takes_the_old_side_has_an_author(company: Project) -> None:
    edit(company, *CHANGE)
    run_by(company, "hugo")
    git(company, "branch", "new")
    git(company, "checkout", "-q", "-b", "old", "HEAD~1")
    git(company, "merge", "-q", "-s", "ours", "-m", "x", "new", author=MONA)
    cannot_approve(company, saved(company))


def test_a_shallow_clone_does_not_hide_authors(company: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What CI checks out by default: one commit."""
    edit(company, *CHANGE, author=MONA)
    edit(company, "name: Ops", "name: Operations")
    clone = tmp_path_factory.mktemp("ci") / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{company.root}", str(clone)], check=True)
    ci = Project(clone, company.place)
    path = saved(ci)
    says_yes(ci, path, "hugo")
    with pytest.raises(PlanRefused) as error:
        applied(ci, path)
    assert [problem.hint for problem in error.value.problems] == ["fetch the whole history (fetch-depth: 0)"]


def test_a_commit_without_an_address_is_a_strangers(company: Project) -> None:
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(*CHANGE, 1))
    commit(company, "", "")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]


def test_who_is_named_as_a_co_author_is_an_author(company: Project) -> None:
    """How a squashed pull request of two names the second."""
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(*CHANGE, 1))
    git(company, "add", "-A", "playbooks")
    git(company, "commit", "-q", "-m", f"x\n\nCo-authored-by: Mona <{MONA}>", author="hugo@a.example")
    cannot_approve(company, saved(company))


def test_an_address_in_another_encoding_is_no_crash(company: Project) -> None:
    edit(company, *CHANGE)
    at = ["git", "-C", str(company.root)]
    raw = subprocess.run([*at, "cat-file", "commit", "HEAD"], check=True, capture_output=True).stdout
    raw = raw.replace(b"author x <ci@a.example>", b"author x <m\xf6na@a.example>")
    made = subprocess.run(
        [*at, "hash-object", "-t", "commit", "-w", "--stdin"], input=raw, check=True, capture_output=True
    )
    subprocess.run([*at, "reset", "-q", "--soft", made.stdout.decode().strip()], check=True)
    saved(company)


def test_a_merge_by_the_reviewer_is_no_part_of_the_change(company: Project) -> None:
    """The button on a pull request while main has moved: the merge's author is who pressed it, GitHub commits it."""
    git(company, "checkout", "-q", "-b", "feature")
    edit(company, *CHANGE, author=MONA)
    git(company, "checkout", "-q", "-")
    company.write("playbooks/b.yaml", "version: 1\ndepartments: {x: {name: X}}\n")
    commit(company, "ci@a.example")
    git(
        company,
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge pull request #1",
        "feature",
        author="hugo@a.example",
        committer="ci@a.example",
    )
    path = saved(company)
    says_yes(company, path, "hugo")


def test_a_file_that_no_run_has_read_keeps_its_author(company: Project) -> None:
    long_ago(company, "drafts/raise.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    cannot_approve(company, saved(company, paths=("drafts/raise.yaml",)))


def test_a_folder_named_by_a_variable_keeps_its_authors(company: Project) -> None:
    from dani_playbook.runner.config import read_config

    long_ago(company, "drafts/raise.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    config = read_config(company.root, {**ENVIRON, "DANI_PLAYBOOKS": "drafts"})
    session = Session(config, now=NOW, actor="tester", environ=ENVIRON, clock=lambda: NOW)
    path = company.root / "v.plan"
    session.save(session.plan(Request()), path)
    planned = session.saved(path).plan
    assert planned.changes
    assert planned.origin is not None
    assert "DANI_PLAYBOOKS" in planned.origin.authors.doubts[0].message


def test_an_older_day_that_the_planner_asks_for_needs_a_planner_who_is_known(company: Project) -> None:
    edit(company, "name: Ops}", "name: Ops, upcoming: {2026-11-20: {name: Works}}}")
    run_by(company, "hugo")
    path = saved(company, at=NOW.date() - timedelta(days=30))
    stranger(company, path)


def test_a_run_from_a_branch_that_was_squashed_leaves_nobody_stuck(
    company: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The commit of the last run is in no clone any more; people who left have written in the years before."""
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace("name: HR", "name: People", 1))
    commit(company, "gone@a.example")
    run_by_anybody(company)
    main = subprocess.run(
        ["git", "-C", str(company.root), "branch", "--show-current"], check=True, capture_output=True, text=True
    )
    git(company, "checkout", "-q", "-b", "feature")
    edit(company, "name: Ops", "name: Operations")
    run_by(company, "hugo")
    git(company, "checkout", "-q", main.stdout.strip())
    git(company, "merge", "-q", "--squash", "feature")
    git(company, "commit", "-q", "-m", "Squashed (#1)", author="ci@a.example")
    edit(company, *CHANGE)
    clone = tmp_path_factory.mktemp("ci") / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--single-branch", f"file://{company.root}", str(clone)], check=True, capture_output=True
    )
    ci = Project(clone, company.place)
    path = saved(ci)
    says_yes(ci, path, "hugo")
    assert applied(ci, path) == "succeeded"


def run_by_anybody(company: Project) -> None:
    text = without_rules(company)
    company.apply()
    with_rules(company, text)


def test_who_wrote_in_a_submodule_is_a_stranger(company: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Project(tmp_path_factory.mktemp("sub"), company.place)
    other.write("s.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    git(other, "init", "-q")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "x", author=MONA)
    git(company, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "playbooks/sub")
    git(company, "add", "-A", ".gitmodules", "playbooks")
    git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    stranger(company, saved(company))


def test_people_named_in_the_settings_exist(company: Project) -> None:
    """A typing error in ``people`` makes an author whom nobody is."""
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace("user.emil", "user.emli"))
    edit(company, *CHANGE, author="private@b.example")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]
