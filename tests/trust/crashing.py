"""Processes that are made to die, and what must hold whenever one has."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dani_playbook.core import failpoint
from dani_playbook.core.errors import DaniError
from dani_playbook.core.memory import RunState
from dani_playbook.runner.auditing import audit_verify
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session
from tests.runner.conftest import Project

NO_LIMITS = "version: 1\nname: Torture\nlimits:\n" + "".join(
    f"  {name}: {{number: 10000, ceiling: 10000}}\n"
    for name in ("leavers", "removals", "memberships", "field", "creates")
)
BEFORE = """version: 1
departments: {ops: {name: Ops}}
users:
  ada: {email: ada@a.example, first_name: Ada, department: ops, mobile: '+4930111222'}
  bob: {email: bob@a.example, first_name: Bob, manager: ada}
groups: {crew: {name: Crew, members: [ada, bob]}}
settings: {tone: {name: system.tone, value: warm}}
"""
AFTER = """version: 1
departments: {ops: {name: Operations}, lab: {name: Lab, head: cyd}}
users:
  ada: {email: ada@a.example, first_name: Ada, department: lab, mobile: '+4930333444'}
  cyd: {email: cyd@a.example, first_name: Cyd, manager: ada}
groups: {crew: {name: Crew, members: [ada, cyd]}}
settings: {tone: {name: system.tone, value: cold}}
"""
FAILED = 99
"""How a child ends that raised what is none of our errors."""


def forked(work: Callable[[], None]) -> int:
    """Starts ``work`` in a process of its own and gives its id; no connection is shared with it."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child:
        return child
    code = 0
    try:
        work()
    except DaniError as error:
        code = error.exit_code
    except BaseException:  # noqa: BLE001 - the child must never return into the test
        code = FAILED
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """Waits for a child; gives its exit code, less than 0 for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def drop(place: str) -> None:
    """The connection is gone: cut on our side of a server, closed for a file."""
    from django.db import connection

    if connection.vendor == "postgresql" and connection.connection is not None:
        connection.connection.close()
    else:
        connection.close()


@dataclass
class Company:
    """A project with two states, and what can be done to it."""

    project: Project
    pictures: dict[str, Any] = field(default_factory=dict)

    def declare(self, text: str) -> None:
        self.project.write("playbooks/a.yaml", text)

    def session(self) -> Session:
        return self.project.revealing()

    def apply(self) -> None:
        session = self.session()
        session.apply(session.plan(Request()))

    def rollback(self) -> None:
        session = self.session()
        last = next(run for run in session.memory.runs() if run.state is RunState.SUCCEEDED)
        session.apply(session.rollback(last.id))

    def there_and_back(self) -> None:
        self.apply()
        self.rollback()

    def recover(self) -> None:
        """What the next writing command does first."""
        session = self.session()
        with session.memory.hold("tester", wait_s=30):
            session.memory.recover()

    def picture(self, session: Session) -> dict[str, Any]:
        """All that the HR system holds and all that is managed; ids aren't part of it, numbers of rows are."""
        from django.apps import apps

        inventory = session.memory.inventory()
        ours = [model for model in apps.get_models() if model.__module__.startswith("dani_playbook.hris")]
        return {
            "objects": session.export(reveal=True).document["resources"],
            "rows": {model.__name__: model._base_manager.count() for model in ours},
            "managed": {str(address): (dict(item.applied), item.protect) for address, item in inventory.items()},
        }

    def begin(self) -> None:
        """Both states are seen once; then it stands as before."""
        self.declare(BEFORE)
        self.apply()
        self.declare(AFTER)
        self.apply()
        self.pictures["after"] = self.picture(self.session())
        self.rollback()
        self.pictures["before"] = self.picture(self.session())
        assert self.pictures["before"] != self.pictures["after"]

    @property
    def state(self) -> str:
        return self.state_in(self.session())

    def state_in(self, session: Session) -> str:
        """before or after; a mixture raises."""
        found = self.picture(session)
        for name, known in self.pictures.items():
            if found == known:
                return name
        raise AssertionError(f"neither before nor after: {found}")

    def check(self) -> str:
        """What must hold once nobody runs: one of both states, whole; no run left over; the trail whole."""
        session = self.session()
        assert session.memory.unfinished() == []
        tokens = [run.token for run in reversed(session.memory.runs(limit=200))]
        assert tokens == sorted(tokens)
        verified = audit_verify(session).document
        assert verified["fault"] is None, verified
        return self.state_in(session)


def struck(work: Callable[[], None], programme: str) -> int:
    """Runs ``work`` in a process of its own that has ``programme`` armed; gives how it ended."""

    def armed() -> None:
        failpoint.arm(programme, {"drop": drop})
        work()

    return ended(forked(armed))


def killed_after(work: Callable[[], None], seconds: float) -> int:
    """Kills a process that does ``work`` after a while, wherever it is; gives how it ended."""
    child = forked(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return ended(child)
