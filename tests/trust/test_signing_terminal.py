"""Signing in and revealing on a real terminal: what is typed isn't shown, and what is masked is."""

import os
import pty
import select
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.program import PATIENCE_S, dani, environment

PLAYBOOK = """\
version: 1
users:
  boss: {email: boss@a.example, first_name: Bo, roles: [admin], mobile: '+49 30 5555512'}
"""
PASSWORD = "tall ships sail at dawn"
Answers = Sequence[tuple[str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "dani.yaml").write_text("version: 1\n", "utf-8")
    (tmp_path / "playbooks" / "a.yaml").write_text(PLAYBOOK, "utf-8")
    assert dani("apply", "--approve", folder=tmp_path).code == 0
    return tmp_path


def talk(folder: Path, *arguments: str, answers: Answers = (), **more: str) -> tuple[int, str]:
    """Runs ``dani`` on a terminal and types each answer once its question is shown; gives the code and the screen."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        variables = environment(DANI_HOME=str(folder / "home"), TERM="dumb", COLUMNS="100", **more)
        os.execve(sys.executable, [sys.executable, "-m", "dani_playbook", *arguments], variables)
    shown, waiting, seen = b"", list(answers), 0
    while chunk := _read(terminal):
        shown += chunk
        if waiting and (at := shown.find(waiting[0][0].encode(), seen)) >= 0:
            seen = at + len(waiting[0][0])
            os.write(terminal, f"{waiting.pop(0)[1]}\n".encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    ready, _, _ = select.select([terminal], [], [], PATIENCE_S)
    try:
        return os.read(terminal, 65536) if ready else b""
    except OSError:
        return b""


def test_a_password_is_typed_twice_and_never_shown_and_a_masked_value_is(folder: Path) -> None:
    typed = [("New password: ", PASSWORD), ("The same again: ", PASSWORD)]
    code, screen = talk(folder, "user", "password", "user.boss", answers=typed)
    assert (code, PASSWORD in screen, "user.boss has a new password." in screen) == (0, False, True)
    code, screen = talk(folder, "login", answers=[("E-mail: ", "boss@a.example"), ("Password: ", PASSWORD)])
    assert (code, PASSWORD in screen, "user.boss  signed in since" in screen) == (0, False, True)
    line = ("explain", "user.boss.mobile", "--reveal", "--reason", "asked")
    code, screen = talk(folder, *line)
    assert (code, "5555512" in screen.replace(" ", "")) == (0, True)
    code, screen = talk(folder, *line, CI="true")
    assert (code, "5555512" in screen.replace(" ", ""), "--force-reveal" in screen) == (5, False, True)


def test_two_different_passwords_change_nothing(folder: Path) -> None:
    typed = [("New password: ", PASSWORD), ("The same again: ", PASSWORD + "!")]
    code, screen = talk(folder, "user", "password", "user.boss", answers=typed)
    assert (code, "both passwords differ" in screen) == (64, True)


@pytest.mark.parametrize("line", ["login boss@a.example", "login", "user password user.boss"])
def test_where_nobody_can_type_it_is_said_how_to_give_a_password(folder: Path, line: str) -> None:
    ended = dani(*line.split(), folder=folder, DANI_HOME=str(folder / "home"))
    assert (ended.code, "--password-stdin" in ended.err) == (64, True)
