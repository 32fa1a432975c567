"""Fmt: a playbook tidied. Lines are moved and indented, never written anew, so comments and anchors stay."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, read_dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.problem import in_order
from dani_playbook.language.documents import parse
from dani_playbook.language.outline import Entry, Line, Node, Unusual, outline
from dani_playbook.language.project import Limits
from dani_playbook.language.shapes import Shape, playbook_shape

_STEP = 2
_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")


def format_text(text: str, dictionary: Dictionary | None = None, *, file: str = "playbook") -> str:
    """``text`` with collections in the language's order, fields in their schema's, indented by two.

    Doing it twice is the same as once. What the playbook says stays the same, and every comment stays with the line
    below it. A file that is laid out in a way that can't be followed stays as it is.
    Raises PlaybookError where ``text`` isn't valid YAML.
    """
    before = content_of(text, file)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    tidy = text if _OTHER_BREAKS.search(text) else _tidied(text, dictionary or read_dictionary())
    if content_of(tidy, file) != before:
        raise PlaybookError(f"{file} can't be tidied without changing what it says", hint="leave it as it is")
    return tidy


def content_of(text: str, file: str) -> object:
    """What the file says. Raises PlaybookError with every problem."""
    document, problems = parse(text.removeprefix("\ufeff"), file, Limits())
    if problems or document is None:
        raise PlaybookError(f"{file} can't be read", problems=in_order(problems))
    return document.content


def plain_content(value: Any) -> Any:
    """What a file says, or a part of it, without the places where it says it."""
    if isinstance(value, dict):
        return {key: plain_content(item) for key, item in value.items()}
    return [plain_content(item) for item in value] if isinstance(value, list | tuple) else value


def _tidied(text: str, dictionary: Dictionary) -> str:
    try:
        root = outline(text)
        if root is None or not root.is_block:
            return text
        lines = text.split("\n")
        start = _head_end(lines, root.entries[0].line)
        head = [_Line(line.rstrip()) for line in lines[:start]]
        body = _Layout(lines).block(root, 0, start, len(lines), playbook_shape(dictionary))
        return "\n".join(_squeezed([*head, *body])) + "\n"
    except Unusual:
        return text


def _head_end(lines: Sequence[str], first: Line) -> Line:
    """Comments at the top stay there, whatever key comes to be first; those of the first key stand below a gap."""
    blanks = [number for number in range(first) if not lines[number].strip()]
    marker = [number for number in range(first) if lines[number].startswith("---")]
    return max([*(number + 1 for number in blanks), *(number + 1 for number in marker)], default=first)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    is_text: bool = False
    """Whether the line is inside of a scalar, where white space may mean something."""


def _squeezed(body: Sequence[_Line]) -> Iterator[str]:
    """Never two blank lines in a row and none at the end, but in texts."""
    last = max((number for number, line in enumerate(body) if line.text or line.is_text), default=-1)
    was_blank = True
    for line in body[: last + 1]:
        if line.is_text or line.text or not was_blank:
            yield line.text
        was_blank = not line.text


class _Layout:
    """Lays lines out anew. A region is the lines from ``start`` to before ``bound``."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def block(self, node: Node, indent: int, start: Line, bound: Line, shape: Shape) -> Iterator[_Line]:
        """A block mapping or list whose entries begin in the column ``indent``, with the comments around them."""
        entries = node.entries
        following = [*(entry.line for entry in entries[1:]), bound]
        ends = [self._end(entry, limit) for entry, limit in zip(entries, following, strict=True)]
        starts = [start, *ends[:-1]]
        was_block = False
        for position, index in enumerate(_in_order(node, shape)):
            entry = entries[index]
            if indent == 0 and position and (was_block or entry.node.is_block):
                yield _Line("")
            yield from self._comments(starts[index], entry.line, indent, may_begin_blank=position > 0)
            yield from self._entry(entry, node, indent, ends[index], shape)
            was_block = entry.node.is_block
        yield from self._comments(ends[-1], bound, indent, may_begin_blank=True)

    def _end(self, entry: Entry, limit: Line) -> Line:
        """The line behind an entry. Comments below it belong to it that are indented like entries of its own."""
        end, inner = entry.node.end, entry.node.column
        if not entry.node.is_block or inner == entry.column:
            return end
        for number in range(end, limit):
            line = self.lines[number]
            if line.strip() and _indent(line) < inner:
                return end
            if line.strip():
                end = number + 1
        return end

    def _comments(self, start: Line, bound: Line, indent: int, *, may_begin_blank: bool) -> Iterator[_Line]:
        for line in map(str.strip, self.lines[start:bound]):
            if line and not line.startswith("#"):
                raise Unusual
            if line or may_begin_blank:
                yield _Line(" " * indent + line if line else "")
            may_begin_blank = may_begin_blank or bool(line)

    def _entry(self, entry: Entry, parent: Node, indent: int, bound: Line, shape: Shape) -> Iterator[_Line]:
        node, below = entry.node, shape.below(entry.key, parent)
        if parent.kind == "list" and node.is_block and node.entries[0].line == entry.line:
            yield from self._behind_dash(entry, indent, bound, below)
            return
        yield _Line(" " * indent + self.lines[entry.line][entry.column :].rstrip())
        if node.is_block:
            yield from self.block(node, indent + _STEP, entry.line + 1, bound, below)
        else:
            yield from self._continued(entry, indent - entry.column)

    def _behind_dash(self, entry: Entry, indent: int, bound: Line, shape: Shape) -> Iterator[_Line]:
        """``- key: value``; a comment that comes to stand first goes above the dash."""
        lines = list(self.block(entry.node, indent + _STEP, entry.line, bound, shape))
        first = next(number for number, line in enumerate(lines) if not line.text.lstrip().startswith("#"))
        yield from (_Line(line.text[_STEP:]) for line in lines[:first])
        yield _Line(" " * indent + "- " + lines[first].text[indent + _STEP :])
        yield from lines[first + 1 :]

    def _continued(self, entry: Entry, shift: int) -> Iterator[_Line]:
        """The further lines of a scalar or a flow collection, moved with its first one."""
        for line in self.lines[entry.line + 1 : entry.node.end]:
            if line.strip(" "):
                yield _Line(" " * max(0, _indent(line) + shift) + line.lstrip(" "), is_text=True)
            else:
                yield _Line(" " * max(0, len(line) + shift) if entry.node.literal and line else "", is_text=True)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _in_order(node: Node, shape: Shape) -> list[int]:
    """Positions of the entries in the order to write, the author's where an alias would come before its anchor."""
    given = list(range(len(node.entries)))
    if node.kind != "map":
        return given
    wanted = sorted(given, key=lambda index: shape.rank(node.entries[index].key))
    return given if _tears_anchors(node.entries, wanted) else wanted


def _tears_anchors(entries: Sequence[Entry], wanted: Sequence[int]) -> bool:
    seen: list[Entry] = []
    for index in wanted:
        entry = entries[index]
        if any(later.line > entry.line and _are_tied(entry.node, later.node) for later in seen):
            return True
        seen.append(entry)
    return False


def _are_tied(earlier: Node, later: Node) -> bool:
    return bool(earlier.names & (later.uses | later.names) or earlier.uses & later.names)
