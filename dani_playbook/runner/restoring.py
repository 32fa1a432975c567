"""A database that was put back to an older state: what was done since is gone, and nobody would notice."""

from typing import TYPE_CHECKING

from dani_playbook.core.access import Action
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import NeedsPerson, PlanRefused, UsageError
from dani_playbook.core.failpoint import failpoint
from dani_playbook.runner.checkpoint import give_up, keep, kept

if TYPE_CHECKING:
    from dani_playbook.runner.session import Session


@dataclass(frozen=True, slots=True)
class Restored:
    """Up to the row ``common`` the audit trail is the one whose heads were kept; rows to ``lost`` are gone."""

    common: int
    lost: int

    @property
    def message(self) -> str:
        return (
            f"the database was put back to an older state: rows {self.common + 1} to {self.lost} of the audit trail,"
            " which were kept outside of it, aren't there any more"
        )


HINT = (
    "if that was meant: dani settle --accept-restored --reason TEXT, then dani plan shows what is missing;"
    " if not, ask who restored it"
)


def restored(session: "Session") -> Restored | None:
    """Whether the newest head that was kept on this machine isn't in the database. One query."""
    heads = kept(session.config.root, session.database.identity)
    if not heads:
        return None
    number = max(number for number, _ in heads)
    if {session.trail.mac_at(number)} == {mac for known, mac in heads if known == number}:
        return None
    there = session.trail.macs()
    gone = [known for known, kept_mac in heads if there.get(known) != kept_mac]
    return Restored(common=min(gone) - 1, lost=number)


def refuse_restored(session: "Session") -> None:
    """Raises ``NeedsPerson`` where the database is older than its own record."""
    if found := restored(session):
        raise NeedsPerson(found.message, hint=HINT)
    failpoint("verify.restored")


def accept_restored(session: "Session", reason: str) -> Restored:
    """A person says that the older state is meant. The audit trail says so from now on, and the kept heads, too.

    Raises ``UsageError`` without a reason, ``Denied`` for who may not settle, and ``PlanRefused`` where nothing was put back.
    """
    if not reason.strip():
        raise UsageError("an older state is accepted for a reason", hint='say it: --reason "restored after disk fault"')
    session.gate.require(Action.SETTLE)
    found = restored(session)
    if found is None:
        raise PlanRefused("the database isn't older than its record, so there is nothing to accept")
    failpoint("restored.before")
    root, identity = session.config.root, session.database.identity
    session.note("restore-accepted", "", common=found.common, lost=found.lost, reason=reason.strip())
    failpoint("restored.after_note")
    give_up(root, identity, found.common, found.lost)
    keep(root, identity)(*session.trail.head())
    return found
