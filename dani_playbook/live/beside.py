"""Beside: whether saving one row also wrote into others of its table, as ordered lists, trees and counters do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from dani_playbook.core.dataclass import dataclass
from dani_playbook.live.columns import Model, meta

_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "SHOW", "PRAGMA")


@dataclass(slots=True)
class Beside:
    """``is_stale`` once a save has sent more than one statement that writes and names ``table``.

    What a trigger of the database does isn't seen.
    """

    table: str
    is_stale: bool = False
    sent: int = 0

    @contextmanager
    def one_save(self) -> Iterator[None]:
        """Around the save of one row."""
        self.sent = 0
        yield
        self.is_stale = self.is_stale or self.sent > 1

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        said = str(sql)  # a driver has statements that are no text
        if self.table in said and not said.lstrip().upper().startswith(_READS):
            self.sent += 1
        return execute(sql, params, many, context)


@contextmanager
def written_beside(model: Model, using: str) -> Iterator[Beside]:
    """Looks at what is sent meanwhile."""
    beside = Beside(meta(model).db_table)
    with connections[using].execute_wrapper(beside):
        yield beside
