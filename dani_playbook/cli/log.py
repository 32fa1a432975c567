"""Log: what is told on standard error besides the result."""

import logging
from typing import TextIO

from dani_playbook.cli import sinks


class HarmlessFormatter(logging.Formatter):
    """One line a record, and no traceback: it could hold values."""

    def format(self, record: logging.LogRecord) -> str:
        return sinks.terminal(f"{record.levelname.lower()} {record.name}: {record.getMessage()}")


def set_up_log(level: str, stream: TextIO) -> None:
    """Everything from ``level`` upwards goes to ``stream``."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(HarmlessFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
