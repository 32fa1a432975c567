"""Sheet: a text whose structure comes from methods only; what is put in comes out as text.

Renderers write on a ``Sheet`` and don't know whether it becomes Markdown, here, or a page, in ``html/page.py``.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from dani_playbook.cli import sinks
from dani_playbook.core.dataclass import dataclass

MOST_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True)
class Code:
    """A piece shown as code: addresses, values, commands."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    text: str


@dataclass(frozen=True, slots=True)
class Signed:
    """An address with the sign of what happens to it."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A word or two that stands for itself behind a name: a mark, a warning."""

    text: str
    is_loud: bool = False


Piece = str | Code | Bold | Signed | Badge
Line = tuple[str, str]
"""A sign and a text; a text that begins with a name and a colon is the value of a field."""


class Sheet(ABC):
    """What a renderer writes on."""

    @abstractmethod
    def heading(self, *pieces: Piece, level: int = 3) -> None: ...

    @abstractmethod
    def paragraph(self, *pieces: Piece) -> None: ...

    @abstractmethod
    def bullets(self, items: Iterable[Sequence[Piece]]) -> None: ...

    @abstractmethod
    def table(self, header: Sequence[str], rows: Iterable[Sequence[Sequence[Piece]]]) -> None: ...

    @abstractmethod
    def marker(self, name: str) -> None:
        """A comment that nobody sees, by which a program finds this text again."""

    @abstractmethod
    def facts(self, facts: Mapping[str, str]) -> None:
        """What is known beside the sentences, where there is room for it."""

    @abstractmethod
    def details(self, summary: Sequence[Piece], lines: Sequence[Line], note: Sequence[Piece] = ()) -> bool:
        """A part with a difference in it, line by line. False where no room was left."""

    @abstractmethod
    def code(self, lines: Sequence[str]) -> bool:
        """Lines as they stand in a file. False where no room was left."""

    @abstractmethod
    def written(self) -> str: ...


class MarkdownSheet(Sheet):
    """Blocks of Markdown, separated by empty lines.

    A comment on GitHub holds 65,536 characters. Details are left out before that, never the sum, and the sheet says so.
    """

    def __init__(self, most_characters: int = MOST_CHARACTERS) -> None:
        self._blocks: list[str] = []
        self._room = most_characters

    def heading(self, *pieces: Piece, level: int = 3) -> None:
        self._add(f"{'#' * level} {_inline(pieces)}")

    def paragraph(self, *pieces: Piece) -> None:
        self._add(_inline(pieces))

    def bullets(self, items: Iterable[Sequence[Piece]]) -> None:
        self._add_lines([], [f"- {_inline(item)}" for item in items], "- … and {number:,} more")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Sequence[Piece]]]) -> None:
        head = [_row([_inline([name]) for name in header]), _row(["---" for _ in header])]
        self._add_lines(head, [_row([_inline(cell) for cell in row]) for row in rows], "| … and {number:,} more |")

    def marker(self, name: str) -> None:
        self._add(f"<!-- {re.sub('[^a-z0-9./_ ]', '', name)} -->")

    def facts(self, facts: Mapping[str, str]) -> None:
        """Left out: a comment is read, not filed."""

    def details(self, summary: Sequence[Piece], lines: Sequence[Line], note: Sequence[Piece] = ()) -> bool:
        """A folded part with a coloured difference."""
        body = "\n".join(f"{sign} {sinks.fenced(text)}".rstrip() for sign, text in lines)
        fence = f"\n\n```diff\n{body}\n```" if body else ""
        tail = f"\n\n{_inline(note)}" if note else ""
        return self._fits(f"<details><summary>{_inline(summary)}</summary>{fence}{tail}\n\n</details>")

    def code(self, lines: Sequence[str]) -> bool:
        """A fenced block; a bar before every line keeps it from closing the fence."""
        body = "\n".join(f"│ {sinks.fenced(line)}".rstrip() for line in lines)
        return self._fits(f"```text\n{body}\n```")

    def written(self) -> str:
        return "\n\n".join(self._blocks) + "\n"

    def _fits(self, block: str) -> bool:
        if len(block) + 2 > self._room:
            return False
        self._add(block)
        return True

    def _add_lines(self, head: list[str], lines: list[str], rest: str) -> None:
        """As many lines as there is room for, and how many were left out."""
        if not lines:
            return
        room = self._room - sum(len(line) + 1 for line in head) - len(rest)
        taken = 0
        while taken < len(lines) and len(lines[taken]) + 1 <= room:
            room -= len(lines[taken]) + 1
            taken += 1
        cut = [rest.format(number=len(lines) - taken)] if taken < len(lines) else []
        self._add("\n".join([*head, *lines[:taken], *cut]))

    def _add(self, block: str) -> None:
        self._room -= len(block) + 2
        self._blocks.append(block)


def _inline(pieces: Sequence[Piece]) -> str:
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Piece) -> str:
    if isinstance(piece, Code):
        return sinks.markdown_code(piece.text)
    if isinstance(piece, Bold):
        return f"<b>{sinks.markdown(piece.text)}</b>"
    if isinstance(piece, Signed):
        return sinks.markdown_code(f"{piece.sign} {piece.text}")
    if isinstance(piece, Badge):
        return f" · {_piece(Bold(piece.text) if piece.is_loud else piece.text)}"
    return sinks.markdown(piece)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
