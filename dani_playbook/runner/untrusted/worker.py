"""Worker: one piece of work in a forked process that can do nothing but read and answer, and only for so long."""

import os
import select
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from dani_playbook.core.dataclass import dataclass
from dani_playbook.runner.untrusted.confinement import Bounds, give_up

Tell = Callable[[str], None]
Work = Callable[[Tell], bytes]
"""What a worker does: it tells each name that it begins to read, and gives its answer."""

_FILE, _ANSWER, _FAILED, _TRIED = b"f", b"a", b"e", b"t"
_HEAD = struct.Struct(">cI")
_DONE, _NO_MEMORY, _BROKEN, _FORBIDDEN = 0, 71, 72, 73


class Stopped(Exception):
    """A worker that gave no answer: ``why`` as a sentence, and the ``file`` that it was at."""

    def __init__(self, why: str, file: str) -> None:
        super().__init__(why)
        self.why = why
        self.file = file


def answer_of(work: Work, bounds: Bounds, keep: int) -> bytes:
    """Does ``work`` in a process of its own; ``keep`` is the descriptor that it reads from. Raises ``Stopped``.

    Must be called before there are threads, and before a database is open. Cost: 2 to 5 ms.
    """
    end, answers = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(end)
        _be_worker(work, bounds, answers, keep)
    os.close(answers)
    heard = _Heard()
    try:
        late = not heard.listen(end, bounds)
        if late or heard.size > bounds.answer:
            os.kill(child, signal.SIGKILL)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(end)
        status = os.waitpid(child, 0)[1]
    return _answer(heard, os.waitstatus_to_exitcode(status), bounds, late=late)


@dataclass(slots=True)
class _Heard:
    """What has come through the pipe. Of names only the last one is kept."""

    rest: bytes = b""
    file: str = ""
    answer: bytes | None = None
    failed: str = ""
    tried: str = ""
    size: int = 0

    def listen(self, end: int, bounds: Bounds) -> bool:
        """Until the other side is closed or too much came; false where the time is over."""
        deadline = time.monotonic() + bounds.wall_s
        parts: list[bytes] = []
        while self.size <= bounds.answer:
            ready, _, _ = select.select([end], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                return False
            part = os.read(end, 1 << 20)
            if not part:
                break
            self.size += len(part)
            parts.append(part)
            if len(part) < 1 << 16:
                parts = [self._taken(b"".join(parts))]
        self._taken(b"".join(parts))
        return True

    def _taken(self, data: bytes) -> bytes:
        """Takes every whole message; gives the rest."""
        for kind, body in (messages := _Messages(data)):
            if kind == _FILE:
                self.file = body.decode("utf-8", "replace")
            elif kind == _ANSWER:
                self.answer = body
            elif kind == _FAILED:
                self.failed = body.decode("utf-8", "replace")
            elif kind == _TRIED:
                self.tried = body.decode("utf-8", "replace")
        return data[messages.at :]


class _Messages:
    """The whole messages in ``data``, and where the rest begins."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        while self.at + _HEAD.size <= len(self.data):
            kind, length = _HEAD.unpack_from(self.data, self.at)
            start = self.at + _HEAD.size
            if start + length > len(self.data):
                return
            self.at = start + length
            yield kind, self.data[start : self.at]


def _answer(heard: _Heard, code: int, bounds: Bounds, *, late: bool) -> bytes:
    if code == _DONE and heard.answer is not None and not late and heard.size <= bounds.answer:
        return heard.answer
    raise Stopped(_why(heard, code, bounds, late=late), heard.file)


def _why(heard: _Heard, code: int, bounds: Bounds, *, late: bool) -> str:
    if late:
        return f"it took longer than {bounds.wall_s:g} seconds"
    if heard.size > bounds.answer:
        return f"it says more than {bounds.answer // (1024 * 1024)} MB"
    if code == -signal.SIGKILL and not heard.failed:
        code = -signal.SIGXCPU
    tried = heard.tried or "a forbidden system call"
    reasons = {
        -signal.SIGXCPU: f"it took more than {bounds.cpu_s} seconds of the processor",
        _NO_MEMORY: f"it took more than {bounds.memory // (1024 * 1024)} MB of memory",
        -signal.SIGABRT: f"it took more than {bounds.memory // (1024 * 1024)} MB of memory",
        _FORBIDDEN: f"it tried what reading never does ({tried})",
        -signal.SIGSYS: f"it tried what reading never does ({tried})",
        -signal.SIGSEGV: "the parser broke down",
    }
    return reasons.get(code, f"the reading failed ({heard.failed or f'exit {code}'})")


def _be_worker(work: Work, bounds: Bounds, answers: int, keep: int) -> None:
    """Never comes back."""
    code = _BROKEN
    try:

        def refused(tried: str) -> None:
            _send(answers, _TRIED, tried)
            os._exit(_FORBIDDEN)

        give_up(bounds, answers, keep, refused)
        _send_bytes(answers, _ANSWER, work(lambda name: _send(answers, _FILE, name)))
        code = _DONE
    except MemoryError:
        code = _NO_MEMORY
    except BaseException as error:  # noqa: BLE001 - what is wrong here is told on the other side
        with suppress(BaseException):
            _send(answers, _FAILED, _place(error))
    finally:
        os._exit(code)


def _place(error: BaseException) -> str:
    """The kind of an error and where it was raised; never its text, which may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""  # noqa: PTH119 - a name
    return f"{type(error).__name__}{where}"


def _send(answers: int, kind: bytes, text: str) -> None:
    _send_bytes(answers, kind, text.encode("utf-8", "backslashreplace")[:4_096])


def _send_bytes(answers: int, kind: bytes, body: bytes) -> None:
    data = memoryview(_HEAD.pack(kind, len(body)) + body)
    while data:
        data = data[os.write(answers, data) :]
