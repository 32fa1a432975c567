"""Crew: several processes read files at once; whoever is free takes the next one.

What each has read it puts into memory that it shares with the first process, and tells through a pipe where. What it
doesn't tell, since it has died or there was no room, the first process reads itself.
"""

import atexit
import gc
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from mmap import mmap

from dani_playbook.core.dataclass import dataclass

Read = Callable[[int], bytes | None]
"""Gives what is in the file with this number, or nothing."""

_NUMBER = struct.Struct("=I")
_TOLD = struct.Struct("=IIQ")


@dataclass(frozen=True, slots=True)
class _Worker:
    pid: int
    pipe: int
    memory: mmap


class Crew:
    """Begins at once: ``count`` processes read ``numbers`` in their order. Call ``close`` in the end."""

    def __init__(self, read: Read, numbers: Sequence[int], count: int, room: int) -> None:
        see_off()
        self._queue, write = os.pipe()
        self._workers: list[_Worker] = []
        try:
            os.set_blocking(write, False)
            with suppress(BlockingIOError):
                for number in numbers:
                    os.write(write, _NUMBER.pack(number))
        finally:
            os.close(write)
        with suppress(OSError):
            for _ in range(count):
                self._workers.append(_started(read, self._queue, room))

    def next(self) -> int | None:
        """A file that nobody has taken yet."""
        data = os.read(self._queue, _NUMBER.size)
        return _NUMBER.unpack(data)[0] if data else None

    def results(self) -> Iterator[tuple[int, bytes | None]]:
        """What the others have read; waits for what they are still at when all else was taken."""
        for worker in self._workers:
            while told := _read_whole(worker.pipe):
                number, length, start = _TOLD.unpack(told)
                yield number, worker.memory[start : start + length] if length else None

    def close(self) -> None:
        """Ends what is still running. Nobody waits until what a process held is given back."""
        os.close(self._queue)
        for worker in self._workers:
            os.close(worker.pipe)
            with suppress(OSError):
                os.kill(worker.pid, 9)
            worker.memory.close()
            _ending.append(worker.pid)
        self._workers.clear()
        see_off()


_ending: list[int] = []
"""Processes that were told to end."""


def see_off(*, wait: bool = False) -> None:
    """Takes leave of those that have ended; the others are asked again with the next crew, and when this process ends."""
    asked = list(_ending)
    _ending.clear()
    for pid in asked:
        with suppress(OSError):
            if os.waitpid(pid, 0 if wait else os.WNOHANG) == (0, 0):
                _ending.append(pid)


atexit.register(see_off, wait=True)


def _started(read: Read, queue: int, room: int) -> _Worker:
    memory = mmap(-1, room)
    pipe, told = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(pipe)
        os.close(told)
        raise
    if pid:
        os.close(told)
        return _Worker(pid, pipe, memory)
    try:
        gc.disable()
        os.close(pipe)
        _work(read, queue, told, memory)
        os._exit(0)
    finally:
        # Whatever went wrong: nothing of the first process is ended twice, and nothing is said in its name.
        os._exit(1)


def _work(read: Read, queue: int, told: int, memory: mmap) -> None:
    start = 0
    while data := os.read(queue, _NUMBER.size):
        number = _NUMBER.unpack(data)[0]
        found = read(number) or b""
        if start + len(found) > len(memory):
            continue
        memory[start : start + len(found)] = found
        os.write(told, _TOLD.pack(number, len(found), start))
        start += len(found)
    os.close(told)  # said before the end, which takes its time


def _read_whole(pipe: int) -> bytes:
    data = b""
    while len(data) < _TOLD.size and (more := os.read(pipe, _TOLD.size - len(data))):
        data += more
    return data if len(data) == _TOLD.size else b""
