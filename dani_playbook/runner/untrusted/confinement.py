"""Confinement: what a worker gives up before it reads the first byte of a stranger."""

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.runner.untrusted import seccomp

_MIB = 1024 * 1024
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = (
    "socket.", "subprocess.", "os.", "pty.", "ctypes.", "pickle.", "marshal.", "shutil.", "tempfile.", "sqlite3.",
    "urllib.", "http.", "smtplib.", "ftplib.", "imaplib.", "poplib.", "telnetlib.", "webbrowser.", "mmap.", "import",
    "exec", "code.__new__", "function.__new__", "signal.pthread_kill", "setopencodehook", "builtins.input",
    "syslog.", "fcntl.flock", "fcntl.lockf", "resource.setrlimit", "resource.prlimit",
)  # fmt: skip
_READING = ("os.scandir", "os.listdir", "os.fwalk", "os.walk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a worker may use. ``memory`` is beyond what the process has already; ``kill`` ends it at a forbidden call."""

    cpu_s: int = 10
    wall_s: float = 30.0
    memory: int = 384 * _MIB
    answer: int = 32 * _MIB
    files: int = 64
    kill: bool = False


def give_up(bounds: Bounds, answers: int, keep: int, refused: Callable[[str], None]) -> None:
    """Descriptors, environment, limits, and all calls but those that read. There is no way back.

    ``answers`` is written to and ``keep`` read from. ``refused`` is told what was tried, where Python notices it first.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.clear()
    _close_others({answers, keep})
    _limit(bounds)
    folders = _readable()
    seccomp.confine(answers, kill=bounds.kill)
    sys.addaudithook(_hook(refused, folders))


def _close_others(kept: set[int]) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    start = 3
    for descriptor in [*sorted(kept), 1 << 16]:
        os.closerange(start, descriptor)
        start = descriptor + 1


def _limit(bounds: Bounds) -> None:
    limits = {
        resource.RLIMIT_CPU: bounds.cpu_s,
        resource.RLIMIT_NOFILE: bounds.files,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    if (size := _size()) is not None:
        limits[resource.RLIMIT_AS] = size + bounds.memory
    for limit, value in limits.items():
        hard = resource.getrlimit(limit)[1]
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (least, least))


def _size() -> int | None:
    """How much address space this process has already; ``None`` where the system doesn't tell."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return None


def _readable() -> tuple[str, ...]:
    """Where time zones lie: they are looked up by the names that a schedule gives."""
    import zoneinfo

    return (*zoneinfo.TZPATH, *(str(Path(folder) / "tzdata") for folder in sys.path if folder))


def _hook(refused: Callable[[str], None], folders: tuple[str, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    starts = tuple(f"{folder.rstrip('/')}/" for folder in folders)

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if not _may_open(arguments, starts):
                refused(f"open {arguments[0]!r}")
        elif event.startswith(_REFUSED) and event not in _READING:
            refused(f"import {arguments[0]}" if event == "import" else event)

    return look


def _may_open(arguments: tuple[Any, ...], starts: tuple[str, ...]) -> bool:
    """A part of a name below an open folder, or a time zone; never to write."""
    path, _, flags = arguments
    if isinstance(flags, int) and flags & _WRITING:
        return False
    text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
    return "/" not in text or (text.startswith(starts) and ".." not in text)
