"""A process that plans a project, begins to apply, and dies at a step: PROJECT STEP."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from dani_playbook.runner.config import read_config
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session


def main(root: str, deadly: str) -> None:
    """Kills itself where ``deadly`` is told."""
    environ = {"DANI_KEY": "ab" * 32}
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    session = Session(read_config(Path(root), environ), now=now, actor="mayfly", environ=environ)

    def tell(step: str) -> None:
        if step == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    session.apply(session.plan(Request()), tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
