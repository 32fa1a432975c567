"""Histories: processes that append to one list through real plans and applies, and a checker of what came out.

Each append is ``[token, key]``; the token is the lock's. A history is right when tokens only grow along the list, when
each append that was said to be done is there once, and none that was said to be refused. What nobody knows of may be
there or not.
"""

import json
import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

from dani_playbook.core import failpoint
from dani_playbook.core.errors import DaniError, NeedsPerson
from dani_playbook.core.memory import LockState
from dani_playbook.runner.locking import lock_break
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project
from tests.trust.crashing import ended, forked

LIST = "list"
STALE_S = 0.05
WAIT_S = 10
PATIENCE_S = 120
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
Append = Sequence[Any]
"""Token and key."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a process was told of one append."""

    key: str
    outcome: str


def faults_of(appends: Sequence[Append], said: Sequence[Said]) -> list[str]:
    """Everything that is wrong with a history, empty where nothing is."""
    found = []
    tokens = [token for token, _ in appends]
    for before, after in pairwise(tokens):
        if after <= before:
            found.append(f"token {after} came after token {before}")
    keys = [key for _, key in appends]
    known = {item.key: item.outcome for item in said}
    for key in sorted(set(keys)):
        if keys.count(key) > 1:
            found.append(f"{key} is there twice")
        if known.get(key, UNKNOWN) == REFUSED:
            found.append(f"{key} was refused and is there")
    found += [f"{key} was done and is lost" for key, outcome in known.items() if outcome == DONE and key not in keys]
    for worker in {key.partition(".")[0] for key in keys}:
        numbers = [int(key.partition(".")[2]) for key in keys if key.partition(".")[0] == worker]
        if numbers != sorted(numbers):
            found.append(f"{worker}'s appends are out of order")
    return found


@dataclass
class Worker:
    """A process, and the pipe by which it is told how many appends to make."""

    name: str
    pid: int
    orders: int


@dataclass
class Crew:
    """Processes over one project, and what they said so far."""

    project: Project
    answers: int
    random: Random
    workers: list[Worker] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    unread: bytes = b""

    def history(self, appends: int, disturb: Callable[["Crew"], str]) -> tuple[list[str], list[Said]]:
        """Lets everybody append, disturbs them meanwhile, and gives what is wrong, and what was said."""
        put([])
        for worker in self.workers:
            os.write(worker.orders, f"{appends}\n".encode())
        said: list[Said] = []
        waiting, end = len(self.workers), time.monotonic() + PATIENCE_S
        while waiting:
            assert time.monotonic() < end, "a process doesn't answer"
            for name, outcome in self._lines(self.random.uniform(0.01, 0.06)):
                if outcome == "end":
                    waiting -= 1
                else:
                    said.append(Said(name, outcome))
            kind = disturb(self)
            self.counts[kind] = self.counts.get(kind, 0) + 1
        return faults_of(appended(), said), said

    def _lines(self, seconds: float) -> list[list[str]]:
        ready, _, _ = select.select([self.answers], [], [], seconds)
        if ready:
            self.unread += os.read(self.answers, 65536)
        *lines, self.unread = self.unread.split(b"\n")
        return [line.decode().split(" ") for line in lines]

    def end(self) -> None:
        for worker in self.workers:
            os.close(worker.orders)
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
                os.kill(worker.pid, signal.SIGCONT)
            ended(worker.pid)


def crew_of(project: Project, size: int, seed: int, programme: str = "") -> Crew:
    """Starts ``size`` processes; each has a setting of its own, whose change appends to the list."""
    from dani_playbook.hris.settings.models import Setting

    Setting.objects.create(key=LIST, name="the.list", value=[])
    answers, said = os.pipe()
    crew = Crew(project, answers, Random(seed))
    for number in range(size):
        orders, orderer = os.pipe()
        name = f"w{number}"
        pid = forked(lambda name=name, orders=orders: work(project, name, orders, said, programme))
        os.close(orders)
        crew.workers.append(Worker(name, pid, orderer))
    os.close(said)
    return crew


def put(appends: Sequence[Append]) -> None:
    from dani_playbook.hris.settings.models import Setting

    Setting.objects.filter(key=LIST).update(value=list(appends))


def appended() -> list[Append]:
    from dani_playbook.hris.settings.models import Setting

    return list(Setting.objects.get(key=LIST).value)


def work(project: Project, name: str, orders: int, said: int, programme: str) -> None:
    """The life of one process: so many appends for each order, an answer for each."""
    from django.db import connection
    from django.db.models.signals import post_save

    from dani_playbook.hris.settings.models import Setting
    from dani_playbook.state import fence

    fence.STALE = timedelta(seconds=STALE_S)
    failpoint.arm(programme)
    session = project.session(actor=name)

    def append(instance: Any, **rest: Any) -> None:
        """Reads, waits a moment and writes: who isn't alone is lost here."""
        lock = session.memory._lock  # type: ignore[attr-defined]
        row = Setting.objects.get(key=LIST)
        time.sleep(0.001)
        Setting.objects.filter(key=LIST).update(value=[*row.value, [lock.token, f"{name}.{instance.value}"]])

    post_save.connect(append, sender=Setting, weak=False)
    file = f"playbooks/{name}.yaml"
    number = 0
    with os.fdopen(orders, encoding="ascii") as lines:
        for line in lines:
            for _ in range(int(line)):
                number += 1
                draft = project.root / f"{name}.draft"
                draft.write_text(f"version: 1\nsettings: {{{name}: {{name: s.{name}, value: {number}}}}}\n", "utf-8")
                draft.rename(project.root / file)
                outcome = DONE
                try:
                    session.apply(session.plan(Request(paths=(str(project.root / file),))), wait_s=WAIT_S)
                except DaniError as error:
                    outcome = UNKNOWN if isinstance(error, NeedsPerson) else REFUSED
                except Exception:  # noqa: BLE001 - nobody knows what became of it
                    outcome = UNKNOWN
                if outcome != DONE:
                    connection.close()
                    session = project.session(actor=name)
                os.write(said, f"{name}.{number} {outcome}\n".encode())
            os.write(said, b"all end\n")


def disturbances(project: Project) -> Callable[[Crew], str]:
    """What is done to a crew at random: stopped for a moment, its lock broken, its connection ended."""
    kinds = ["stop", "stop", "stop", "break", "nothing"]
    if project.place.vendor == "postgresql":
        kinds.append("terminate")

    def disturb(crew: Crew) -> str:
        kind = crew.random.choice(kinds)
        if kind == "stop":
            stop_one(crew)
        elif kind == "break" and crew.random.random() < 0.4:
            break_it(crew.project)
        elif kind == "terminate" and crew.random.random() < 0.4:
            terminate_one(crew)
        return kind

    return disturb


def stop_one(crew: Crew) -> None:
    worker = crew.random.choice(crew.workers)
    os.kill(worker.pid, signal.SIGSTOP)
    time.sleep(crew.random.uniform(0, 2 * STALE_S))
    os.kill(worker.pid, signal.SIGCONT)


def break_it(project: Project) -> None:
    session = project.session(actor="breaker")
    holder = session.memory.holder()
    if holder.state is not LockState.FREE:
        with suppress(DaniError):
            lock_break(session, holder.token, "at random")


def terminate_one(crew: Crew) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'dani' AND backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() ORDER BY pid"
        )
        if found := cursor.fetchall():
            cursor.execute("SELECT pg_terminate_backend(%s)", [crew.random.choice(found)[0]])


def shown(counts: dict[str, int]) -> str:
    return json.dumps(counts, sort_keys=True)
