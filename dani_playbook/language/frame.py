"""Frame: the lines of a file around a problem, with nothing in them that must not be seen."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.paths import SUFFIXES, inside
from dani_playbook.language.syntax import LINE_BREAK
from dani_playbook.language.tree import Fault, Tree

MASK = "‹…›"
_LONGEST = 240
_LOOKED_AT = 1_000
_MOST_BYTES = 32 * 1024 * 1024
_KEY = re.compile(
    r"(?P<indent>[ ]*)(?P<dash>(?:- +)*)(?P<quote>[\"']?)(?P<key>[^\s\"':#{}\[\],]+)(?P=quote)\s*:(?=\s|$)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class FrameLine(NamedTuple):
    """One line of a file, numbered from 1."""

    line: int
    text: str


def masked_names(dictionary: Dictionary) -> frozenset[str]:
    """Names of fields whose values no frame may show, over all kinds."""
    return frozenset(name for kind in dictionary.kinds.values() for name in kind.masked)


class Lines:
    """The lines of files by name, each file read once; nothing where one can't be read."""

    def __init__(self, root: Path, tree: Tree | None = None) -> None:
        self.root = root
        self.tree = tree
        self._known: dict[str, Sequence[str]] = {}

    def of(self, file: str) -> Sequence[str]:
        if file not in self._known:
            self._known[file] = self._read(file)
        return self._known[file]

    def _read(self, file: str) -> Sequence[str]:
        if self.tree is None:
            return _lines(self.root, file)
        try:
            return _split(self.tree.read(file, _MOST_BYTES))
        except Fault:
            return ()


def frame(
    problem: Problem, root: Path, masked_fields: frozenset[str], files: Lines | None = None
) -> tuple[FrameLine, ...]:
    """The line before and the line of a problem in a playbook; values of masked fields are ``‹…›``.

    Empty where there is no such line, and for tables: which cells of a row are personal can't be told.
    """
    source = problem.source
    if source is None or not source.file.endswith(SUFFIXES):
        return ()
    lines = (files or Lines(root)).of(source.file)
    hidden = problem.field in masked_fields
    # What stands above a value that must not be seen may be the variable that it comes from.
    first = source.line if hidden else max(source.line - 1, 1)
    shown = range(first, source.line + 1) if 0 < source.line <= len(lines) else range(0)
    return tuple(
        FrameLine(number, _clean(_masked(lines, number, masked_fields, source if hidden else None))) for number in shown
    )


def _lines(root: Path, file: str) -> Sequence[str]:
    path = inside(root / file, root.resolve())
    if path is None or not path.is_file():
        return ()
    try:
        with path.open("rb") as stream:
            return _split(stream.read(_MOST_BYTES))
    except OSError:
        return ()


def _split(data: bytes) -> Sequence[str]:
    """Of a line only as much as is ever shown; what hides a value stands before it."""
    return [line[:_LOOKED_AT] for line in LINE_BREAK.split(data.decode("utf-8-sig", "replace"))]


def _clean(text: str) -> str:
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.expandtabs(1))
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def _masked(lines: Sequence[str], number: int, fields: frozenset[str], hidden: Source | None) -> str:
    line = lines[number - 1]
    if not fields.isdisjoint(_around(lines, number)):
        return _without_value(line)
    if hidden and hidden.line == number:
        return line[: hidden.column - 1] + MASK
    found = _first_masked(line, fields)
    return line if found is None else line[:found] + " " + MASK


def _first_masked(line: str, fields: Iterable[str]) -> int | None:
    """Where the value of the first masked field of a line begins; nothing behind it is shown."""
    names = "|".join(map(re.escape, sorted(fields)))
    found = re.search(rf"(?<![\w.-])[\"']?(?:{names})[\"']?\s*:(?=\s|$|[\"'])", line) if names else None
    return found.end() if found else None


def _without_value(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return indent + MASK if line.strip() else line


def _around(lines: Sequence[str], number: int) -> list[str]:
    """The keys that a line lies under, nearest first."""
    line = lines[number - 1]
    depth = len(line) - len(line.lstrip(" "))
    keys = []
    for above in reversed(lines[max(0, number - 2_000) : number - 1]):
        indent = len(above) - len(above.lstrip(" "))
        if not above.strip() or above.lstrip().startswith("#") or indent > depth:
            continue
        found = _KEY.match(above)
        is_item = line.lstrip().startswith("- ") and indent == depth and not above.lstrip().startswith("- ")
        if found and (indent < depth or is_item):
            keys.append(found.group("key"))
            depth = indent
        if depth == 0:
            break
    return keys
