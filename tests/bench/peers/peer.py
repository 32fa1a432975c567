"""Peer: another declarative program that is given the same people, and asked for a plan that has nothing to do."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """``how`` says what was made of a record. It never gets more than ``most``; above ``often`` it is asked only once."""

    name: str
    how: str
    most: int
    often: int
    find: Callable[[Mapping[str, str]], str | None]
    """The program, where the machine has it: by a variable of its own, else on the path."""

    write: Callable[[Path, int, str], None]
    """Writes the records, and what was applied before, into a folder: ``write(folder, people, program)``."""

    command: Callable[[Path, str], Sequence[str]]
    version: Sequence[str]
    quiet: str
    """What it says where nothing is to be done."""

    environ: Mapping[str, str]


def version_of(peer: Peer, program: str) -> str:
    """The first line of what it says about itself."""
    done = subprocess.run([program, *peer.version], capture_output=True, text=True, check=False, timeout=60)
    return (done.stdout or done.stderr).strip().partition("\n")[0]
