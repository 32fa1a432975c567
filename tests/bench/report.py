"""Report: a stored run as text for a terminal, and as the page in the docs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.bench.rows import ANYWHERE, Measured, judged

WHOLE = (
    "floor",
    "floor, cached",
    "plan, cold",
    "plan, cached",
    "plan, one file touched",
    "plan, 1 % changed",
    "first plan, saved",
    "first apply of a saved plan",
    "rollback",
    "export",
)
"""Whole processes, start-up included."""

INSIDE = (
    "bulk_create",
    "plan of all",
    "apply of all",
    "plan of nothing",
    "plan of 1 %",
    "apply of 1 %",
    "rollback plan of 1 %",
    "rollback of 1 %",
    "rollback plan of all",
    "rollback of all",
)
"""Steps inside a process whose database is open."""

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def text(document: Mapping[str, Any]) -> str:
    """The limits, a line each, and what is absent."""
    rows = [(row.name, row.measured, row.cpu, row.limit, row.verdict.strip("*")) for row in judged(document)]
    lines = _aligned([("figure", "measured", "as CPU", "limit", ""), *rows])
    absent = [f"{peer['name']} isn't here, so it wasn't measured." for peer in document["peers"] if not peer["version"]]
    return "\n".join([*lines, "", *absent, *(f"Not measured: {reason}" for reason in document["absent"])]) + "\n"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def page(document: Mapping[str, Any]) -> str:
    """The page in Markdown, without the line that says who wrote it."""
    return "\n".join(
        [
            *_introduction(document),
            *_limits(document),
            *_costs(document),
            *(line for database in _NAMES for size in document["sizes"] for line in _company(document, database, size)),
            *_peers(document),
            *_machine(document),
            _HOW,
        ]
    )


_INTRODUCTION = """\
# Performance

What `dani` takes is measured beside a **floor**: a bare script that reads the same YAML with the same parser, selects
the same rows through the driver, compares every field and prints what it found. It checks nothing, keeps nothing, and
knows no positions; it is written to be quick. A ratio to it holds on other machines, too, where seconds don't.

The data is a made-up company: a record is a person with 15 fields (13 texts, a list, a mapping), 500 to a file, names in
ten scripts; eight people report to one, and there are at least 20 departments. All rows and columns are compared.
"""

_HOW = """\
## How it is measured, and how to do it again

```sh
make bench                            # all sizes; more than an hour
make bench SIZES=1000 VENDORS=sqlite  # a few minutes; only printed
```

- Everything of one table was measured in one run, one after the other in each round: floor, plan, floor, plan. Shown are
  medians; of memory the most. Where the load at the start was above 1 the machine had other work, and seconds say less
  than CPU.
- Whole processes count from start to end, with the start of Python and the making of all output, which goes to a file.
  Seconds are those of a clock on the wall, and limits are for those; CPU seconds are of all processes together, but of the
  server of PostgreSQL, which is none of them.
- Memory is what the process, and all that it begins, hold at the same time; what they share counts once.
- *Cold* is without `.dani/cache`, *cached* is the plan after it. Pages of files are in the memory of the system both
  times, for the floor as for `dani`.
- Steps inside a process begin when the database is open and end when the result is there; what is carried out was planned
  before. They read no cache. `bulk_create` is Django's, of all rows of users, employees and departments in one
  transaction, with its instances made before the clock starts.
- SQLite runs with `synchronous = FULL`, PostgreSQL with `fsync`, both in a folder in memory (`/dev/shm`) where there is
  one, so that nobody waits for a disk.
- Another program is measured where it is on the path, or where `TERRAFORM`, `OCTODNS_SYNC` or `ANSIBLE_PLAYBOOK` name it.
  They do other things than `dani`; each was given what comes nearest to a person with 15 fields.
