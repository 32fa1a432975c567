"""Saved plans on the command line."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.program import Ended, dani, dani_on_terminal

EDIT = ("job_title: Head of Engineering", "job_title: Chief Engineer")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new company, applied, with one edit that isn't."""
    folder = tmp_path_factory.mktemp("started")
    assert dani("init", ".", "--name", "Acme", folder=folder).code == 0
    assert dani("apply", "--approve", folder=folder).code == 0
    edit(folder, *EDIT)
    return folder


@pytest.fixture
def acme(started: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "acme"
    shutil.copytree(started, folder)
    return folder


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "playbooks/people/engineering.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def says(ended: Ended, code: int, *texts: str) -> None:
    assert ended.code == code, ended
    for text in texts:
        assert text in ended.out + ended.err


def test_a_plan_is_saved_shown_applied_and_then_used(acme: Path) -> None:
    says(dani("plan", "--out", "c.plan", folder=acme), 0, "Saved in c.plan", "job_title")
    says(dani("show", "c.plan", folder=acme), 0, "Saved in c.plan", "Chief Engineer")
    says(dani("apply", "c.plan", "--approve", folder=acme), 0, "Applied: 1 updated")
    says(dani("apply", "c.plan", "--approve", folder=acme), 6, "it was applied already", "dani runs")
    says(dani("show", "c.plan", folder=acme), 0)


def test_a_saved_plan_is_shown_unchecked_where_the_key_is_not(acme: Path, tmp_path: Path) -> None:
    dani("plan", "--out", "c.plan", folder=acme)
    shutil.copy(acme / "c.plan", tmp_path)
    ended = dani("show", "c.plan", "--format", "json", folder=tmp_path)
    assert ended.code == 0
    assert json.loads(ended.out)["saved"]["verified"] is False
    assert not (tmp_path / ".dani").exists()


def test_what_is_applied_is_the_file_and_not_what_the_playbooks_say_by_then(acme: Path) -> None:
    dani("plan", "--out", "c.plan", folder=acme)
    edit(acme, "job_title: Chief Engineer", "job_title: Something Else")
    says(dani("apply", "c.plan", "--approve", folder=acme), 0, "Applied: 1 updated")
    says(dani("plan", folder=acme), 0, "Chief Engineer → Something Else")


def test_a_field_that_moved_is_told_with_the_exit_code_for_stale(acme: Path) -> None:
    dani("plan", "--out", "c.plan", folder=acme)
    edit(acme, "job_title: Chief Engineer", "job_title: Other")
    dani("apply", "--approve", folder=acme)
    says(
        dani("apply", "c.plan", "--approve", folder=acme),
        6,
        "user.lbrandt.job_title",
        "when the plan was made: Head of Engineering; now: Other; the plan wants: Chief Engineer",
    )


REFUSED = [
    (("apply", "c.plan", "--target", "user.lbrandt", "--approve"), 64, "applied as it is"),
    (("apply", "c.plan", "playbooks", "--approve"), 64, "by itself"),
    (("apply", "c.plan"), 4, "--approve"),
    (("plan", "--out", "c.plan"), 64, "exists already"),
    (("plan", "--out", "none/c.plan"), 64, "can't be written"),
    (("approve", "c.plan", "--digest", "00000000"), 4, "holds plan"),
    (("approve", "none.plan", "--digest", "00000000"), 3, "can't be read"),
    (("apply", "empty.plan", "--approve"), 3, "is no saved plan"),
    (("show", "empty.plan"), 3, "is no saved plan"),
]


@pytest.mark.parametrize(("words", "code", "text"), REFUSED)
def test_what_can_not_be_is_said(acme: Path, words: tuple[str, ...], code: int, text: str) -> None:
    dani("plan", "--out", "c.plan", folder=acme)
    (acme / "empty.plan").touch()
    says(dani(*words, folder=acme), code, text)


def test_a_way_back_can_be_saved_too(acme: Path) -> None:
    dani("apply", "--approve", folder=acme)
    run = json.loads(dani("runs", "--format", "json", folder=acme).out)["runs"][0]["id"]
    says(dani("rollback", run, "--out", "back.plan", folder=acme), 0, "Saved in back.plan")
    says(dani("apply", "back.plan", "--approve", folder=acme), 0, "Applied: 1 updated")


def test_a_saved_plan_is_asked_about_on_a_terminal(acme: Path) -> None:
    dani("plan", "--out", "c.plan", folder=acme)
    says(dani_on_terminal("apply", "c.plan", folder=acme, answer="no\n", NO_COLOR="1"), 4, "nothing was changed")
    says(dani_on_terminal("apply", "c.plan", folder=acme, answer="yes\n", NO_COLOR="1"), 0, "Applied: 1 updated")


def test_an_apply_that_needs_approvals_says_which(acme: Path) -> None:
    with (acme / "dani.yaml").open("a") as file:
        file.write("approvals: {rules: [{name: everything, roles: [hr_manager]}]}\n")
    says(dani("plan", folder=acme), 0, "Approvals: 1 by hr_manager (everything): none given, 1 missing")
    says(dani("apply", "--approve", folder=acme), 4, "isn't approved", "needs 1 approval by hr_manager (everything)")
