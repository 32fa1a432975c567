"""The serial, the identity and the key: the one row of ``System``."""

from collections.abc import Callable

from django.db.models import F

from dani_playbook.state.models import System

_ONLY = 1


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


def count_success(using: str) -> None:
    """One run more has succeeded."""
    System.objects.using(using).filter(pk=_ONLY).update(serial=F("serial") + 1)
