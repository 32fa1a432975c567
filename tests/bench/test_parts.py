"""What the benchmark is made of: its company, its bare script, its clock, and the other programs."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from unicodedata import is_normalized

import pytest

from tests.bench import floor, peers, people
from tests.bench.measure import Unexpected, run, watch
from tests.bench.peers.peer import Peer
from tests.bench.project import Project
from tests.bench.suite import planned


def test_the_company_is_the_same_each_time_and_has_every_field(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        people.write(tmp_path / folder, 1_001)
    one, two = ([file.read_bytes() for file in sorted((tmp_path / name).iterdir())] for name in ("one", "two"))
    assert one == two
    assert len(one) == 1 + 3
    assert list(people.record(8, 1_001)) == list(people.FIELDS) == list(floor.FIELDS)


def test_names_are_unicode_as_it_should_be() -> None:
    names = [people.record(number, 600)["display_name"] for number in range(600)]
    assert all(is_normalized("NFC", name) for name in names)
    assert len({ord(name[0]) >> 7 for name in names}) >= 10


def test_one_file_is_touched_and_put_back(tmp_path: Path) -> None:
    people.write(tmp_path, 1_001)
    before = {file: file.read_text("utf-8") for file in tmp_path.iterdir()}
    people.write_file(tmp_path, 1_001, 700, {700: "Chief"})
    (touched,) = (file for file in before if file.read_text("utf-8") != before[file])
    assert touched.read_text("utf-8").count("job_title: Chief") == 1
    people.write_file(tmp_path, 1_001, 700)
    assert touched.read_text("utf-8") == before[touched]


def test_the_floor_reads_what_was_written(tmp_path: Path) -> None:
    people.write(tmp_path, 60)
    cache = tmp_path / "cache"
    cache.mkdir()
    written = {f"p{number}": people.record(number, 60) for number in range(60)}
    assert floor.declared(tmp_path, None) == written
    for _ in ("made", "used"):
        assert floor.declared(tmp_path, cache) == written
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("field", people.FIELDS)
def test_the_floor_compares_every_field(field: str) -> None:
    wanted = {"p8": people.record(8, 60)}
    live = dict(wanted["p8"])
    assert floor.compared(wanted, [("p8", *live.values()), ("other", *live.values())]) == (1, 0)
    live[field] = "something else"
    assert floor.compared(wanted, [("p8", *live.values())]) == (1, 1)


TWO = "import os, time; held = b'x' * 50_000_000; child = os.fork(); more = b'y' * 50_000_000; time.sleep(0.5)"
"""Two processes with 150 MB: 50 that they share, and 50 that each has alone."""


def test_memory_is_that_of_all_processes_together_and_shared_pages_count_once(tmp_path: Path) -> None:
    program = f"{TWO}; child and os.waitpid(child, 0)"
    mb = watch([sys.executable, "-c", program], tmp_path, dict(os.environ), out=tmp_path / "out")
    assert 140 < mb < 200


def test_what_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(Unexpected, match="ended with 3:\nno good"):
        run([sys.executable, "-c", "print('no good'); exit(3)"], tmp_path, dict(os.environ), out=tmp_path / "out")


@pytest.mark.parametrize("name", ["dani", "floor"])
def test_what_should_have_had_nothing_to_do_is_no_figure(name: str, tmp_path: Path) -> None:
    company = Project(root=tmp_path, url="", size=60, environ={})
    (tmp_path / "out").mkdir()
    company.out(name).write_text("Plan: 1 to update; 79 unchanged.", "utf-8")
    with pytest.raises(Unexpected, match="1 to update"):
        company.check(name, "No changes.")


@pytest.mark.parametrize("peer", peers.ALL, ids=lambda peer: peer.name)
def test_a_peer_that_is_here_has_nothing_to_do(peer: Peer, tmp_path: Path) -> None:
    program = peer.find(os.environ)
    if program is None:
        pytest.skip(f"{peer.name} isn't here")
    (folder := tmp_path / "work").mkdir()
    peer.write(folder, 5, program)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    assert planned(peer, program, folder, environ).seconds > 0


@pytest.mark.parametrize("peer", peers.ALL, ids=lambda peer: peer.name)
def test_a_peer_that_has_something_to_do_is_found_out(peer: Peer, tmp_path: Path) -> None:
    busy = replace(peer, command=lambda folder, program: [sys.executable, "-c", "print('1 to change')"])
    with pytest.raises(Unexpected, match="1 to change"):
        planned(busy, "program", tmp_path, {})


@pytest.mark.parametrize("peer", peers.ALL, ids=lambda peer: peer.name)
def test_a_peer_is_looked_for_on_the_path_only(peer: Peer, tmp_path: Path) -> None:
    assert peer.find({"PATH": str(tmp_path)}) is None
    assert peer.find({}) is None
