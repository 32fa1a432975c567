"""The life of a company inside one process: what is planned and what is carried out are measured apart.

``python -m tests.bench.inside PROJECT URL SIZE`` prints seconds, CPU seconds and statements of each step. To open the
database, and to make its tables, isn't part of them.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from tests.bench import people
from tests.bench.measure import Unexpected

Steps = dict[str, dict[str, Any]]


def timed(steps: Steps, name: str, action: Callable[[], Any]) -> Any:
    from django.db import connection

    count = 0

    def counting(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    start, cpu = perf_counter(), process_time()
    with connection.execute_wrapper(counting):
        result = action()
    steps[name] = {"seconds": perf_counter() - start, "cpu_s": process_time() - cpu, "statements": count}
    return result


def lived(root: Path, size: int) -> Steps:
    """First apply, nothing to do, 1 % of updates, and all of it taken back."""
    from dani_playbook.runner.config import read_config
    from dani_playbook.runner.offline import Request
    from dani_playbook.runner.session import Session

    steps: Steps = {}
    environ = dict(os.environ)

    def session() -> Session:
        opened = Session(read_config(root, environ), now=datetime.now(UTC), actor="bench", environ=environ)
        assert opened.live
        return opened

    def carried_out(planning: str, applying: str, plan: Callable[[Session], Any]) -> str:
        opened = session()
        planned = timed(steps, planning, lambda: plan(opened))
        done = timed(steps, applying, lambda: opened.apply(planned)).document["run"]
        return str(done["id"])

    first = carried_out("plan of all", "apply of all", lambda opened: opened.plan(Request()))
    opened = session()
    planned = timed(steps, "plan of nothing", lambda: opened.plan(Request()))
    if not planned.plan.is_empty:
        raise Unexpected("there is something to do after all was applied")
    people.write(root / "playbooks", size, dict.fromkeys(range(0, size, 100), "Chief"))
    second = carried_out("plan of 1 %", "apply of 1 %", lambda opened: opened.plan(Request()))
    carried_out("rollback plan of 1 %", "rollback of 1 %", lambda opened: opened.rollback(second))
    carried_out("rollback plan of all", "rollback of all", lambda opened: opened.rollback(first))
    return steps


if __name__ == "__main__":
    sys.stdout.write(json.dumps(lived(Path(sys.argv[1]), int(sys.argv[3]))))
