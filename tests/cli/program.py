"""``dani`` as people and programs start it: in a process of its own, without a terminal or on one."""

import os
import pty
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str = ""


def environment(**more: str) -> dict[str, str]:
    """A clean environment: nothing that this machine or its CI sets changes what is printed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "DANI_ACTOR": "tester", "PYTHONDONTWRITEBYTECODE": "1"} | more


def dani(*arguments: str, folder: Path, text: str = "", **more: str) -> Ended:
    """Runs ``dani`` on pipes."""
    done = subprocess.run(
        [sys.executable, "-m", "dani_playbook", *arguments],
        cwd=folder,
        env=environment(**more),
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def dani_on_terminal(*arguments: str, folder: Path, answer: str = "", columns: int = 100, **more: str) -> Ended:
    """Runs ``dani`` on a terminal and types ``answer`` once it asks."""
    child, terminal = pty.fork()
    if child == 0:
        # A shell's background job ignores it, and so would everything that it starts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(folder)
        variables = environment(TERM="xterm-256color", COLUMNS=str(columns), **more)
        os.execve(sys.executable, [sys.executable, "-m", "dani_playbook", *arguments], variables)
    shown = b""
    while chunk := _read(terminal):
        shown += chunk
        if answer and b"Only yes is a yes" in shown:
            os.write(terminal, answer.encode())
            answer = ""
    os.close(terminal)
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    """What is shown next; empty at the end."""
    ready, _, _ = select.select([terminal], [], [], PATIENCE_S)
    try:
        return os.read(terminal, 65536) if ready else b""
    except OSError:
        return b""
