"""Page: lines of styled text; the only way by which text reaches a terminal.

Every piece that is put on a page is made harmless here, so a renderer can't forget it. Colour repeats what the signs
and words say and never says anything alone.
"""

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.text import Text

from dani_playbook.cli import sinks

Span = str | tuple[str, str]
"""A piece of text, with a style or without."""

QUIET = "dim"
STRONG = "bold"
PLACE = "dim"
GOOD = "green"
WARN = "yellow"
BAD = "bold red"
_SIGNS = {
    "+": "green",
    "~": "yellow",
    "-": "red",
    "^": "cyan",
    ">": "blue",
    "=": "dim",
    "!": "bold red",
    "?": "magenta",
}
_SMALLEST_BODY = 24
_TAB = "\x00"
"""Stands for a tab on its way through rich, which would expand one. It never comes from data: see sinks."""


def sign_style(sign: str) -> str:
    """The colour that repeats what a sign says."""
    return _SIGNS.get(sign, "")


Pieces = Sequence[tuple[str, str]]
"""Harmless text and its style, piece by piece."""


class Page:
    """Lines of a page. ``width`` is that of the terminal in cells, or ``None`` where nothing is wrapped.

    A line is an object of rich only where it had to be wrapped: a plan of many people has some 100,000 lines.
    """

    def __init__(self, width: int | None = None) -> None:
        self.width = width
        self.lines: list[Text | Pieces] = []

    def line(self, *spans: Span, hang: int = 0) -> None:
        """One line; where it is too long for the terminal it goes on below, indented by ``hang`` cells."""
        pieces = _trimmed([_harmless(span) for span in spans])
        if self.width is None or _width(_plain(pieces)) <= self.width:
            self.lines.append(pieces)
        else:
            self.lines.extend(_wrapped(Text.assemble(*pieces), self.width, hang))

    def blank(self) -> None:
        """An empty line, never two."""
        if self.lines and _plain(self.lines[-1]):
            self.lines.append(())

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Span]]) -> None:
        """Aligned columns under a header on a terminal; tabs and no header where a program reads."""
        listed = [list(row) for row in rows]
        if self.width is None:
            self.lines.extend(Text(_TAB).join(_text(cell) for cell in row) for row in listed)
            return
        shown: list[list[Span]] = [[(name, QUIET) for name in header], *listed]
        widths = [max(_text(row[column]).cell_len for row in shown) + 2 for column in range(len(header))]
        for row in shown:
            self.line(*(padded(cell, width) for cell, width in zip(row, widths, strict=True)), hang=4)

    def written(self, colour: bool) -> str:
        """The whole page as a string that ends with a line feed."""
        if not colour:
            return "".join(f"{_plain(line)}\n" for line in self.lines).replace(_TAB, "\t")
        file = io.StringIO()
        console = _coloured_console(file, self.width or 1_000_000)
        for line in self.lines:
            if isinstance(line, Text):
                console.print(line, soft_wrap=True)
            else:
                file.write("".join(_coloured(text, style) for text, style in line) + "\n")
        return file.getvalue().replace(_TAB, "\t")


def _coloured_console(file: io.StringIO, width: int) -> Console:
    return Console(
        file=file,
        force_terminal=True,
        color_system="standard",
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def _coloured(text: str, style: str) -> str:
    """As rich writes it."""
    return _style(style).render(text, color_system=ColorSystem.STANDARD) if text and style else text


@lru_cache(maxsize=64)
def _style(name: str) -> Style:
    return Style.parse(name)


def _plain(line: Text | Pieces) -> str:
    return line.plain if isinstance(line, Text) else "".join([text for text, _ in line])


def _trimmed(pieces: list[tuple[str, str]]) -> Pieces:
    """Without the space at the end."""
    while pieces:
        text, style = pieces.pop()
        if kept := text.rstrip():
            pieces.append((kept, style))
            break
    return pieces


def padded(span: Span, width: int) -> Span:
    """``span`` with spaces behind it up to ``width`` cells, and always one."""
    plain, style = span if isinstance(span, tuple) else (span, "")
    missing = width - cells(plain)
    return (plain + " " * max(missing, 1), style)


def cells(text: str) -> int:
    """How many cells of a terminal ``text`` takes once it is harmless."""
    return _width(sinks.terminal(text))


def _width(harmless: str) -> int:
    return len(harmless) if harmless.isascii() else cell_len(harmless)


def _text(span: Span) -> Text:
    plain, style = _harmless(span)
    return Text(plain, style)


def _harmless(span: Span) -> tuple[str, str]:
    plain, style = span if isinstance(span, tuple) else (span, "")
    return (sinks.terminal(plain), style)


def _wrapped(text: Text, width: int, hang: int) -> list[Text]:
    if width - hang < _SMALLEST_BODY:
        hang = min(hang, 4)
    offset = _offset_at(text.plain, hang)
    head, body = text.divide([offset]) if offset else (Text(), text)
    parts = body.wrap(_plain_console(width), max(width - hang, 1), overflow="fold")
    for part in parts:
        part.rstrip()
    first, rest = parts[0], parts[1:]
    return [head + first, *(Text(" " * hang) + part for part in rest)]


def _offset_at(plain: str, column: int) -> int:
    """The index of the first character at or behind ``column`` cells."""
    taken = 0
    for index, character in enumerate(plain):
        if taken >= column:
            return index
        taken += cell_len(character)
    return len(plain)


@lru_cache(maxsize=4)
def _plain_console(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, color_system=None)
