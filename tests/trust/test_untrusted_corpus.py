"""P13 and P14: no input of a stranger breaks ``dani validate --untrusted``, or makes it do anything but read.

Each is a process of its own; its time and its memory are measured. ``pytest -s`` prints the figures.
"""

import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import environment
from tests.language.cases import Case, read_cases
from tests.trust.attacks import Attack, attacks

MOST_SECONDS = 5.0
MOST_MEGABYTES = 512
MEASURED = Path(__file__).with_name("measured.py")
CASES = read_cases()
STRACE = shutil.which("strace")


@dataclass(frozen=True)
class Ended:
    name: str
    code: int
    seconds: float
    processor: float
    megabytes: int
    out: str
    err: str

    @property
    def problems(self) -> list[dict[str, Any]]:
        document = json.loads(self.out)
        assert document["format"] in ("dani.validation/1", "dani.problems/1"), self.name
        return list(document["problems"])


def run(name: str, root: Path, paths: tuple[str, ...] = (), before: tuple[str, ...] = ()) -> Ended:
    """One process in the folder ``root``."""
    out, err = root.with_name("out"), root.with_name("err")
    command = [*before, sys.executable, "-m", "dani_playbook", "validate", "--untrusted", *paths, "--format", "json"]
    told = subprocess.run(
        [sys.executable, "-S", "-E", str(MEASURED), str(root), str(out), str(err), *command],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    code, seconds, processor, megabytes = json.loads(told.stdout)
    return Ended(name, code, seconds, processor, megabytes, out.read_text("utf-8"), err.read_text("utf-8"))


def project(folder: Path, made: Attack | Case) -> Path:
    root = folder / "project"
    root.mkdir(parents=True)
    (root / "dani.yaml").write_text("version: 1\n")
    if isinstance(made, Attack):
        made.make(root)
    else:
        made.write(root)
    return root


def all_of(folder: Path, inputs: list[Attack] | list[Case]) -> list[Ended]:
    roots = [project(folder / str(number), item) for number, item in enumerate(inputs)]
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda item, root: run(item.name, root, getattr(item, "paths", ())), inputs, roots))
    clock, processor, memory = (
        max(ended, key=lambda one: getattr(one, figure)) for figure in ("seconds", "processor", "megabytes")
    )
    print(  # noqa: T201 - the figures
        f"\n{len(ended)} inputs, {sum(one.code in (3, 4) for one in ended)} refused; at most "
        f"{clock.seconds:.2f} s ({clock.name}), {processor.processor:.2f} s of the processor ({processor.name}) "
        f"and {memory.megabytes} MB ({memory.name})"
    )
    return ended


def check(ended: Ended) -> None:
    """What holds for each, good or bad."""
    assert ended.code in (0, 3, 4), ended
    # On a busy machine a process waits for its turn: then it is its own time that counts.
    assert ended.processor <= MOST_SECONDS, ended
    assert ended.seconds <= MOST_SECONDS or ended.processor <= ended.seconds / 2, ended
    assert ended.megabytes <= MOST_MEGABYTES, ended
    assert "Traceback" not in ended.out + ended.err
    assert "\x1b" not in ended.out
    for problem in ended.problems:
        assert problem["source"] is None or problem["source"]["file"], ended
    if ended.code != 0:
        assert any(problem["source"] for problem in ended.problems), ended


def test_every_attack_is_refused_within_its_time_and_memory(tmp_path: Path) -> None:
    for attack, ended in zip(attacks(), all_of(tmp_path, attacks()), strict=True):
        check(ended)
        assert ended.code == attack.code, ended
        codes = {problem["code"] for problem in ended.problems}
        assert not attack.says or attack.says in codes, (attack.name, codes)


def test_every_second_case_of_the_language_is_told_alike_to_strangers(tmp_path: Path) -> None:
    """Their codes, files and lines are those of a trusted tree; tighter limits and links are told apart by name."""
    sample = CASES[::2]
    for case, ended in zip(sample, all_of(tmp_path, sample), strict=True):
        check(ended)
        assert ended.code == case.exit_code, case.name
        said = sorted(_place(item) for item in ended.problems)
        assert said == sorted(case.expect) or " link " in case.name or case.name.startswith(OTHERWISE), case.name
        assert not case.silent or case.silent not in ended.out


OTHERWISE = ("a path outside", "a bomb of aliases")


def _place(problem: dict[str, Any]) -> str:
    return f"{problem['code']} {problem['source']['file']}:{problem['source']['line']}"


def test_there_are_at_least_two_hundred_bad_inputs_and_good_controls_among_them() -> None:
    bad = sum(attack.code != 0 for attack in attacks()) + sum(bool(case.expect) for case in CASES[::2])
    good = sum(attack.code == 0 for attack in attacks()) + sum(not case.expect for case in CASES[::2])
    assert bad >= 200
    assert good >= 3


NEVER = {
    "connect", "socket", "socketpair", "bind", "sendto", "execve", "execveat", "fork", "vfork", "clone", "clone3",
    "ptrace", "kill", "tgkill", "unlink", "unlinkat", "rename", "renameat2", "mkdir", "mkdirat", "symlinkat", "mount",
    "chmod", "fchmodat", "truncate", "ftruncate", "openat2", "open",
}  # fmt: skip


def calls_of_the_worker(trace: str) -> list[tuple[str, str]]:
    """The system calls of the forked process, from the moment on when it is confined."""
    by_process: dict[str, list[tuple[str, str]]] = {}
    for line in trace.splitlines():
        process, _, rest = line.partition(" ")
        if found := re.match(r"(\w+)\((.*)", rest.strip()):
            by_process.setdefault(process, []).append((found[1], found[2]))
    for calls in by_process.values():
        for number, (name, said) in enumerate(calls):
            if (name == "prctl" and "PR_SET_SECCOMP" in said) or name == "seccomp":
                return calls[number + 1 :]
    return []


@pytest.mark.skipif(STRACE is None, reason="strace isn't installed")
def test_no_attack_makes_the_worker_open_connect_or_start_anything(tmp_path: Path) -> None:
    chosen = [
        item for item in attacks() if item.name.startswith(("a table", "a link", "a template with a", "settings"))
    ]
    chosen += [item for item in attacks() if "workbook" in item.name or "XML" in item.name or "Python" in item.name]
    traced = opened = 0
    for number, attack in enumerate(chosen[::2]):
        root = project(tmp_path / str(number), attack)
        trace = root.with_name("trace")
        run(attack.name, root, before=(str(STRACE), "-f", "-qq", "-s", "300", "-o", str(trace)))
        calls = calls_of_the_worker(trace.read_text("utf-8", "replace"))
        if not calls:
            continue
        traced += 1
        assert not [call for call in calls if call[0] in NEVER], attack.name
        for said in [said for name, said in calls if name == "openat"]:
            opened += 1
            assert re.match(r'\d+, "[^"/]*", O_RDONLY', said) or "zoneinfo" in said or "tzdata" in said, (
                attack.name,
                said,
            )
    print(f"\n{traced} workers traced: {opened} files opened, all below the tree; 0 connected, 0 started")  # noqa: T201
    assert traced >= 20
