"""What a worker gives up: each thing that it may not do is tried, with each of the two belts alone."""

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dani_playbook.runner.untrusted import confinement, seccomp
from dani_playbook.runner.untrusted.confinement import Bounds
from dani_playbook.runner.untrusted.worker import Stopped, Work, answer_of

LIBRARY = ctypes.CDLL(None, use_errno=True)
confined = pytest.mark.skipif(not seccomp.available(), reason="needs Linux on x86_64 or aarch64")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "a.txt").write_text("inside")
    handle = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield handle
    os.close(handle)


def read(handle: int, name: str) -> bytes:
    file = os.open(name, os.O_RDONLY, dir_fd=handle)
    return os.read(file, 100)


Attempt = Callable[[int], object]
FORBIDDEN: dict[str, Attempt] = {
    "a shell": lambda handle: os.system("true") == 0,
    "a program": lambda handle: subprocess.run(["true"], check=True),
    "another program in its place": lambda handle: os.execv("/bin/true", ["true"]),
    "another process": lambda handle: os.fork(),
    "a socket": lambda handle: socket.socket(),
    "a socket of this machine": lambda handle: socket.socket(socket.AF_UNIX),
    "a pair of sockets": lambda handle: socket.socketpair(),
    "a file to write": lambda handle: os.open("new", os.O_WRONLY | os.O_CREAT, dir_fd=handle),
    "a file to append to": lambda handle: os.open("a.txt", os.O_WRONLY | os.O_APPEND, dir_fd=handle),
    "a new folder": lambda handle: os.mkdir("new", dir_fd=handle),
    "a deletion": lambda handle: os.unlink("a.txt", dir_fd=handle),
    "a new name": lambda handle: os.rename("a.txt", "b.txt", src_dir_fd=handle, dst_dir_fd=handle),
    "a link": lambda handle: os.symlink("/etc/passwd", "link", dir_fd=handle),
    "a signal": lambda handle: os.kill(os.getppid(), 0),
    "other rights": lambda handle: os.chmod("a.txt", 0o777, dir_fd=handle),
}  # fmt: skip
RAW: dict[str, Attempt] = {
    "ptrace": lambda handle: LIBRARY.ptrace(0, 0, 0, 0) == 0,
    "mount": lambda handle: LIBRARY.mount(b"a", b"/tmp", b"tmpfs", 0, None) == 0,
    "unshare": lambda handle: LIBRARY.unshare(0x10000000) == 0,
    "memory that runs": lambda handle: LIBRARY.mprotect(_page(), 4096, 5) == 0,
    "a longer life": lambda handle: LIBRARY.setrlimit(0, ctypes.byref((ctypes.c_ulong * 2)(1, 1))) == 0,
}


def _page() -> ctypes.c_void_p:
    return ctypes.c_void_p(ctypes.addressof(PAGE) & ~4095)


PAGE = ctypes.create_string_buffer(3 * 4096)


def outcome(attempt: Attempt) -> Callable[[int], Work]:
    def work(handle: int) -> Work:
        def answer(tell: Callable[[str], None]) -> bytes:
            try:
                return b"did" if attempt(handle) is not False else b"refused"
            except (OSError, subprocess.SubprocessError):
                return b"refused"

        return answer

    return work


@pytest.mark.parametrize("name", FORBIDDEN)
def test_python_itself_ends_a_worker_that_tries_what_it_may_not(
    name: str, folder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seccomp, "confine", lambda answers, kill: False)
    with pytest.raises(Stopped, match="tried what reading never does"):
        answer_of(outcome(FORBIDDEN[name])(folder), Bounds(), folder)


