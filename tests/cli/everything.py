"""Prints all that is live in the project of the working directory, as somebody who may see everything."""

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from dani_playbook.cli.sinks import json_text
from dani_playbook.core.address import Address
from dani_playbook.core.identity import Identity, Way
from dani_playbook.runner.config import read_config
from dani_playbook.runner.session import Session

now = datetime.now(UTC)
session = Session(read_config(Path.cwd(), {}), now=now, actor="tester", environ={}, reason="a test compares all of it")
session.identity = Identity(
    name="tester", way=Way.SESSION, account=Address("user", "tester"), roles=frozenset({"admin"}), signed_in_at=now
)
sys.stdout.write(json_text(session.export(reveal=True).document))
