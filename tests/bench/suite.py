"""Suite: the whole run, from nothing to a document with all figures."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests import databases
from tests.bench import peers
from tests.bench.company import Bench, measure_company
from tests.bench.machine import machine, server_version
from tests.bench.measure import Cost, Figures, Unexpected, run
from tests.bench.peers.peer import Peer, version_of
from tests.bench.project import dani_command, environment

FORMAT = "dani.bench/1"
STARTS = 7
"""Starts in one run: what takes so little is done often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be measured. ``environ`` is asked for the peers' programs, ``date`` is told with the figures."""

    sizes: Sequence[int]
    vendors: Sequence[str]
    runs: int
    date: str
    environ: Mapping[str, str] = field(repr=False)
    only_plans: bool = False


def measured(wanted: Wanted, tell: Callable[[str], None]) -> dict[str, Any]:
    """Everything; a database that the machine doesn't have is named as absent."""
    figures = Figures()
    bench = Bench(
        figures=figures, runs=wanted.runs, path=wanted.environ.get("PATH", ""), tell=tell, only_plans=wanted.only_plans
    )
    about, absent, digests = machine(), [], {}
    _starts(bench)
    with _peers(bench, wanted) as (found, beside):
        for vendor in wanted.vendors:
            try:
                with getattr(databases, vendor)() as place:
                    if vendor == "postgresql":
                        about["PostgreSQL"] = server_version(place)
                    with_peers = replace(bench, beside=beside) if vendor == wanted.vendors[0] else bench
                    for size in wanted.sizes:
                        digests[f"{vendor} {size}"] = measure_company(with_peers, place, size)
            except databases.NoServer as reason:
                absent.append(f"{vendor}: {reason}")
    return {
        "format": FORMAT,
        "date": wanted.date,
        "machine": about,
        "sizes": list(wanted.sizes),
        "runs": wanted.runs,
        "absent": absent,
        "peers": found,
        "figures": figures.document(),
        "digests": digests,
    }


def _starts(bench: Bench) -> None:
    """What it takes to begin at all, beside a bare interpreter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = environment(folder, bench.path)
        for _ in range(bench.runs * STARTS):
            for what, command in (("interpreter", [sys.executable, "-c", "pass"]), ("help", dani_command("--help"))):
                bench.figures.add("", 0, what, run(command, folder, environ, out=folder / "out"))


Beside = Callable[[int, int], None]


@contextmanager
def _peers(bench: Bench, wanted: Wanted) -> Iterator[tuple[list[dict[str, Any]], Beside]]:
    """What is known of the peers, and how to measure those that are here in a round."""
    programs = {peer.name: peer.find(wanted.environ) for peer in peers.ALL}
    told = [
        {"name": peer.name, "how": peer.how, "version": version_of(peer, program) if program else None}
        for peer in peers.ALL
        for program in [programs[peer.name]]
    ]
    with tempfile.TemporaryDirectory() as name:

        def beside(size: int, number: int) -> None:
            for peer in peers.ALL:
                if program := programs[peer.name]:
                    _ask(bench, peer, program, Path(name), (size, number))

        yield told, beside


def _ask(bench: Bench, peer: Peer, program: str, root: Path, asked: tuple[int, int]) -> None:
    """One plan of a peer. Raises ``Unexpected`` where it finds something to do."""
    size, number = min(asked[0], peer.most), asked[1]
    folder = root / f"{peer.name}-{size}"
    if not folder.exists():
        folder.mkdir()
        peer.write(folder, size, program)
    elif size > peer.often or asked[0] > size:
        return
    cost = planned(peer, program, folder, environment(root, bench.path))
    bench.figures.add("", size, peer.name, cost)
    bench.tell(f"{peer.name}, {size:,} people, round {number + 1}: {cost.seconds:.2f} s, {cost.mb:.0f} MB")


def planned(peer: Peer, program: str, folder: Path, environ: Mapping[str, str]) -> Cost:
    out = folder.with_suffix(".out")
    cost = run(peer.command(folder, program), folder, {**environ, **peer.environ}, out=out)
    said = out.read_text("utf-8", "replace") + out.with_suffix(".err").read_text("utf-8", "replace")
    if peer.quiet not in said:
        raise Unexpected(f"{peer.name} should have nothing to do, and said:\n{said[-2000:]}")
    return cost
