"""Who has the lock, and taking it away from who can't give it back."""

from datetime import datetime
from typing import Any

from dani_playbook.core.access import Action
from dani_playbook.core.errors import UsageError
from dani_playbook.core.memory import Holder, LockState
from dani_playbook.runner.documents import Result, moment_text
from dani_playbook.runner.session import Session


def lock_show(session: Session) -> Result:
    """The lock as it is now."""
    session.gate.require(Action.LOOK)
    return Result(document=lock_document(session.memory.holder(), session.clock()))


def lock_document(holder: Holder, now: datetime) -> dict[str, Any]:
    """``dani.lock/1``. ``age_s`` is how long ago the holder was heard of; ``broken`` is for who breaks it."""
    free = holder.state is LockState.FREE
    return {
        "format": "dani.lock/1",
        "token": holder.token,
        "state": holder.state.value,
        "holder": holder.name or None,
        "host": holder.host or None,
        "pid": None if free else holder.pid,
        "backend": holder.backend or None,
        "run": holder.run or None,
        "since": moment_text(holder.since),
        "heartbeat": moment_text(holder.heartbeat),
        "age_s": max(0, int((now - holder.heartbeat).total_seconds())) if holder.heartbeat else None,
        "broken": None,
    }


def lock_break(session: Session, token: int, reason: str) -> Result:
    """Takes the lock away from who has it with ``token``, dead or alive; what that one does next writes nothing.

    Raises ``UsageError`` without a reason, ``PlanRefused`` where nobody has it and ``PlanStale`` for another token.
    """
    if not reason.strip():
        raise UsageError("a lock is broken for a reason", hint='say it: --reason "the machine hangs since 02:10"')
    session.gate.require(Action.BREAK_LOCK)
    before = session.memory.holder()
    ended = session.memory.break_lock(token, session.actor, session.clock(), reason.strip())
    broken = {"token": token, "holder": before.name, "host": before.host, "pid": before.pid, "run": before.run}
    document = lock_document(session.memory.holder(), session.clock())
    return Result(document={**document, "broken": {**broken, "connection_ended": ended}})
