"""Failpoints from the environment, for tests that start ``dani`` as people do."""

import sys
from collections.abc import Mapping

from dani_playbook.core.errors import UsageError
from dani_playbook.core.failpoint import arm

PROGRAMME = "DANI_FAILPOINTS"
MARKER = "DANI_TESTING"


def arm_from(environ: Mapping[str, str]) -> None:
    """Arms what ``DANI_FAILPOINTS`` says. Raises ``UsageError`` without ``DANI_TESTING=1``, and for what means nothing."""
    programme = environ.get(PROGRAMME)
    if not programme:
        return
    if environ.get(MARKER) != "1":
        raise UsageError(f"{PROGRAMME} is for tests of dani itself", hint=f"unset {PROGRAMME}")
    try:
        arm(programme, {"drop": _drop})
    except ValueError as error:
        raise UsageError(f"{PROGRAMME}: {error}") from None


def _drop(place: str) -> None:
    """The connection of the database is gone, as if the network had cut it."""
    database = sys.modules.get("django.db")
    if database is not None:
        database.connection.close()
