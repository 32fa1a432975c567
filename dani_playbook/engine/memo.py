"""Memo: what makes a comparison quicker and changes nothing of what it says."""

from collections.abc import Callable, Mapping

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.imprint import Imprint
from dani_playbook.core.inventory import Inventory
from dani_playbook.engine.observe import Snapshots

Work = Callable[[int], bytes]
Share = Callable[[Work, int, Callable[[], None]], Mapping[int, bytes]]
"""Does numbered pieces of work, of which each gives bytes and touches nothing else, perhaps in several processes. Where
others are at work, it first does something else, which is asked for as the third."""


def alone(work: Work, count: int, meanwhile: Callable[[], None]) -> Mapping[int, bytes]:
    """One piece after the other."""
    return {number: work(number) for number in range(count)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What was read while others read the playbooks."""

    snapshots: Snapshots
    inventory: Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """``basis`` is a digest of all that decides a comparison beside what is compared, empty where nobody knows it;
    ``last`` is what the last one saw, and ``remember`` keeps what this one did."""

    basis: str = ""
    last: Imprint | None = None
    remember: Callable[[Imprint], None] = lambda imprint: None
    share: Share = alone
    ahead: Ahead | None = None
