"""How much one plan and one day may do, and what nobody may do at all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, timedelta

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import Memory, Run, RunState
from dani_playbook.core.plan import Measured, Plan
from dani_playbook.engine.measure import CREATES, FIELD, LEAVERS, MEMBERSHIPS, REMOVALS, Count, counts, inverse
from dani_playbook.engine.observe import Observed

DAY = timedelta(hours=24)
SMALL = 10
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """``number`` or ``share`` percent of what there is, whichever is more, never over ``ceiling``.

    Where ``careful``, fewer than ten count one by one: not more than ``number`` and not more than half, but one.
    """

    number: int
    share: int
    ceiling: int | None = None
    careful: bool = False

    def allowed(self, of: int) -> int:
        """How many of ``of``."""
        if self.careful and of < SMALL:
            return max(1, min(self.number, of // 2))
        found = max(self.number, of * self.share // 100)
        return found if self.ceiling is None else min(found, self.ceiling)


STANDING: Mapping[str, Limit] = {
    LEAVERS: Limit(number=2, share=2, ceiling=25, careful=True),
    REMOVALS: Limit(number=2, share=20, careful=True),
    MEMBERSHIPS: Limit(number=5, share=20),
    FIELD: Limit(number=5, share=30),
    CREATES: Limit(number=10, share=50),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """No change from ``start`` on; ``until`` is the first day that is free again. No ``only`` means everything."""

    start: date
    until: date
    why: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for a plan. ``now`` is aware; without it no day is looked back and only the plan's date is asked.

    ``raised`` maps a measure to the ceiling that one call was given, ``reason`` says why.
    """

    standing: Mapping[str, Limit] = field(default_factory=lambda: STANDING)
    protected: tuple[str, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    raised: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    now: datetime | None = None
    today: date | None = None

    @classmethod
    def none(cls) -> "Limits":
        """Nothing is limited. For tests that speak of something else; no setting leads here."""
        return cls(standing={})


def measured(
    limits: Limits, changes: Sequence[Change], observed: Observed, kinds: Mapping[str, KindSpec], memory: Memory
) -> list[tuple[Measured, Count]]:
    """What a plan does, each against its limit with what the last 24 hours did."""
    found = counts(changes, observed, kinds)
    before = earlier(memory, limits.now)
    return [(_against(limits, count, before[count.measure]), count) for count in found]


def _against(limits: Limits, count: Count, before: int) -> Measured:
    item = Measured(measure=count.measure, count=len(count.who), of=count.of, raised=limits.raised.get(count.measure))
    return judged(limits, item, before)


def judged(limits: Limits, item: Measured, before: int) -> Measured:
    """The same measure where the last 24 hours did ``before``."""
    group = item.measure.partition("-")[0]
    standing = limits.standing.get(group)
    population = item.of - before if group == CREATES else item.of if group == FIELD else item.of + before
    if standing is None or (group == CREATES and population <= 0):
        return replace(item, earlier=before, allowed=None)
    allowed = max(standing.allowed(population), item.raised or 0)
    return replace(item, earlier=before, allowed=allowed)


def taking_back(
    changes: Sequence[Change], observed: Observed, kinds: Mapping[str, KindSpec], found: list[tuple[Measured, Count]]
) -> list[tuple[Measured, Count]]:
    """A rollback's measures: creates and fields are only told, and what goes back is taken from the day's count."""
    back = {item.measure: len(item.who) for item in counts(map(inverse, changes), observed, kinds)}
    told = {item.measure: (_free(item), count) for item, count in found}
    for measure in back.keys() - told.keys():
        empty = Count(measure=measure, group=measure.partition("-")[0], who=(), of=0)
        told[measure] = (Measured(measure=measure, count=0, of=0), empty)
    return [(replace(told[m][0], returned=back.get(m, 0)), told[m][1]) for m in sorted(told)]


def _free(item: Measured) -> Measured:
    return replace(item, allowed=None) if item.measure.partition("-")[0] in (CREATES, FIELD) else item


def limited(changes: Sequence[Change], undoes: Run | None) -> list[Change]:
    """What counts: all but the deletion of what the run, that a rollback takes back, had created itself."""
    if undoes is None or undoes.undoes:
        return list(changes)
    return [change for change in changes if change.verb is not Verb.REMOVE]


def earlier(memory: Memory, now: datetime | None) -> Counter[str]:
    """What runs of the last 24 hours add up to. A run that was rolled back at once did nothing."""
    total: Counter[str] = Counter()
    if now is None:
        return total
    runs = _recent(memory, now - DAY)
    within = {run.id for run in runs}
    for run in runs:
        for measure, count in run.measures.items():
            total[measure] += count if run.undoes in within else max(count, 0)
    return Counter({measure: max(count, 0) for measure, count in total.items()})


def _recent(memory: Memory, since: datetime) -> list[Run]:
    """Read in parts, newest first, until one is older."""
    limit = 50
    while True:
        runs = memory.runs(limit)
        found = [run for run in runs if run.started_at > since]
        if len(found) < len(runs) or len(runs) < limit:
            return [run for run in found if run.state is RunState.SUCCEEDED]
        limit *= 4


def over(found: Iterable[tuple[Measured, Count]]) -> Iterator[Finding]:
    """A blocker for each limit that trips."""
    for item, count in found:
        if item.tripped:
            yield Finding(code="limit", message=f"{sentence(item)}: {_names(count.who)}", hint=_hint(item))


def over_now(limits: Limits, plan: Plan, memory: Memory, now: datetime) -> Iterator[tuple[str, str]]:
    """Messages and hints where other runs have used up the day since the plan was made."""
    if not limits.standing or not any(item.allowed is not None for item in plan.limits):
        return
    before = earlier(memory, now)
    for item in plan.limits:
        again = item if item.allowed is None else judged(limits, item, before[item.measure])
        if again.tripped:
            yield sentence(again), _hint(again)


def sentence(item: Measured) -> str:
    """``3 people would leave, and 1 did in the last 24 hours, of 40; 2 are allowed``."""
    already = f", and {item.earlier} in the last 24 hours already" if item.earlier else ""
    verb = "is" if item.allowed == 1 else "are"
    return f"{_what(item)}{already}, of {item.of}; {item.allowed} {verb} allowed"


def _what(item: Measured) -> str:
    group, _, about = item.measure.partition("-")
    people = "1 person" if item.count == 1 else f"{item.count} people"
    many = "" if item.count == 1 else "s"
    return {
        LEAVERS: f"{people} would leave",
        MEMBERSHIPS: f"{item.count} membership{many} or role{many} would be taken away",
        FIELD: f"{people} would get another {about.replace('-', ' ')}",
        REMOVALS: f"{item.count} of the kind {about} would be removed",
        CREATES: f"{item.count} of the kind {about} would be created",
    }[group]


def _names(who: Sequence[Address]) -> str:
    names = list(dict.fromkeys(map(str, who)))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _hint(item: Measured) -> str:
    needed = item.count + item.earlier
    return (
        f"look whether this is meant; then raise it for this plan: --raise-limit {item.measure}={needed} --reason WHY"
    )
