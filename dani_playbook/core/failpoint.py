"""Failpoints: named places where a test lets a run die, stop, fail or lose its database.

Nothing is armed in an ordinary call, and a place then costs one look at an empty dictionary.
"""

import os
import re
import signal
import time
from collections.abc import Callable, Mapping

from dani_playbook.core.dataclass import dataclass

NAMES = (
    "verify.plan", "verify.secrets", "verify.restored", "verify.durable",
    "lock.before", "lock.after_hold", "lock.after_token", "lock.heartbeat", "lock.release", "lock.break",
    "recover.start", "recover.each", "recover.end",
    "journal.run_created.before", "journal.run_created.after_write", "journal.run_created.after_commit",
    "pivot.begin", "pivot.after_lock", "pivot.after_look", "pivot.after_rows", "pivot.after_readback",
    "pivot.after_journal", "pivot.after_audit", "pivot.before_commit", "pivot.after_commit",
    "refresh.before_commit",
    "outcome.before", "outcome.after",
    "final.before", "final.after_write", "final.after_commit",
    "audit.insert", "audit.checkpoint",
    "restored.before", "restored.after_note",
)  # fmt: skip
"""Every place there is. ``*`` in a programme stands for all of them."""

_RULE = re.compile(r"(?P<name>[a-z_.*]+)=(?P<action>[a-z_]+)(?::(?P<seconds>[0-9.]+))?(?:#(?P<nth>[1-9][0-9]*))?")

Action = Callable[[str], None]
"""What happens at a place; it is given its name."""


class FailpointError(Exception):
    """What the action ``raise`` raises; an error that nobody foresaw."""


@dataclass(slots=True)
class _Rule:
    """``action`` at the ``nth`` time that the place is reached, at each time where it is 0."""

    action: Action
    nth: int
    reached: int = 0


_armed: dict[str, list[_Rule]] = {}


def failpoint(name: str) -> None:
    """The place called ``name``."""
    if _armed:
        _reach(name)


def _reach(name: str) -> None:
    if name not in NAMES:
        raise LookupError(f"no failpoint is called {name}")
    for rule in (*_armed.get("*", ()), *_armed.get(name, ())):
        rule.reached += 1
        if rule.nth in (0, rule.reached):
            rule.action(name)


def arm(programme: str, actions: Mapping[str, Action] | None = None) -> None:
    """Arms ``name=action[:seconds][#nth]``, several separated by ``;``, in place of what was armed before.

    Actions are kill, stop, raise and sleep, and those in ``actions``. Raises ``ValueError`` for what means nothing.
    """
    rules: dict[str, list[_Rule]] = {}
    for text in filter(None, programme.split(";")):
        found = _RULE.fullmatch(text)
        if not found or found["name"] not in (*NAMES, "*"):
            raise ValueError(f"{text} is no failpoint")
        rule = _Rule(_action(found["action"], float(found["seconds"] or 0), actions or {}), int(found["nth"] or 0))
        rules.setdefault(found["name"], []).append(rule)
    _armed.clear()
    _armed.update(rules)


def disarm() -> None:
    """Nothing is armed any more."""
    _armed.clear()


def _action(name: str, seconds: float, more: Mapping[str, Action]) -> Action:
    def fail(place: str) -> None:
        raise FailpointError(place)

    known: dict[str, Action] = {
        "kill": lambda place: os.kill(os.getpid(), signal.SIGKILL),
        "stop": lambda place: os.kill(os.getpid(), signal.SIGSTOP),
        "raise": fail,
        "sleep": lambda place: time.sleep(seconds),
        **more,
    }
    if name not in known:
        raise ValueError(f"{name} is no action of a failpoint")
    return known[name]
