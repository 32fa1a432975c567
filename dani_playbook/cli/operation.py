"""Operation: one command as the log tells it, with a record where it begins and one where it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from dani_playbook.cli import failures
from dani_playbook.core.errors import DaniError

if TYPE_CHECKING:
    from dani_playbook.cli.invocation import Invocation

CORE = "playbook"
"""The module of commands that belong to no other: plan, apply and the like."""
_CHANGES = 2


def recorded(invocation: Invocation, names: Sequence[str], work: Callable[[], Any]) -> Any:
    """Does ``work``; where a log was asked for, tells that it begins, how it ended, and what it cost."""
    if not invocation.is_logging:
        return work()
    operation = _Operation(invocation, names)
    operation.tell("info", result="begun")
    try:
        answer = work()
    except BaseException as error:
        operation.end(exit_code_of(error), type(error).__name__)
        raise
    operation.end(answer if isinstance(answer, int) else 0)
    return answer


def exit_code_of(error: BaseException) -> int:
    """The exit code that an error will end in."""
    if isinstance(error, DaniError | click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return failures.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return failures.READER_GONE
    if isinstance(error, click.ClickException):
        return failures.usage_error(error).exit_code
    told = failures.of_the_machine(error) if isinstance(error, Exception) else None
    return told.exit_code if told else failures.BUG


class _Operation:
    def __init__(self, invocation: Invocation, names: Sequence[str]) -> None:
        from dani_playbook.cli.record import operation_log

        around = invocation.surroundings
        module, action = (CORE, names[0]) if len(names) == 1 else (names[0], "-".join(names[1:]))
        id = f"{module}_{action}_{around.now:%Y%m%d_%H%M%S}_{around.random(4).hex()}"
        self._log = operation_log().bind(module=module, action=action, operation_id=id)
        self._invocation = invocation
        self._begun = around.clock()

    def tell(self, level: str, **said: Any) -> None:
        from dani_playbook.cli.record import counts, moment

        took = self._seconds()
        document = self._invocation.written
        said["context"] = {"format": self._invocation.form, **(counts(document) if document else {})}
        at = moment(self._invocation.surroundings.now + timedelta(seconds=took))
        getattr(self._log, level)(None, timestamp=at, user=self._invocation.actor, **said)

    def end(self, code: int, error: str | None = None) -> None:
        self._invocation.queries.stop()
        took = round(1000 * self._seconds())
        result = {0: "success", _CHANGES: "changes"}.get(code, "failed")
        metrics = {"duration_ms": took, "memory_mb": _memory_mb(), "db_queries": self._invocation.queries.number}
        said = {"error": error} if error else {}
        level = "error" if result == "failed" else "info"
        self.tell(level, result=result, metrics=metrics, exit_code=code, **said)

    def _seconds(self) -> float:
        return self._invocation.surroundings.clock() - self._begun


def _memory_mb() -> int:
    """The most that the process has held so far."""
    from resource import RUSAGE_SELF, getrusage

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return getrusage(RUSAGE_SELF).ru_maxrss // unit
