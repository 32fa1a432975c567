"""The business rules of jobs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from dani_playbook.core.address import Address
from dani_playbook.core.module import Rule
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields, Value
from dani_playbook.core.world import World

_OPEN = ("open", "paused")
_LAST = ("hired", "rejected")


def job_in_closed_department(world: World) -> Iterator[Problem]:
    """An open job needs an open department."""
    departments = world.of("department")
    for address, job in _declaring(world, "department", "status"):
        department = Address("department", str(job.get("department")))
        closed = departments.get(department.key, {}).get("status") == "closed"
        if closed and job.get("status") in _OPEN:
            problem = world.problem(
                "job-in-closed-department",
                f"{address} is open, and {department} is closed",
                address,
                "department",
                hint="close the job, or choose an open department",
            )
            place = world.source(department, "status")
            yield replace(problem, related=(place,) if place else ())


def open_without_date(world: World) -> Iterator[Problem]:
    """An open job says since when. What isn't declared may be live, so this waits until live is known."""
    for address, job in _declaring(world, "status", "open_date"):
        if world.live_known and job.get("status") == "open" and not job.get("open_date"):
            yield world.problem("open-without-date", f"{address} is open and has no open date", address, "status")


def close_before_open(world: World) -> Iterator[Problem]:
    """The last day to apply isn't before the first."""
    for address, job in _declaring(world, "open_date", "close_date"):
        first, last = job.get("open_date"), job.get("close_date")
        if first and last and last < first:
            message = f"{address} closes on {last}, before it opens on {first}"
            yield world.problem("end-before-start", message, address, "close_date")


def stages_in_order(world: World) -> Iterator[Problem]:
    """Applicants pass stages from exactly one ``applied`` to the last ones; every stage has a key of its own."""
    for address, job in _declaring(world, "stages"):
        for code, message in _stage_faults(job.get("stages") or ()):
            yield world.problem(code, f"{address}: {message}", address, "stages")


def _stage_faults(stages: tuple[Value, ...]) -> Iterator[tuple[str, str]]:
    types = [stage["type"] for stage in stages]
    for key, count in sorted(Counter(stage["key"] for stage in stages).items()):
        if count > 1:
            yield "duplicate-stage", f'{count} stages have the key "{key}"'
    if types and (types[0] != "applied" or types.count("applied") > 1):
        yield "stage-order", "the first stage, and no other, has the type applied"
    for name in _LAST:
        if types.count(name) > 1:
            yield "stage-order", f"{types.count(name)} stages have the type {name}; one is enough"
    if _something_after_the_end(types):
        yield "stage-order", "no stage comes after hired and rejected"


def _something_after_the_end(types: list[str]) -> bool:
    ended = [kind in _LAST for kind in types]
    return ended != sorted(ended)


def _declaring(world: World, *names: str) -> Iterator[tuple[Address, Fields]]:
    """Declared jobs that say something about one of the fields, as they would be."""
    for key, job in world.of("job").items():
        desired = world.declared.get(Address("job", key))
        if desired is not None and any(name in desired.fields for name in names):
            yield desired.address, job


JOB_RULES: tuple[Rule, ...] = (job_in_closed_department, open_without_date, close_before_open, stages_in_order)
