"""Afterwards: what the live system does once a transaction is committed. All of it is done, and what failed is told."""

from collections.abc import Callable
from typing import Any

from django.db import connections

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import NeedsPerson

Work = Callable[[], object]


@dataclass(slots=True)
class Afterwards:
    """``failed`` names the sorts of errors, as often as there were any."""

    using: str
    failed: list[str]

    def take_over(self) -> None:
        """Before the commit. Django would leave out all handlers that come behind one that fails."""
        connection: Any = connections[self.using]
        connection.run_on_commit = [
            (savepoints, work if is_robust else self._guarded(work), is_robust)
            for savepoints, work, is_robust in connection.run_on_commit
        ]

    def _guarded(self, work: Work) -> Work:
        def guarded() -> None:
            try:
                work()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a project's handler raises
                self.failed.append(type(error).__name__)

        return guarded

    def raise_if_failed(self) -> None:
        """Raises ``NeedsPerson``: what was written stays."""
        if self.failed:
            sorts = ", ".join(f"{self.failed.count(name)} × {name}" for name in sorted(set(self.failed)))
            raise NeedsPerson(
                f"what the live system does after a commit failed ({sorts})",
                hint="what was written stays; do by hand what its on_commit handlers would have done",
            )
