"""Watching: what a project writes while nobody asked it to."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Any

from dani_playbook.core.dataclass import dataclass

_WRITES = re.compile(
    r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE(?:\s+TABLE)?)\s+[\"`\[]?(\w+)", re.IGNORECASE
)
_OURS = "dani_state_"


@dataclass
class Writes:
    """``rows`` counts statements that write, by table, dani's own aside. No signal is listened to: a check asks who does."""

    rows: Counter[str] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        return sum(self.rows.values())

    def opened(self, sender: Any, connection: Any, **more: Any) -> None:
        if self.sent not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.sent)

    def sent(self, execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        found = _WRITES.match(str(sql))
        if found and not found[1].startswith(_OURS):
            self.rows[found[1]] += 1
        return execute(sql, parameters, many, context)


@contextmanager
def watched() -> Iterator[Writes]:
    """What is written meanwhile, from the start of the project on."""
    from django.conf import settings
    from django.db import connections
    from django.db.backends.signals import connection_created

    writes = Writes()
    connection_created.connect(writes.opened)

    def opened() -> Iterable[Any]:
        """None where the settings can't be read: to ask would hide why."""
        return connections.all(initialized_only=True) if settings.configured else ()

    for connection in opened():
        writes.opened(None, connection)
    try:
        yield writes
    finally:
        connection_created.disconnect(writes.opened)
        for connection in opened():
            if writes.sent in connection.execute_wrappers:
                connection.execute_wrappers.remove(writes.sent)
