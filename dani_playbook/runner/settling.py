"""Runs that nobody ended: what became of them, by looking, and how the last one is carried on."""

from collections.abc import Sequence
from typing import Any

from dani_playbook.core.access import Action
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import LiveLocked, NeedsPerson, PlanRefused
from dani_playbook.core.memory import Holder, LockState, Run, RunState
from dani_playbook.runner.asking import request_of
from dani_playbook.runner.documents import Result, run_document
from dani_playbook.runner.locking import lock_document
from dani_playbook.runner.planning import Planned
from dani_playbook.runner.restoring import HINT, restored
from dani_playbook.runner.session import Session

_BUSY = (LockState.ALIVE, LockState.STOPPED)
_SAYS = {
    "running": "its process is alive and has the lock",
    "closing": "its process is gone and nothing of it was written; the next run closes it",
    "not-written": "nothing of it was written",
    "written": "all of it was written",
    "unknown": "it has journal entries and isn't done: somebody changed the tables by hand",
}


def settle(session: Session, run_id: str | None = None) -> Result:
    """Closes runs whose process is gone, and tells what became of each. Changes nothing while somebody writes.

    Exit 6 where a living process has the lock, 7 where an outcome stays unknown or the database was put back.
    """
    session.gate.require(Action.SETTLE)
    wanted = session.one_run(run_id) if run_id else None
    ids = [run.id for run in session.memory.unfinished()]
    holder = close_dead(session)
    runs = [session.memory.run(id) for id in dict.fromkeys([wanted.id] if wanted else ids)]
    items = [_item(session, run, holder) for run in runs]
    older = restored(session)
    document = {
        "format": "dani.settlement/1",
        "runs": items,
        "lock": lock_document(holder, session.clock()),
        "restored": {"common": older.common, "lost": older.lost, "message": older.message, "hint": HINT}
        if older
        else None,
    }
    if older or any(item["outcome"] == "unknown" for item in items):
        return Result(document=document, exit_code=NeedsPerson.exit_code)
    return Result(document=document, exit_code=LiveLocked.exit_code if holder.state in _BUSY else 0)


def close_dead(session: Session) -> Holder:
    """Closes what died, where nobody writes; gives who has the lock."""
    holder = session.memory.holder()
    if holder.state in _BUSY or not session.memory.unfinished():
        return holder
    try:
        with session.memory.hold(session.actor):
            session.memory.recover()
    except LiveLocked:
        pass
    return session.memory.holder()


def _item(session: Session, run: Run, holder: Holder) -> dict[str, Any]:
    outcome = _outcome(session, run, holder)
    return {"run": run_document(run), "outcome": outcome, "message": _SAYS[outcome]}


def _outcome(session: Session, run: Run, holder: Holder) -> str:
    if run.state is RunState.SUCCEEDED:
        return "written"
    if run.state is RunState.ROLLED_BACK:
        return "not-written"
    if session.memory.entries(run.id):
        return "unknown"
    return "running" if holder.state in _BUSY and holder.run == run.id else "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """An interrupted run, and its plan made again; ``same`` where that is the plan that was interrupted."""

    run: Run
    planned: Planned

    @property
    def same(self) -> bool:
        return self.planned.plan.digest == self.run.plan_digest

    @property
    def document(self) -> dict[str, Any]:
        return {"format": "dani.resumption/1", "run": run_document(self.run), "same": self.same}


NOTHING: dict[str, Any] = {"format": "dani.resumption/1", "run": None, "same": None}


def resume(session: Session, run_id: str | None = None, *, reveal: bool = False) -> Resumption | None:
    """Settles, and plans the interrupted run again: the one that is named, else the newest that no later run followed.

    Nothing where there is none. Raises ``LiveLocked`` where a living process has the lock.
    """
    session.gate.require(Action.RESUME)
    holder = close_dead(session)
    if holder.state in _BUSY:
        raise LiveLocked(
            f"{holder.name} is writing: process {holder.pid} on {holder.host}",
            hint="dani lock show says whether it is alive",
        )
    run = session.one_run(run_id) if run_id else newest_interrupted(session.memory.runs())
    if run is None or run.state is not RunState.ROLLED_BACK:
        return None
    return Resumption(run=run, planned=_planned_again(session, run, reveal=reveal))


def newest_interrupted(runs: Sequence[Run]) -> Run | None:
    """Of runs, newest first, the first that died; what a run that succeeded came after is done with."""
    for run in runs:
        if run.state is RunState.SUCCEEDED:
            return None
        if run.died:
            return run
    return None


def _planned_again(session: Session, run: Run, *, reveal: bool) -> Planned:
    asked = run.request
    if person := asked.get("purges"):
        raise PlanRefused(
            f"run {run.id} was to forget {person}, and nothing of it was done",
            hint=f"begin again: dani user purge {person} --reason WHY",
        )
    if file := asked.get("plan_file"):
        return session.saved(session.config.root / file, reveal=reveal, applying=True)
    if undoes := asked.get("undoes") or run.undoes:
        return session.rollback(undoes, reveal=reveal, raises=asked.get("raises"), reason=asked.get("reason", ""))
    return session.plan(request_of(asked, reveal=reveal))
