"""Seccomp: from now on this process may ask the kernel for little more than memory and bytes of files.

Linux on x86_64 and aarch64; elsewhere ``available`` is false and nothing is done.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterator, Mapping

from dani_playbook.core.dataclass import dataclass

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 1
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
_EXECUTABLE = 4
_X32 = 0x40000000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000


@dataclass(frozen=True, slots=True)
class _Machine:
    """A processor's own numbers: ``mark`` as the kernel names it, the calls that are fine, and those asked closer."""

    mark: int
    plain: tuple[int, ...]
    openat: int
    mmap: int
    mprotect: int
    write: int


_MACHINES: Mapping[str, _Machine] = {
    "x86_64": _Machine(
        mark=0xC000003E,
        # read close stat fstat lstat poll lseek munmap brk rt_sigaction rt_sigprocmask rt_sigreturn pread64 access
        # sched_yield mremap madvise dup nanosleep getpid exit fcntl getcwd readlink gettimeofday sysinfo getuid getgid
        # geteuid getegid getppid sigaltstack gettid time futex sched_getaffinity getdents64 fadvise64 clock_gettime
        # clock_nanosleep exit_group newfstatat readlinkat faccessat set_robust_list getrandom membarrier statx rseq
        plain=(
            0, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 17, 21, 24, 25, 28, 32, 35, 39, 60, 72, 79, 89, 96, 99, 102, 104,
            107, 108, 110, 131, 186, 201, 202, 204, 217, 221, 228, 230, 231, 262, 267, 269, 273, 318, 324, 332, 334,
        ),
        openat=257, mmap=9, mprotect=10, write=1,
    ),
    "aarch64": _Machine(
        mark=0xC00000B7,
        # getcwd dup fcntl faccessat close getdents64 lseek read pread64 ppoll readlinkat newfstatat fstat exit exit_group
        # futex set_robust_list nanosleep clock_gettime clock_nanosleep sched_getaffinity sched_yield sigaltstack
        # rt_sigaction rt_sigprocmask rt_sigreturn gettimeofday getpid getppid getuid geteuid getgid getegid gettid
        # sysinfo brk munmap mremap fadvise64 madvise getrandom membarrier statx rseq
        plain=(
            17, 23, 25, 48, 57, 61, 62, 63, 67, 73, 78, 79, 80, 93, 94, 98, 99, 101, 113, 115, 123, 124, 132, 134, 135,
            139, 169, 172, 173, 174, 175, 176, 177, 178, 179, 214, 215, 216, 223, 233, 278, 283, 291, 293,
        ),
        openat=56, mmap=222, mprotect=226, write=64,
    ),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def available() -> bool:
    """Whether this machine is one of those that are known here."""
    return sys.platform == "linux" and sys.maxsize > 2**32 and platform.machine() in _MACHINES


def confine(answers: int, *, kill: bool) -> bool:
    """Refuses, or with ``kill`` ends the process at, every call that isn't needed to read and to answer.

    ``answers`` is the only descriptor that may be written to; files may be opened for reading only, and nothing that
    is mapped may be executed. Gives false where the machine or its kernel doesn't offer it.
    """
    if not available():
        return False
    code = b"".join(_program(_MACHINES[platform.machine()], answers, _KILL if kill else _REFUSE))
    text = ctypes.create_string_buffer(code)
    program = _Program(len(code) // 8, ctypes.addressof(text))
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(library.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _program(machine: _Machine, answers: int, otherwise: int) -> Iterator[bytes]:
    yield _step(_LOAD, _MACHINE)
    yield from _unless(_EQUAL, machine.mark, _KILL)
    yield _step(_LOAD, _NUMBER)
    yield from _when(_AT_LEAST, _X32, otherwise)
    for number in machine.plain:
        yield from _when(_EQUAL, number, _ALLOW)
    for number, argument, bits in (
        (machine.openat, 2, _WRITING),
        (machine.mmap, 2, _EXECUTABLE),
        (machine.mprotect, 2, _EXECUTABLE),
    ):
        yield _step(_EQUAL, number, 0, 4)
        yield _step(_LOAD, _ARGUMENTS + 8 * argument)
        yield from _when(_ANY_OF, bits, otherwise)
        yield _step(_RETURN, _ALLOW)
    yield _step(_EQUAL, machine.write, 0, 3)
    yield _step(_LOAD, _ARGUMENTS)
    yield from _when(_EQUAL, answers, _ALLOW)
    yield _step(_RETURN, otherwise)


def _when(test: int, value: int, answer: int) -> Iterator[bytes]:
    yield _step(test, value, 0, 1)
    yield _step(_RETURN, answer)


def _unless(test: int, value: int, answer: int) -> Iterator[bytes]:
    yield _step(test, value, 1, 0)
    yield _step(_RETURN, answer)


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
