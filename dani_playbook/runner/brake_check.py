"""What is wrong with limits, protected addresses and freezes, beyond their schema."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.engine.limits import STANDING


def check_brakes(content: Any, file: str, kinds: Iterable[str]) -> Iterator[Problem]:
    """Numbers over their ceiling, kinds that don't exist, days that don't exist or lie the wrong way round."""
    known = sorted(kinds)
    yield from _limits(content.get("limits") or {}, file)
    yield from _patterns(content.get("protected") or (), "protected", file, known)
    for freeze in content.get("freezes") or ():
        yield from _patterns(freeze.get("only") or (), "freezes", file, known)
        yield from _days(freeze, file)


def _limits(limits: Any, file: str) -> Iterator[Problem]:
    """A standing limit over its ceiling would mean nothing, and a ceiling is never lifted without saying so."""
    for name in limits:
        said = limits[name]
        number, ceiling = said.get("number"), said.get("ceiling", STANDING[name].ceiling)
        if number is not None and ceiling is not None and number > ceiling:
            yield Problem(
                code="bad-setting",
                message=f'"limits.{name}.number" is {number}, over the ceiling of {ceiling}',
                source=Source(file, *said.at("number")),
                field="limits",
                hint=f"say how far it may ever go: ceiling: {number}",
            )


def _patterns(patterns: Any, name: str, file: str, known: list[str]) -> Iterator[Problem]:
    for index, pattern in enumerate(patterns):
        kind = pattern.partition(".")[0]
        if kind not in known and not set(kind) & set("*?"):
            yield Problem(
                code="bad-setting",
                message=f'"{kind}" is no kind{did_you_mean(kind, known)}',
                source=Source(file, *patterns.at(index)),
                field=name,
                hint=f"kinds: {', '.join(known)}",
            )


def _days(freeze: Any, file: str) -> Iterator[Problem]:
    found: dict[str, date] = {}
    for name in ("from", "until"):
        try:
            found[name] = date.fromisoformat(freeze[name])
        except ValueError:
            message = f"{freeze[name]} is no day of the calendar"
            yield Problem(code="bad-setting", message=message, source=Source(file, *freeze.at(name)), field="freezes")
    if len(found) == 2 and found["from"] >= found["until"]:
        yield Problem(
            code="bad-setting",
            message="the freeze ends before it begins",
            source=Source(file, *freeze.at("until")),
            field="freezes",
            hint="until is the first day that is free again",
        )
