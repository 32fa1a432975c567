"""Limits as a project sets them, and as one call raises them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import UsageError
from dani_playbook.core.names import did_you_mean
from dani_playbook.engine.limits import STANDING, Freeze, Limit, Limits
from dani_playbook.engine.measure import measure_names
from dani_playbook.runner.config import Config


def limits_of(config: Config, now: datetime, today: date) -> Limits:
    """What ``dani.yaml`` says, over the values to start with."""
    return Limits(
        standing={name: _limit(limit, config.limits.get(name) or {}) for name, limit in STANDING.items()},
        protected=config.protected,
        freezes=tuple(
            Freeze(
                start=date.fromisoformat(item["from"]),
                until=date.fromisoformat(item["until"]),
                why=item["why"],
                only=tuple(item.get("only") or ()),
            )
            for item in config.freezes
        ),
        now=now,
        today=today,
    )


def _limit(standing: Limit, said: Mapping[str, int]) -> Limit:
    return Limit(
        number=said.get("number", standing.number),
        share=said.get("share", standing.share),
        ceiling=said.get("ceiling", standing.ceiling),
        careful=standing.careful,
    )


def raised(limits: Limits, raises: Mapping[str, int], reason: str, kinds: Mapping[str, KindSpec]) -> Limits:
    """Limits with the ceilings of one call. Raises ``UsageError`` for an unknown measure or a missing reason."""
    known = measure_names(kinds)
    for measure in raises:
        if measure not in known:
            near = did_you_mean(measure, known)
            raise UsageError(f"there is no limit called {measure}{near}", hint="the plan names the limits that it met")
    if raises and not reason.strip():
        raise UsageError("a limit is raised for a reason", hint='say it: --reason "branch closes, agreed with HR"')
    if reason and not raises:
        raise UsageError("--reason says why a limit is raised, and none is", hint="add --raise-limit MEASURE=NUMBER")
    return replace(limits, raised=raises, reason=reason.strip())
