"""Watching: what a project writes while nobody asked it to."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_WRITES = re.compile(
    r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE(?:\s+TABLE)?)\s+[\"`\[]?(\w+)", re.IGNORECASE
)
_OURS = "dani_state_"


@dataclass
class Writes:
    """``rows`` counts statements that write, by table, dani's own aside; ``signals`` saves and deletions of models."""

    rows: Counter[str] = field(default_factory=Counter)
    signals: int = 0

    @property
    def number(self) -> int:
        return max(sum(self.rows.values()), self.signals)

    def opened(self, sender: Any, connection: Any, **more: Any) -> None:
        if self.sent not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.sent)

    def sent(self, execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        found = _WRITES.match(str(sql))
        if found and not found[1].startswith(_OURS):
            self.rows[found[1]] += 1
        return execute(sql, parameters, many, context)

    def signalled(self, sender: Any, **more: Any) -> None:
        if not sender._meta.db_table.startswith(_OURS):  # noqa: SLF001 - the only way to a model's table
            self.signals += 1


@contextmanager
def watched() -> Iterator[Writes]:
    """What is written meanwhile, from the start of the project on."""
    from django.db import connections
    from django.db.backends.signals import connection_created
    from django.db.models import signals

    writes = Writes()
    connection_created.connect(writes.opened)
    for signal in (signals.pre_save, signals.pre_delete):
        signal.connect(writes.signalled)
    try:
        yield writes
    finally:
        connection_created.disconnect(writes.opened)
        for signal in (signals.pre_save, signals.pre_delete):
            signal.disconnect(writes.signalled)
        for connection in connections.all(initialized_only=True):
            if writes.sent in connection.execute_wrappers:
                connection.execute_wrappers.remove(writes.sent)
