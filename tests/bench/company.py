"""Company: everything that is measured with one database and one size, round by round."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench import people
from tests.bench.measure import Cost, Figures
from tests.bench.project import Project, project
from tests.databases import Place

MANY = 50_000
"""From so many people on, a life is lived once."""
VARIANTS: Mapping[str, Mapping[str, str]] = {
    "cold": {},
    "cached": {},
    "no cache, one process": {"DANI_CACHE": "0", "DANI_PROCESSES": "1"},
    "no cache, two processes": {"DANI_CACHE": "0", "DANI_PROCESSES": "2"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """``runs`` is how often what is quick is done; ``beside`` what is measured in every round beside a plan.
    ``only_plans`` leaves out all but the first apply and plans."""

    figures: Figures
    runs: int
    path: str
    tell: Callable[[str], None]
    beside: Callable[[int, int], None] = lambda size, number: None
    only_plans: bool = False


def measure_company(bench: Bench, place: Place, size: int) -> dict[str, str]:
    """All figures of one database and one size; gives the digests of one plan, made in every way."""
    if not bench.only_plans:
        _lives(bench, place, size)
    with project(place, size, bench.path) as company:
        told = _Told(bench, company, place.vendor)
        told.add("tables made", company.dani("runs"))
        run = _first(told)
        company.floor(cached=True)  # keeps what the rounds will find
        for number in range(bench.runs):
            _round(told, number)
        _memory(told)
        digests = _changes(told)
        if bench.only_plans:
            return digests
        told.add("export", company.dani("export", "--to", str(company.root / "exported")))
        told.add("rollback", company.dani("rollback", run, "--approve"))
    return digests


@dataclass(frozen=True, slots=True)
class _Told:
    bench: Bench
    company: Project
    vendor: str

    def add(self, name: str, cost: Cost) -> None:
        self.bench.figures.add(self.vendor, self.company.size, name, cost)
        self.bench.tell(f"{self.vendor}, {self.company.size:,} people: {name}: {cost.seconds:.2f} s, {cost.mb:.0f} MB")

    def steps(self, script: str) -> None:
        """What a program of ours measured by itself."""
        self.company.script(script)
        for name, step in json.loads(self.company.out(script).read_text("utf-8")).items():
            self.add(name, Cost(**step))


def _lives(bench: Bench, place: Place, size: int) -> None:
    """An apply beside the bare inserts, each time in a new database."""
    for _ in range(1 if size >= MANY else bench.runs):
        for script in ("bulk", "inside"):
            with project(place, size, bench.path) as company:
                _Told(bench, company, place.vendor).steps(script)


def _first(told: _Told) -> str:
    """The first apply as people do it, with a saved plan; gives its run."""
    company, file = told.company, str(told.company.root / "first.plan")
    told.add("first plan, saved", company.dani("plan", "--out", file))
    told.add("first apply of a saved plan", company.dani("apply", file, "--approve"))
    company.dani("runs", "--format", "json")
    return str(json.loads(company.out("dani").read_text("utf-8"))["runs"][0]["id"])


def _round(told: _Told, number: int) -> None:
    """The floor, and every kind of plan that follows it."""
    company = told.company
    told.add("floor", company.floor())
    company.forget_parsed()
    told.add("plan, cold", company.plan())
    told.add("floor", company.floor())
    told.add("plan, cached", company.plan())
    told.add("floor, cached", company.floor(cached=True))
    person = number * 37 % company.size
    with _retitled(company, {person: f"Retitled {number}"}, only=person):
        told.add("plan, one file touched", company.dani("plan"))
        company.check("dani", "1 to update")
    told.bench.beside(company.size, number)


def _memory(told: _Told) -> None:
    """Looked at apart from the clock, because to look takes time."""
    company = told.company
    most = {"floor": company.watched_floor()}
    company.forget_parsed()
    most["plan, cold"] = company.watched("plan")
    most["plan, cached"] = company.watched("plan")
    for name, mb in most.items():
        told.bench.figures.at_least(told.vendor, company.size, name, mb)


def _changes(told: _Told) -> dict[str, str]:
    """Plans with 1 % of updates: what they take, and that they are the same however they are made."""
    company = told.company
    titles = dict.fromkeys(range(0, company.size, 100), "Chief")
    digests = {}
    with _retitled(company, titles):
        for _ in range(told.bench.runs):
            told.add("plan, 1 % changed", company.dani("plan"))
        company.forget_parsed()
        for name, variables in VARIANTS.items():
            told.add(f"plan, 1 % changed, {name}", company.dani("plan", "--format", "json", **variables))
            digests[name] = str(json.loads(company.out("dani").read_text("utf-8"))["digest"])
    return digests


@contextmanager
def _retitled(company: Project, titles: Mapping[int, str], only: int | None = None) -> Iterator[None]:
    """With other job titles in the files, all of them or the one of the person ``only``."""

    def write(titles: Mapping[int, str]) -> None:
        if only is None:
            people.write(company.playbooks, company.size, titles)
        else:
            people.write_file(company.playbooks, company.size, only, titles)

    write(titles)
    try:
        yield
    finally:
        write({})
