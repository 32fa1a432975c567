"""Frame: the lines of a file around a problem, with nothing in them that must not be seen."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.continued import continued
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
_NAMED = re.compile(r"(?<![\w.-])(?P<quote>[\"']?)(?P<key>[^\s\"':#{}\[\],&*!|>?]+)(?P=quote)\s*:(?=\s|$|[\"'{\[])")
_REMARK = re.compile(r"(?:^|\s)#(?=.)|(?<=\s)&[^\s,\[\]{}]+(?=\s+\S)")
_CLOSED = frozenset({"vars", "database"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class FrameLine(NamedTuple):
    """One line of a file, numbered from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Names:
    """Which values a frame may show: those of ``open`` names, unless they lie under a ``closed`` one."""

    open: frozenset[str]
    closed: frozenset[str]


def names_of(dictionary: Dictionary) -> Names:
    """Fields up to the class internal, and what playbooks and dani.yaml are made of. All else may be a person's.

    A name that is masked in one kind is closed in all; variables have no class, so what they hold isn't shown.
    """
    closed = {name for kind in dictionary.kinds.values() for name in kind.masked} | _CLOSED
    said = {name for schema in dictionary.schemas.values() for name in _properties(schema, closed)}
    return Names(open=frozenset(said - closed), closed=frozenset(closed))


def _properties(schema: Any, closed: Collection[str]) -> Iterator[str]:
    """Names of properties at every depth that isn't under a closed one."""
    if isinstance(schema, list):
        for item in schema:
            yield from _properties(item, closed)
    if not isinstance(schema, Mapping):
        return
    shown = {name: rule for name, rule in schema.get("properties", {}).items() if name not in closed}
    yield from shown
    for inner in (*shown.values(), *(value for name, value in schema.items() if name != "properties")):
        yield from _properties(inner, closed)


class Lines:
    """The lines of files by name, each file read once; nothing where one can't be read."""

    def __init__(self, root: Path, tree: Tree | None = None) -> None:
        self.root = root
        self.tree = tree
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, file: str) -> tuple[str, ...]:
        if file not in self._known:
            self._known[file] = self._read(file)
        return self._known[file]

    def _read(self, file: str) -> tuple[str, ...]:
        if self.tree is None:
            return _lines(self.root, file)
        try:
            return _split(self.tree.read(file, _MOST_BYTES))
        except Fault:
            return ()


def frame(problem: Problem, root: Path, names: Names, files: Lines | None = None) -> tuple[FrameLine, ...]:
    """The line before and the line of a problem in a playbook; values that may not be shown are ``‹…›``.

    Empty where there is no such line, and for tables: which cells of a row are personal can't be told.
    """
    source = problem.source
    if source is None or not source.file.endswith(SUFFIXES):
        return ()
    lines = (files or Lines(root)).of(source.file)
    hidden = problem.field in names.closed
    # What stands above a value that must not be seen may be the variable that it comes from.
    first = source.line if hidden else max(source.line - 1, 1)
    shown = range(first, source.line + 1) if 0 < source.line <= len(lines) else range(0)
    return tuple(
        FrameLine(number, _clean(_masked(lines, number, names, source if hidden else None))) for number in shown
    )


def shown_line(lines: tuple[str, ...], number: int, names: Names) -> str:
    """One line of a playbook, numbered from 1, as a frame would show it but whole."""
    return _masked(lines, number, names, None)


def _lines(root: Path, file: str) -> tuple[str, ...]:
    path = inside(root / file, root.resolve())
    if path is None or not path.is_file():
        return ()
    try:
        with path.open("rb") as stream:
            return _split(stream.read(_MOST_BYTES))
    except OSError:
        return ()


def _split(data: bytes) -> tuple[str, ...]:
    return tuple(LINE_BREAK.split(data.decode("utf-8-sig", "replace")))


def _clean(text: str) -> str:
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.expandtabs(1))
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def _masked(lines: tuple[str, ...], number: int, names: Names, hidden: Source | None) -> str:
    line = lines[number - 1]
    around = _around(lines, number)
    if len(line) > _LOOKED_AT or not names.closed.isdisjoint(around) or number in continued(lines):
        return _without_value(line)
    if hidden and hidden.line == number:
        return line[: hidden.column - 1] + MASK
    ends = [end for end in (_first_closed(line, names.open), _remark_or_anchor(line)) if end is not None]
    if not _NAMED.search(line) and not (around and around[0] in names.open):
        return _without_value(line)
    return f"{line[: min(ends)].rstrip()} {MASK}" if ends else line


def _first_closed(line: str, shown: Collection[str]) -> int | None:
    """Where the value of the first name begins that isn't among ``shown``; nothing behind it is told."""
    for found in _NAMED.finditer(line):
        if found["key"] not in shown and line[found.end() :].strip():
            return found.end()
    return None


def _remark_or_anchor(line: str) -> int | None:
    """Where a remark's text begins, or what an anchor stands before: it may come back under another name."""
    found = _REMARK.search(line)
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
