"""Rows: what is promised of the figures, as ratios of two things that were measured in the same run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
FULL = (SMALL, MIDDLE, LARGE)
A_STATEMENT = 20
"""People for whom an apply may send one statement more."""
ANYWHERE = ""
"""The database of what has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """One measured figure: ``key`` of ``what``, of ``people`` in ``database``."""

    what: str
    people: int = MIDDLE
    database: str = "sqlite"
    key: str = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``over`` divided by ``under`` is at most ``limit``; ``least`` turns that around."""

    name: str
    over: Of
    under: Of
    limit: float
    least: bool = False

    @property
    def said(self) -> str:
        return f"at {'least' if self.least else 'most'} {self.limit:g} ×"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row with what came out. ``met`` is nothing where it wasn't measured at the size that the limit is for."""

    name: str
    limit: str
    measured: str
    met: bool | None
    note: str = ""
    cpu: str = "–"

    @property
    def verdict(self) -> str:
        return {True: "met", False: "**missed**", None: self.note or "not judged"}[self.met]


def _floor(name: str, what: str, people: int, limit: float) -> Row:
    beside = Of(what="floor", people=people)
    return Row(name=f"{name}, beside the floor", over=Of(what=what, people=people), under=beside, limit=limit)


def _peer(name: str, peer: str, people: int, what: str, limit: float) -> Row:
    other = Of(what=peer, people=people, database=ANYWHERE)
    return Row(name=name, over=other, under=Of(what=what, people=people), limit=limit, least=True)


def _servers(name: str, what: str, limit: float) -> Row:
    return Row(name=name, over=Of(what=what, database="postgresql"), under=Of(what=what), limit=limit)


def _grown(name: str, what: str, key: str, limit: float) -> Row:
    over, under = (Of(what=what, people=people, key=key) for people in (LARGE, MIDDLE))
    return Row(name=name, over=over, under=under, limit=limit)


