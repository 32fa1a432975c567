"""All that stops a plan because of what it does: limits, protected addresses, freezes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from dani_playbook.core.change import Change, Finding
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import Memory, Run
from dani_playbook.core.plan import Plan
from dani_playbook.engine.limits import Freeze, Limits, limited, measured, over, taking_back
from dani_playbook.engine.measure import ends, lost_items
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.target import matches

Specs = Mapping[str, KindSpec]


def braked(
    plan: Plan, limits: Limits, observed: Observed, kinds: Specs, memory: Memory, undoes: Run | None = None
) -> Plan:
    """The plan with its measures, and with a blocker for everything that must not be. Not sealed yet."""
    changes = limited(plan.changes, undoes)
    found = measured(limits, changes, observed, kinds, memory)
    if undoes is not None:
        found = taking_back(plan.changes, observed, kinds, found)
    stopped = [
        *over(found),
        *protected(plan.changes, limits.protected, kinds),
        *frozen(plan.changes, limits.freezes, sorted({plan.as_of, limits.today or plan.as_of})),
    ]
    in_turn = sorted([*plan.blockers, *stopped], key=lambda item: (str(item.address or ""), item.code))
    items = tuple(item for item, _ in found)
    used = any(item.raised is not None for item in items)
    return replace(plan, blockers=tuple(in_turn), limits=items, reason=limits.reason if used else "")


def protected(changes: Iterable[Change], patterns: tuple[str, ...], kinds: Specs) -> Iterator[Finding]:
    """Changes that take a protected object away, out of force, or take its roles."""
    for change in changes if patterns else ():
        if matches(change.address, patterns) and (what := _taken(change, kinds)):
            yield Finding(
                code="protected",
                message=f"is protected in dani.yaml, and this plan would {what}",
                address=change.address,
                title=change.title,
                source=change.source,
                hint="leave it as it is, or first take it out of protected in dani.yaml",
            )


def _taken(change: Change, kinds: Specs) -> str | None:
    spec = kinds[change.address.kind]
    if ends(spec, change):
        return "delete it" if change.deletes else "remove it"
    switches = {n: v for fields in spec.removals.values() for n, v in (fields or {}).items() if isinstance(v, bool)}
    before = change.before or {}
    if any(change.written.get(name) is value and before.get(name) is not value for name, value in switches.items()):
        return "disable it"
    if spec.people and any(True for _ in lost_items(spec, change, kinds, {})):
        return "take roles from it"
    return None


def frozen(changes: Sequence[Change], freezes: Iterable[Freeze], days: Sequence[date]) -> Iterator[Finding]:
    """Changes that fall into a freeze: by the plan's date, or by the day it is."""
    for freeze in freezes:
        if any(freeze.start <= day < freeze.until for day in days):
            for change in changes:
                if change.touches and (not freeze.only or matches(change.address, freeze.only)):
                    yield Finding(
                        code="frozen",
                        message=f"frozen until {freeze.until.isoformat()}: {freeze.why}",
                        address=change.address,
                        title=change.title,
                        source=change.source,
                        hint="apply it from that day on, or leave it out with --exclude",
                    )