@confined
@pytest.mark.parametrize("name", [*FORBIDDEN, *RAW])
def test_the_kernel_refuses_it_where_python_looks_away(name: str, folder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_hook", lambda refused, folders: lambda event, arguments: None)
    assert answer_of(outcome({**FORBIDDEN, **RAW}[name])(folder), Bounds(), folder) == b"refused"


@confined
def test_the_kernel_can_end_it_at_once(folder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_hook", lambda refused, folders: lambda event, arguments: None)
    with pytest.raises(Stopped, match="forbidden system call"):
        answer_of(outcome(FORBIDDEN["a socket"])(folder), Bounds(kill=True), folder)


@pytest.mark.parametrize("name", ["a shell", "a pair of sockets", "a new folder", "a link", "another process"])
def test_without_both_belts_all_of_it_happens(name: str, folder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "confine", lambda answers, kill: False)
    monkeypatch.setattr(confinement, "_hook", lambda refused, folders: lambda event, arguments: None)
    monkeypatch.setattr(confinement.resource, "RLIMIT_NPROC", confinement.resource.RLIMIT_CORE)

    def attempt(handle: int) -> object:
        made = FORBIDDEN[name](handle)
        return os._exit(0) if name == "another process" and made == 0 else made

    assert answer_of(outcome(attempt)(folder), Bounds(), folder) == b"did"


@pytest.mark.parametrize("path", ["/etc/passwd", "../a.txt", "/proc/self/environ", "/dev/zero"])
def test_files_outside_of_the_tree_aren_t_opened(path: str, folder: int) -> None:
    with pytest.raises(Stopped, match="open"):
        answer_of(lambda tell: read(folder, path), Bounds(), folder)


def test_a_file_of_the_tree_is_read(folder: int) -> None:
    assert answer_of(lambda tell: read(folder, "a.txt"), Bounds(), folder) == b"inside"


def test_no_variable_of_the_caller_is_there(folder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANI_CANARY", "secret")
    assert answer_of(lambda tell: repr(dict(os.environ)).encode(), Bounds(), folder) == b"{}"


def test_no_open_file_of_the_caller_is_there(folder: int, tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open() as file:
        number = file.fileno()

        def work(tell: Callable[[str], None]) -> bytes:
            try:
                return os.read(number, 10)
            except OSError:
                return b"closed"

        assert answer_of(work, Bounds(), folder) == b"closed"


def endless(tell: Callable[[str], None]) -> bytes:
    tell("playbooks/a.yaml")
    while True:
        pass


@pytest.mark.parametrize(
    ("work", "bounds", "why"),
    [
        (endless, Bounds(cpu_s=1), "1 seconds of the processor"),
        (endless, Bounds(wall_s=0.2), "longer than 0.2 seconds"),
        (lambda tell: bytes(600 << 20), Bounds(), "MB of memory"),
        (lambda tell: bytes(2 << 20), Bounds(answer=1 << 20), "says more than 1 MB"),
        (lambda tell: ctypes.string_at(0), Bounds(), "broke down|never does"),
        (lambda tell: 1 / 0, Bounds(), "ZeroDivisionError in test_untrusted_worker.py"),
        (lambda tell: os._exit(0), Bounds(), "reading failed"),
    ],
)
def test_a_worker_that_goes_too_far_is_stopped_in_time(work: Work, bounds: Bounds, why: str, folder: int) -> None:
    begun = time.monotonic()
    with pytest.raises(Stopped, match=why):
        answer_of(work, bounds, folder)
    assert time.monotonic() - begun < 10


def test_the_file_that_was_being_read_is_named(folder: int) -> None:
    with pytest.raises(Stopped) as raised:
        answer_of(endless, Bounds(wall_s=0.2), folder)
    assert raised.value.file == "playbooks/a.yaml"


def test_many_names_and_a_large_answer_come_through(folder: int) -> None:
    def work(tell: Callable[[str], None]) -> bytes:
        for number in range(20_000):
            tell(f"playbooks/{number}.yaml")
        return b"x" * 5_000_000

    assert answer_of(work, Bounds(), folder) == b"x" * 5_000_000


def test_the_machines_that_seccomp_knows_are_named() -> None:
    assert seccomp.available() == (sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64"))
