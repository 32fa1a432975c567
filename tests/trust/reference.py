"""A small picture of what plans, approvals, runs and their ways back do to some people's titles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOURS = timedelta(hours=72)
Titles = dict[str, str]


@dataclass
class Saved:
    """A saved plan: what it changes, from what to what, and what it takes as known."""

    digest: str
    made_at: datetime
    changes: Mapping[str, tuple[str, str]]
    known: Mapping[str, str]
    behind: Mapping[str, str]
    blocked: bool
    used: bool = False


@dataclass
class World:
    """What files say, what is live, what was applied last, and who has said yes to which digest until when."""

    now: datetime
    declared: Titles
    live: Titles
    applied: Titles
    yes: dict[str, datetime] = field(default_factory=dict)
    runs: int = 0

    def plan(self, digest: str) -> Saved:
        """The three-way comparison, field by field."""
        changes, behind, blocked = {}, {}, False
        for who, wanted in self.declared.items():
            live, applied = self.live[who], self.applied[who]
            if wanted == live:
                behind |= {who: wanted} if applied != wanted else {}
            elif applied in (live, wanted):
                changes[who] = (live, wanted)
            else:
                blocked = True
        return Saved(digest, self.now, changes, dict(self.applied), behind, blocked)

    def refusal(self, plan: Saved) -> str:
        """Why a saved plan isn't carried out now, empty where it is: the order is that of the engine."""
        if plan.blocked:
            return "refused"
        if plan.used or self.now >= plan.made_at + HOURS:
            return "stale"
        if plan.changes and self.yes.get(plan.digest, self.now) <= self.now:
            return "refused"
        moved = any(self.live[who] not in both for who, both in plan.changes.items())
        overtaken = any(self._overtaken(plan, who, after) for who, (_, after) in plan.changes.items())
        return "stale" if moved or overtaken else ""

    def _overtaken(self, plan: Saved, who: str, after: str) -> bool:
        """Another run has said something else about the same field since."""
        return self.applied[who] != plan.known[who] and plan.known[who] != after

    def carry_out(self, plan: Saved) -> None:
        if not plan.changes:
            self._catch_up(plan)
            return
        self.live |= {who: after for who, (_, after) in plan.changes.items()}
        self._catch_up(plan)
        self.applied |= {who: after for who, (_, after) in plan.changes.items()}
        self.yes.pop(plan.digest, None)
        plan.used = True
        self.runs += 1

    def _catch_up(self, plan: Saved) -> None:
        self.applied |= {who: value for who, value in plan.behind.items() if self.applied[who] == plan.known[who]}
