"""What a plan, an apply and a rollback of many people cost, with everything on.

``python -m tests.trust.cost 10000 sqlite`` prints seconds and queries. It runs on older versions as well, so that the
same can be measured without what was added since.
"""

import json
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from tests import databases

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENVIRON = {"DANI_KEY": "ab" * 32, "DANI_ALLOW_UNSAFE_DATABASE": "1"}
DEPARTMENTS = 50


def written(root: Path, people: int, title: str) -> None:
    """Playbooks of a company, a file a department."""
    folder = root / "playbooks"
    folder.mkdir(exist_ok=True)
    for number in range(DEPARTMENTS):
        mine = range(number, people, DEPARTMENTS)
        users = "".join(_person(index, number, title if index % 100 == 0 else "Clerk") for index in mine)
        head = f"version: 1\ndepartments:\n  d{number}: {{name: Department {number}}}\nusers:\n"
        (folder / f"d{number}.yaml").write_text(head + users, "utf-8")


def _person(index: int, department: int, title: str) -> str:
    return (
        f"  p{index}:\n    email: p{index}@a.example\n    first_name: First{index}\n    last_name: Last{index}\n"
        f"    department: d{department}\n    start_date: 2020-01-01\n    job_title: {title}\n"
        f"    office: Berlin\n    employment_type: full_time\n    mobile: '+4930{1000000 + index}'\n"
    )


def timed(figures: dict[str, Any], name: str, action: Any) -> Any:
    """Seconds and statements of one action."""
    from django.db import connection

    count = [0]

    def counting(execute: Any, *rest: Any) -> Any:
        count[0] += 1
        return execute(*rest)

    start = perf_counter()
    with connection.execute_wrapper(counting):
        result = action()
    figures[name] = {"seconds": round(perf_counter() - start, 2), "statements": count[0]}
    return result


def measured(people: int, vendor: str, extra: str = "") -> dict[str, Any]:
    """Plan, apply, no-op plan, 1 % of changes, and the way back of those."""
    from dani_playbook.runner.config import read_config
    from dani_playbook.runner.offline import Request
    from dani_playbook.runner.session import Session

    figures: dict[str, Any] = {}
    with ExitStack() as stack:
        place = stack.enter_context(getattr(databases, vendor)())
        place.open()
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = place.url if vendor == "postgresql" else f"sqlite:///{place.base / '.dani/hris.sqlite3'}"
        (root / "dani.yaml").write_text(f"version: 1\ndatabase: {url}\n{extra}", "utf-8")

        def session() -> Session:
            return Session(read_config(root, ENVIRON), now=NOW, actor="tester", environ=ENVIRON)

        written(root, people, "Clerk")
        first = session()
        planned = timed(figures, "plan of all", lambda: first.plan(Request()))
        timed(figures, "apply of all", lambda: first.apply(planned))
        timed(figures, "plan of nothing", lambda: session().plan(Request()))
        written(root, people, "Chief")
        second = session()
        planned = timed(figures, "plan of 1 %", lambda: second.plan(Request()))
        run = timed(figures, "apply of 1 %", lambda: second.apply(planned)).document["run"]["id"]
        back = timed(figures, "rollback plan", lambda: session().rollback(run))
        timed(figures, "rollback apply", lambda: session().apply(back))
        from django.db import connections

        connections.close_all()
    return figures


if __name__ == "__main__":
    count, kind = int(sys.argv[1]), sys.argv[2]
    sys.stdout.write(json.dumps(measured(count, kind, sys.argv[3] if len(sys.argv) > 3 else ""), indent=1) + "\n")
