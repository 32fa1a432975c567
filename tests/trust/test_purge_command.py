"""``dani user purge``: it shows what goes, asks, and says what was done."""

import json
from pathlib import Path

import pytest

from tests.cli.program import Ended, dani_on_terminal
from tests.cli.program import dani as dani_of

PURGE = ("user", "purge", "user.tlee", "--reason", "request 4711")
SECRET = "tall ships sail at dawn\n"
BOSS = "version: 1\nusers:\n  boss: {email: boss@a.example, first_name: Bea, roles: [admin]}\n"
TOM = BOSS + "  tlee: {email: tom@a.example, first_name: Tom, start_date: 2019-02-01, end_date: 2020-06-30}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that Tom has left, and that no longer declares him."""
    root = tmp_path_factory.mktemp("purge")
    (root / "dani.yaml").write_text("version: 1\n", "utf-8")
    (root / "playbooks").mkdir()
    for text in (TOM, BOSS + "settings:\n  a: {name: a, value: 1}\n"):
        (root / "playbooks/a.yaml").write_text(text, "utf-8")
        assert dani("apply", "--approve", folder=root).code == 0
    assert dani("user", "password", "user.boss", "--password-stdin", folder=root, text=SECRET).code == 0
    assert dani("login", "boss@a.example", "--password-stdin", folder=root, text=SECRET).code == 0
    return root


def dani(*arguments: str, folder: Path, text: str = "") -> Ended:
    """``dani`` with a home of its own, in which somebody is signed in."""
    return dani_of(*arguments, folder=folder, text=text, DANI_HOME=str(folder / "home"))


def test_without_a_yes_nothing_happens(folder: Path) -> None:
    for ended in (dani(*PURGE, folder=folder), dani(*PURGE, "--format", "json", folder=folder, text="yes\n")):
        assert ended.code == 4
        assert "nobody is here to approve" in ended.err + ended.out
    assert "- user.tlee            Tom    purge\n  ! can't be taken back\n" in dani(*PURGE, folder=folder).out
    ended = dani_on_terminal(*PURGE, folder=folder, DANI_HOME=str(folder / "home"), answer="no\n")
    assert ended.code == 4
    assert "user.tlee" in dani("export", "--format", "json", folder=folder).out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("user", "purge", "user.tlee"), 64, "nobody is purged without a reason"),
        (("user", "purge", "tlee", "--reason", "x"), 3, "is not an address"),
        (("user", "purge", "--reason", "x"), 64, "Missing argument"),
        (("user", "prge"), 64, "purge"),
        (("user", "purge", "user.nobody", "--reason", "x"), 3, "neither the live system nor the journal knows"),
        (("user", "purge", "user.tlee", "--reason", "tom@a.example asked"), 4, "the reason tells something"),
    ],
)
def test_what_was_said_wrongly_is_met_with_what_is_right(
    folder: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ended = dani(*arguments, folder=folder)
    assert ended.code == code
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_a_saved_purge_is_there_to_be_approved_and_not_to_be_applied(folder: Path) -> None:
    assert dani(*PURGE, "--out", "p.plan", folder=folder).code == 0
    ended = dani("apply", "p.plan", "--approve", folder=folder)
    assert ended.code == 4
    assert "once it is approved: dani user purge user.tlee" in ended.err
    assert ended.out == ""


def test_with_a_yes_the_person_is_gone_and_a_second_time_there_is_nothing_left(folder: Path) -> None:
    left_over = folder / ".dani/cache" / ("0" * 32)
    left_over.parent.mkdir(exist_ok=True)
    left_over.write_text("what a playbook said of tlee", "utf-8")
    ended = dani_on_terminal(*PURGE, folder=folder, DANI_HOME=str(folder / "home"), DANI_CACHE="0", answer="yes\n")
    assert ended.code == 0
    assert "It can't be taken back." in ended.out
    assert not left_over.exists()
    again = dani(*PURGE, folder=folder)
    assert (again.code, again.out) == (
        0,
        "No changes. user.tlee was purged before, and the files are tidied again.\n",
    )
    run = json.loads(dani("runs", "--format", "json", folder=folder).out)["runs"][0]["id"]
    back = dani("rollback", run, "--approve", folder=folder)
    assert back.code == 4
    assert f"run {run} purged user.tlee, and that can't be taken back" in back.err
