"""Page: lines of styled text; the only way by which text reaches a terminal.

Every piece that is put on a page is made harmless here, so a renderer can't forget it. Colour repeats what the signs
and words say and never says anything alone.
"""

from collections.abc import Iterable, Iterator, Sequence

from dani_playbook.cli import sinks

Span = str | tuple[str, str]
"""A piece of text, with a style or without."""

Line = tuple[tuple[str, str], ...]
"""Harmless pieces of text with their styles."""

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
_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


def sign_style(sign: str) -> str:
    """The colour that repeats what a sign says."""
    return _SIGNS.get(sign, "")


class Page:
    """A page of text, coloured or not. ``width`` is that of the terminal in cells, ``None`` where nothing is wrapped."""

    def __init__(self, width: int | None = None, *, colour: bool = False) -> None:
        self.width = width
        self._paint = coloured if colour else plain
        self._lines: list[str] = []

    def line(self, *spans: Span, hang: int = 0) -> None:
        """One line; where it is too long for the terminal it goes on below, indented by ``hang`` cells."""
        line = tuple(_stripped([_harmless(span) for span in spans]))
        if self.width is None or _cells(plain(line)) <= self.width:
            self._lines.append(self._paint(line))
            return
        from dani_playbook.cli.text.wrap import wrapped

        if self.width - hang < _SMALLEST_BODY:
            hang = min(hang, 4)
        self._lines.extend(self._paint(part) for part in wrapped(line, self.width, hang))

    def blank(self) -> None:
        """An empty line, never two."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Span]]) -> None:
        """Aligned columns under a header on a terminal; tabs and no header where a program reads."""
        listed = [list(row) for row in rows]
        if self.width is None:
            self._lines.extend(self._paint(tuple(_with_tabs(row))) for row in listed)
            return
        shown: list[list[Span]] = [[(name, QUIET) for name in header], *listed]
        widths = [max(_cells(_harmless(row[column])[0]) for row in shown) + 2 for column in range(len(header))]
        for row in shown:
            self.line(*(padded(cell, width) for cell, width in zip(row, widths, strict=True)), hang=4)

    def written(self) -> str:
        """The whole page as a string that ends with a line feed."""
        return "".join(f"{line}\n" for line in self._lines)


def plain(line: Line) -> str:
    """The text of a line alone."""
    return "".join(text for text, _ in line)


def coloured(line: Line) -> str:
    """A line for a terminal that knows the eight colours. A style is one or two words."""
    return "".join(_painted(text, style) for text, style in line if text)


def _painted(text: str, style: str) -> str:
    return f"\x1b[{';'.join(_CODES[word] for word in style.split())}m{text}\x1b[0m" if style else text


def padded(span: Span, width: int) -> Span:
    """``span`` with spaces behind it up to ``width`` cells, and always one."""
    plain, style = span if isinstance(span, tuple) else (span, "")
    missing = width - cells(plain)
    return (plain + " " * max(missing, 1), style)


def cells(text: str) -> int:
    """How many cells of a terminal ``text`` takes once it is harmless."""
    return _cells(sinks.terminal(text))


def _cells(text: str) -> int:
    """What isn't ASCII may be two cells wide or none; a table knows, and it is loaded only for that."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _harmless(span: Span) -> tuple[str, str]:
    plain, style = span if isinstance(span, tuple) else (span, "")
    return (sinks.terminal(plain), style)


def _stripped(line: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without the white space that it ends with."""
    while line and not (text := line[-1][0].rstrip()):
        line.pop()
    return [*line[:-1], (text, line[-1][1])] if line else line


def _with_tabs(row: Sequence[Span]) -> Iterator[tuple[str, str]]:
    for column, cell in enumerate(row):
        if column:
            yield "\t", ""
        yield _harmless(cell)
