"""First run: while nothing is managed yet, a plan creates and adopts; it takes nothing away."""

from collections.abc import Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding, Verb
from dani_playbook.core.memory import InventoryItem


def without_removals(
    changes: Sequence[Change], inventory: Mapping[Address, InventoryItem]
) -> tuple[list[Change], list[Finding]]:
    """The changes that may be planned, and a held finding for each that a first run may not make.

    Whoever binds ``dani`` to a system in use sees first what is adopted. Only what is declared absent could go at
    all then, and it goes with the plan after that.
    """
    if inventory:
        return list(changes), []
    kept = [change for change in changes if not _takes_away(change)]
    return kept, [_held(change) for change in changes if _takes_away(change)]


def _takes_away(change: Change) -> bool:
    return change.verb is Verb.REMOVE or change.deletes


def _held(change: Change) -> Finding:
    return Finding(
        code="held",
        message="is declared absent, and the first run removes nothing",
        address=change.address,
        title=change.title,
        source=change.source,
        hint="apply this plan, so that something is managed; the next plan removes it",
    )
