"""Measure: what a program took, and the figures of a whole run."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

CHILD = Path(__file__).with_name("child.py")


class Unexpected(Exception):
    """A program didn't do what it was measured for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One call. ``mb`` is the most memory at any moment, ``statements`` what went to the database."""

    seconds: float
    cpu_s: float
    mb: float = 0.0
    statements: int | None = None


def run(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], *, out: Path, codes: Sequence[int] = (0,)
) -> Cost:
    """Runs a program with its output in the file ``out``. Raises ``Unexpected`` for another exit code."""
    return _run(command, folder, environ, out, codes, "0")


def watch(command: Sequence[str], folder: Path, environ: Mapping[str, str], *, out: Path) -> float:
    """The most memory, in MB, that a program and all that it begins hold together."""
    return _run(command, folder, environ, out, (0,), "1").mb


def _run(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], out: Path, codes: Sequence[int], watching: str
) -> Cost:
    err = out.with_suffix(".err")
    outer = [sys.executable, "-I", "-S", str(CHILD), str(folder), str(out), str(err), watching, *command]
    done = subprocess.run(outer, env=dict(environ), stdin=subprocess.DEVNULL, capture_output=True, check=True)
    code, seconds, cpu_s, mb = json.loads(done.stdout)
    if code not in codes:
        said = (out.read_text("utf-8", "replace") + err.read_text("utf-8", "replace"))[-2000:]
        raise Unexpected(f"{' '.join(command)} ended with {code}:\n{said}")
    return Cost(seconds=seconds, cpu_s=cpu_s, mb=mb)


@dataclass(slots=True)
class Figures:
    """All costs by database, size and what was done, in the order in which they were measured."""

    costs: dict[tuple[str, int, str], list[Cost]] = field(default_factory=dict)

    def add(self, vendor: str, people: int, name: str, cost: Cost) -> None:
        self.costs.setdefault((vendor, people, name), []).append(cost)

    def at_least(self, vendor: str, people: int, name: str, mb: float) -> None:
        """What was found out about the memory of what is measured already."""
        costs = self.costs[(vendor, people, name)]
        costs[0] = replace(costs[0], mb=max(costs[0].mb, mb))

    def document(self) -> list[dict[str, Any]]:
        """Medians; of memory the most."""
        return [
            {"database": vendor, "people": people, "what": name, **_summary(costs)}
            for (vendor, people, name), costs in self.costs.items()
        ]


def _summary(costs: Sequence[Cost]) -> dict[str, Any]:
    seconds = [cost.seconds for cost in costs]
    told: dict[str, Any] = {
        "seconds": round(median(seconds), 4),
        "lowest_s": round(min(seconds), 4),
        "highest_s": round(max(seconds), 4),
        "cpu_s": round(median(cost.cpu_s for cost in costs), 4),
        "runs": len(costs),
    }
    if most := max(cost.mb for cost in costs):
        told["mb"] = round(most)
    statements = [cost.statements for cost in costs if cost.statements is not None]
    if statements:
        told["statements"] = max(statements)
    return told