ROWS = (
    _floor("plan, nothing to do, cold, 10,000 people", "plan, cold", MIDDLE, 2.0),
    _floor("plan, nothing to do, files cached, 10,000 people", "plan, cached", MIDDLE, 1.0),
    _floor("plan, nothing to do, cold, 100,000 people", "plan, cold", LARGE, 1.8),
    _floor("plan, nothing to do, files cached, 100,000 people", "plan, cached", LARGE, 0.6),
    _floor("plan after one file of 200 was touched, 100,000 people", "plan, one file touched", LARGE, 0.65),
    Row(
        name="first apply of 10,000 people, beside `bulk_create` of the same rows",
        over=Of(what="apply of all"),
        under=Of(what="bulk_create"),
        limit=3.0,
    ),
    Row(
        name="apply of 1 % updates among 10,000, beside a plan with nothing to do",
        over=Of(what="apply of 1 %"),
        under=Of(what="plan of nothing"),
        limit=0.5,
    ),
    Row(
        name="rollback of the first apply of 10,000, beside that apply",
        over=Of(what="rollback of all"),
        under=Of(what="apply of all"),
        limit=1.5,
    ),
    Row(
        name="memory of a cold plan of 100,000, beside the floor's",
        over=Of(what="plan, cold", people=LARGE, key="mb"),
        under=Of(what="floor", people=LARGE, key="mb"),
        limit=2.0,
    ),
    Row(
        name="CPU of `dani --help`, beside a bare interpreter's",
        over=Of(what="help", people=0, database=ANYWHERE, key="cpu_s"),
        under=Of(what="interpreter", people=0, database=ANYWHERE, key="cpu_s"),
        limit=6.0,
    ),
    _peer("octoDNS beside a cold plan, 10,000", "octoDNS", MIDDLE, "plan, cold", 15),
    _peer("octoDNS beside a cached plan, 10,000", "octoDNS", MIDDLE, "plan, cached", 30),
    _peer("Terraform beside a cold plan, 1,000", "Terraform", SMALL, "plan, cold", 8),
    _peer("Terraform beside a cached plan, 10,000", "Terraform", MIDDLE, "plan, cached", 40),
    Row(
        name="memory of a cold plan of 10,000, beside Terraform's",
        over=Of(what="plan, cold", key="mb"),
        under=Of(what="Terraform", database=ANYWHERE, key="mb"),
        limit=0.2,
    ),
    _servers("a cold plan of 10,000, PostgreSQL beside SQLite", "plan, cold", 1.3),
    _servers("first apply of 10,000, PostgreSQL beside SQLite", "apply of all", 2.5),
    _grown("time of a cold plan, from 10,000 to 100,000", "plan, cold", "seconds", 11),
    _grown("memory of a cold plan, from 10,000 to 100,000", "plan, cold", "mb", 10),
    Row(
        name="statements of a plan, 10,000 beside 1,000",
        over=Of(what="plan of nothing", key="statements"),
        under=Of(what="plan of nothing", people=SMALL, key="statements"),
        limit=1.0,
    ),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a stored run."""

    document: Mapping[str, Any] = field(repr=False)

    def figure(self, database: str, people: int, what: str) -> Mapping[str, Any] | None:
        place = {"database": database, "people": people, "what": what}
        return next((one for one in self.document["figures"] if place.items() <= one.items()), None)

    def value(self, of: Of) -> float | None:
        found = self.figure(of.database, of.people, of.what)
        return None if found is None else found.get(of.key)

    def nearest(self, of: Of) -> Of:
        """The same at a size that was measured, where this one wasn't: the largest below, else the smallest."""
        sizes = sorted(self.document["sizes"])
        below = [size for size in sizes if size <= of.people]
        people = below[-1] if below else sizes[0]
        return replace(of, people=people) if of.people else of


def judged(document: Mapping[str, Any]) -> list[Judged]:
    """All rows, in order, also those that weren't measured."""
    measured = Measured(document)
    return [*(_judged(row, measured) for row in ROWS), *_statements(measured), _digests(document)]


def _judged(row: Row, measured: Measured) -> Judged:
    over, under = measured.nearest(row.over), measured.nearest(row.under)
    top, bottom = measured.value(over), measured.value(under)
    if top is None or not bottom or over == under:
        return Judged(name=row.name, limit=row.said, measured="–", met=None, note="not measured")
    ratio = top / bottom
    met = ratio >= row.limit if row.least else ratio <= row.limit
    asked = (over, under) == (row.over, row.under)
    return Judged(
        name=row.name,
        limit=row.said,
        measured=f"{ratio:.2f} ×",
        met=met if asked else None,
        note="" if asked else _sizes(over.people, under.people),
        cpu=_cpu(measured, over, under),
    )


def _cpu(measured: Measured, over: Of, under: Of) -> str:
    """The same ratio in CPU seconds, where it was one of seconds: what else runs on the machine doesn't count there."""
    if over.key != "seconds":
        return "–"
    top, bottom = (measured.value(replace(of, key="cpu_s")) for of in (over, under))
    return f"{top / bottom:.2f} ×" if top and bottom else "–"


def _sizes(*sizes: int) -> str:
    return f"measured at {' and '.join(f'{size:,}' for size in dict.fromkeys(sizes))}"


def _statements(measured: Measured) -> Iterable[Judged]:
    """Of an apply more than of a plan, but only by batches."""
    few, many = (measured.value(Of(what="apply of all", people=people, key="statements")) for people in (SMALL, MIDDLE))
    name, limit = "people for each further statement of a first apply, from 1,000 to 10,000", f"at least {A_STATEMENT}"
    if few is None or many is None:
        return [Judged(name=name, limit=limit, measured="–", met=None, note="not measured")]
    people = (MIDDLE - SMALL) / max(many - few, 1)
    return [Judged(name=name, limit=limit, measured=f"{people:.0f}", met=people >= A_STATEMENT)]


def _digests(document: Mapping[str, Any]) -> Judged:
    found = document["digests"].values()
    equal = bool(found) and all(len(set(each.values())) == 1 for each in found)
    return Judged(
        name="digest of a plan, with and without cache, with one process and two",
        limit="equal",
        measured="equal" if equal else "different",
        met=equal,
    )
