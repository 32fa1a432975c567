"""Log: what is told besides the result, in lines on standard error and in records in a file.

A record holds what ``cli/record.py`` allows. Of a library's own messages its logger and a constant text are told, never
what was put into the text.
"""

import logging
import os
import sys
from pathlib import Path
from typing import IO, Any, TextIO, cast

from dani_playbook.cli import sinks

QUIET = "warning"
"""From this level on libraries are heard where nobody asked for a log."""


class HarmlessFormatter(logging.Formatter):
    """One line a record, and no traceback: it could hold values."""

    def format(self, record: logging.LogRecord) -> str:
        return sinks.terminal(f"{record.levelname.lower()} {record.name}: {constant_text(record)}")


def constant_text(record: logging.LogRecord) -> str:
    """What a library says where it wrote it as it stands; where it put values into it, only the place."""
    if isinstance(record.msg, str) and _is_written_so(record):
        return record.msg
    return f"{Path(record.pathname).stem}:{record.lineno}"


def _is_written_so(record: logging.LogRecord) -> bool:
    """Whether the text is a constant of the function that logs; that function is still running."""
    frame = sys._getframe()  # noqa: SLF001 - the only way to the caller's code
    while frame.f_back is not None:
        frame = frame.f_back
        if (frame.f_code.co_filename, frame.f_lineno) == (record.pathname, record.lineno):
            return record.msg in frame.f_code.co_consts
    return False


class _Lines(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A log that can't be written costs nobody the work; logging itself would print the record."""


class _File(logging.FileHandler):
    handleError = _Lines.handleError  # noqa: N815 - logging's name

    def _open(self) -> Any:
        """Appends; a new file is for its owner only, and a link is not followed."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8")


def set_up_log(stream: TextIO, level: str | None = None, file: Path | None = None) -> None:
    """Lines from ``level`` on go to ``stream``, records from ``level`` or info on to ``file``. Raises ``OSError``."""
    handlers: list[logging.Handler] = [_lines(stream, level)]
    if file is not None:
        handlers.append(_records(file, level or "info"))
    logging.lastResort = None
    logging.basicConfig(level=min(handler.level for handler in handlers), handlers=handlers, force=True)


def _lines(stream: IO[str], level: str | None) -> logging.Handler:
    handler = _Lines(cast(TextIO, stream))
    handler.setLevel((level or QUIET).upper())
    handler.setFormatter(HarmlessFormatter())
    if level is not None:
        from dani_playbook.cli.record import formatter, line

        handler.setFormatter(formatter(line))
    return handler


def _records(file: Path, level: str) -> logging.Handler:
    from dani_playbook.cli.record import formatter, record

    handler = _File(file)
    handler.setLevel(level.upper())
    handler.setFormatter(formatter(record))
    return handler
