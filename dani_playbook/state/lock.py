"""The lock, the serial and the identity: the one row of ``System``."""

from collections.abc import Callable, Sequence

from django.db import connections
from django.db.models import F

from dani_playbook.core.memory import RunState
from dani_playbook.state.models import Run, System

_ONLY = 1
DIED = "the process that ran it ended before it was done; nothing of it was written"


def identity(using: str, random: Callable[[int], bytes]) -> str:
    """Which live system this database is. Made with the tables; made again where somebody emptied them."""
    found = System.objects.using(using).filter(pk=_ONLY).values_list("identity", flat=True).first()
    if found is None:
        row, _ = System.objects.using(using).get_or_create(pk=_ONLY, defaults={"identity": random(16).hex()})
        found = row.identity
    return str(found)


def key_check(using: str) -> str:
    """The fingerprint of the key that runs have used so far, empty before the first."""
    return System.objects.using(using).filter(pk=_ONLY).values_list("key_check", flat=True).first() or ""


def remember_key(using: str, check: str) -> None:
    """The first run's key is the one that counts."""
    System.objects.using(using).filter(pk=_ONLY, key_check="").update(key_check=check)


def serial(using: str) -> int:
    """How many runs succeeded."""
    return System.objects.using(using).filter(pk=_ONLY).values_list("serial", flat=True).first() or 0


def take(using: str, run: str) -> Sequence[Run]:
    """Holds the lock until the transaction ends. Gives the runs that had died: they still stood as executing."""
    if not connections[using].in_atomic_block:
        raise RuntimeError("the lock is held by a transaction, and there is none")
    rows = System.objects.using(using)
    if not rows.select_for_update().filter(pk=_ONLY).update(holder=run):
        raise RuntimeError("the database has no row to lock; it was emptied while dani ran")
    executing = Run.objects.using(using).filter(state=RunState.EXECUTING)
    dead = list(executing.exclude(run_id=run).order_by("number"))
    executing.exclude(run_id=run).update(state=RunState.ROLLED_BACK, failure=DIED)
    Run.objects.using(using).filter(run_id=run).update(state=RunState.EXECUTING, failure="", finished_at=None)
    return dead


def count_success(using: str) -> None:
    """One run more has succeeded."""
    System.objects.using(using).filter(pk=_ONLY).update(serial=F("serial") + 1, holder="")
