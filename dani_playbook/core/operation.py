"""The contract of an imperative operation: ask first, run once, keep the receipt."""

from typing import Protocol

from dani_playbook.core.values import Fields


class Operation(Protocol):
    """Something done rather than declared: send, export, rotate, archive."""

    name: str
    """``module.verb_object``, as written on the command line and in playbooks."""

    reversible: bool

    def needed(self, args: Fields) -> str | None:
        """Why it must run now, or ``None`` when its effect is already there."""
        ...

    def run(self, args: Fields) -> Fields:
        """Do it, and return the receipt that ``undo`` will need."""
        ...

    def undo(self, args: Fields, receipt: Fields) -> None:
        """Take it back. Called only when ``reversible``."""
        ...