"""


def _introduction(document: Mapping[str, Any]) -> Iterator[str]:
    yield _INTRODUCTION
    yield f"Measured on {document['date']}, with {document['runs']} rounds. `make bench` measures it again.\n"


def _limits(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## What is promised\n"
    yield "On SQLite, unless the row says otherwise. A figure that misses its limit says so.\n"
    yield "| figure | measured | as CPU | limit | |"
    yield "| --- | --: | --: | --- | --- |"
    for row in judged(document):
        yield f"| {row.name} | {row.measured} | {row.cpu} | {row.limit} | {row.verdict} |"
    yield ""


def _costs(document: Mapping[str, Any]) -> Iterator[str]:
    """What costs what, worked out from the figures."""
    measured, sizes = Measured(document), sorted(document["sizes"])
    small, large = sizes[0], sizes[-1]
    yield "## What costs what\n"
    start = measured.figure(ANYWHERE, 0, "help")
    bare = measured.figure(ANYWHERE, 0, "interpreter")
    if start and bare:
        yield (
            f"- A bare interpreter takes {_ms(bare['cpu_s'])} of CPU, `dani --help` {_ms(start['cpu_s'])}; a plan loads "
            "Django besides, and opens the database."
        )
    for database, name in _NAMES.items():
        few, many = (measured.figure(database, size, "plan, cold") for size in (small, large))
        inside = measured.figure(database, small, "plan of nothing")
        if few and inside:
            yield (
                f"- {name}: of a cold plan of {small:,} people ({few['seconds']:.2f} s) "
                f"{max(few['seconds'] - inside['seconds'], 0):.2f} s are start, opening the database and output."
            )
        if few and many and large > small:
            yield from _growing(measured, name, database, (small, large))
    yield ""


def _growing(measured: Measured, name: str, database: str, sizes: tuple[int, int]) -> Iterator[str]:
    """What each further person takes, in millionths of a second."""
    told = []
    for what in (
        "plan, cold",
        "plan, cached",
        "floor",
        "floor, cached",
        "apply of all",
        "rollback of all",
        "bulk_create",
    ):
        few, many = (measured.figure(database, size, what) for size in sizes)
        if few and many:
            told.append(f"{what} {1e6 * (many['seconds'] - few['seconds']) / (sizes[1] - sizes[0]):.0f} µs")
    yield f"- {name}: each further person takes: {'; '.join(told)}."


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def _company(document: Mapping[str, Any], database: str, size: int) -> Iterator[str]:
    measured = Measured(document)
    floor = measured.figure(database, size, "floor")
    if floor is None:
        return
    yield f"## {size:,} people on {_NAMES[database]}\n"
    yield "| whole process | seconds | lowest – highest | beside the floor | CPU s | MB | runs |"
    yield "| --- | --: | --: | --: | --: | --: | --: |"
    for what in WHOLE:
        one = measured.figure(database, size, what)
        if one:
            ratio = f"{one['seconds'] / floor['seconds']:.2f} ×"
            yield f"| {what} | {_shown(one)} | {ratio} | {one['cpu_s']:.2f} | {one['mb']} | {one['runs']} |"
    yield ""
    yield "| step inside a process | seconds | lowest – highest | CPU s | statements | runs |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for what in INSIDE:
        one = measured.figure(database, size, what)
        if one:
            yield f"| {what} | {_shown(one)} | {one['cpu_s']:.2f} | {one['statements']} | {one['runs']} |"
    yield ""


def _shown(one: Mapping[str, Any]) -> str:
    return f"{one['seconds']:.2f} | {one['lowest_s']:.2f} – {one['highest_s']:.2f}"


def _peers(document: Mapping[str, Any]) -> Iterator[str]:
    measured = Measured(document)
    yield "## Other programs, with nothing to do\n"
    yield "| program | records | seconds | CPU s | MB | beside `dani plan`, cold | cached | runs |"
    yield "| --- | --: | --: | --: | --: | --: | --: | --: |"
    for peer in document["peers"]:
        own = [one for one in document["figures"] if one["what"] == peer["name"]]
        for one in own:
            beside = " | ".join(_times(one, measured, what) for what in ("plan, cold", "plan, cached"))
            figures = f"{one['people']:,} | {one['seconds']:.2f} | {one['cpu_s']:.2f} | {one['mb']}"
            yield f"| {peer['name']} | {figures} | {beside} | {one['runs']} |"
        if not own:
            yield f"| {peer['name']} | absent | | | | | | |"
    yield ""
    for peer in document["peers"]:
        yield f"- {peer['name']}{': ' + peer['version'] if peer['version'] else ' was absent'}. {peer['how']}."
    yield ""


def _times(one: Mapping[str, Any], measured: Measured, what: str) -> str:
    own = measured.figure("sqlite", one["people"], what)
    return f"{one['seconds'] / own['seconds']:.1f} ×" if own else "–"


def _machine(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## The machine\n"
    for name, value in document["machine"].items():
        yield f"- {name}: {value}"
    for reason in document["absent"]:
        yield f"- not measured: {reason}"
    yield ""
