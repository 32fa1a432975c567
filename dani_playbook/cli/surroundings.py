"""Surroundings: what one call finds around it. The only place that looks at the process."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from time import monotonic
from typing import IO, TextIO, cast

from dani_playbook.cli.render import Surface
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.hidden import Variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Streams, environment variables and a moment, as they were when ``dani`` was called.

    ``clock`` counts seconds from anywhere, for telling how long something took.
    """

    environ: Mapping[str, str] = field(repr=False)
    now: datetime
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    random: Callable[[int], bytes] = os.urandom
    clock: Callable[[], float] = monotonic

    @classmethod
    def of_process(cls) -> "Surroundings":
        """A stream that was closed before the start reads and writes nothing."""
        return cls(
            environ=Variables(dict(os.environ)),
            now=datetime.now(UTC),
            stdin=sys.stdin or _nowhere("r"),
            stdout=sys.stdout or _nowhere("w"),
            stderr=sys.stderr or _nowhere("w"),
        )

    @property
    def can_ask(self) -> bool:
        """Somebody is there who can read a question and answer it."""
        return is_terminal(self.stdin) and is_terminal(self.stderr) and not self.environ.get("CI")

    @property
    def is_debugging(self) -> bool:
        return bool(self.environ.get("DANI_DEBUG"))

    def surface(self, stream: IO[str], *, plain: bool) -> Surface:
        """How to draw on ``stream``; ``plain`` is what ``--no-color`` says."""
        from shutil import get_terminal_size

        width = get_terminal_size().columns if is_terminal(stream) else None
        return Surface(width=width, colour=has_colour(self.environ, is_terminal(stream), plain=plain))


def _nowhere(mode: str) -> TextIO:
    return cast(TextIO, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123 - until the process ends


def is_terminal(stream: IO[str] | None) -> bool:
    """False also for a stream that is closed or missing."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def has_colour(environ: Mapping[str, str], on_terminal: bool, *, plain: bool) -> bool:
    """``--no-color``, ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM=dumb`` win in this order over what is found."""
    if plain or environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") != "0":
        return True
    return on_terminal and environ.get("TERM") != "dumb"
