"""Gate: asked before anything is done. Every way in goes through it, and what it refuses is remembered."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dani_playbook.core.access import FRESH, Action, denial, may, out_of_reach
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import Denied, UsageError
from dani_playbook.core.identity import Identity, Way
from dani_playbook.core.values import Value
from dani_playbook.runner.reach import NOTHING, Reach

Remember = Callable[[Action, dict[str, Value]], None]
"""Writes a denied attempt into the audit trail, and commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """``required`` is whether the project demands a sign-in, ``fresh`` how old one may be for what matters most."""

    identity: Identity
    required: bool
    fresh: timedelta
    now: datetime
    remember: Remember

    def enter(self) -> None:
        """Before the live system is opened at all. Raises ``Denied`` where nobody is known and somebody must be."""
        if self.required and self.identity.way is Way.MACHINE:
            self._deny(Action.LOOK, NOTHING, _unknown(self.identity))

    def require(self, action: Action, reached: Reach = NOTHING) -> None:
        """Raises ``Denied`` for what the identity may not do; without a reach, for what it may do with nothing at all."""
        self.enter()
        classes = reached.under(action)
        allowed = not out_of_reach(self.identity, action, classes) if classes else may(self.identity, action)
        if not allowed:
            self._deny(action, reached, denial(self.identity, action, classes, reached.counts))
        if action in FRESH and not self._is_fresh():
            self._deny(action, reached, _stale(self.identity, action, self.fresh))

    def require_reason(self, reason: str) -> None:
        """Raises ``UsageError`` where masked values are to be shown and nobody says why."""
        if not reason.strip():
            raise UsageError(
                "masked values are shown for a reason", hint='say it: --reveal --reason "asked by the works council"'
            )

    def _is_fresh(self) -> bool:
        signed = self.identity.signed_in_at
        return signed is not None and self.now - signed <= self.fresh

    def _deny(self, action: Action, reached: Reach, denied: Denied) -> None:
        self.remember(action, {"kinds": dict(reached.counts)} if reached.counts else {})
        raise denied


def _unknown(identity: Identity) -> Denied:
    return Denied(
        f"this project wants to know who acts, and {identity.name} isn't signed in",
        hint="sign in with: dani login; programs use DANI_API_KEY",
    )


def _stale(identity: Identity, action: Action, fresh: timedelta) -> Denied:
    minutes = int(fresh.total_seconds()) // 60
    return Denied(
        f"{identity.name} signed in too long ago for this: {action} needs a sign-in of the last {minutes} minutes",
        hint="sign in again with: dani login",
    )
