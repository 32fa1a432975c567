"""Counts the statements that are sent to databases, without looking at them."""

from collections.abc import Callable
from typing import Any


class QueryCount:
    """``number`` of statements since ``watch``. Nothing of Django is loaded before that."""

    def __init__(self) -> None:
        self.number = 0
        self._watched: list[Any] = []
        self._is_watching = False

    def watch(self) -> None:
        """From now on, on connections that are open and on those to come."""
        from django.conf import settings
        from django.db import connections
        from django.db.backends.signals import connection_created

        self._is_watching = True
        connection_created.connect(self._opened)
        for connection in connections.all(initialized_only=True) if settings.configured else ():
            self._opened(None, connection)

    def stop(self) -> None:
        """Leaves the connections as they were."""
        if self._is_watching:
            from django.db.backends.signals import connection_created

            connection_created.disconnect(self._opened)
        for connection in self._watched:
            connection.execute_wrappers.remove(self._count)
        self._watched.clear()

    def _opened(self, sender: Any, connection: Any, **more: Any) -> None:
        if self._count not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._count)
            self._watched.append(connection)

    def _count(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.number += 1
        return execute(sql, parameters, many, context)
