"""Wrap: a line that is wider than the terminal goes on below. The only lines that rich is loaded for."""

import io
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from dani_playbook.cli.text.page import Line


def wrapped(line: Line, width: int, hang: int) -> list[Line]:
    """Lines of at most ``width`` cells; all but the first are indented by ``hang``."""
    text = Text.assemble(*line)
    offset = _offset_at(text.plain, hang)
    head, body = text.divide([offset]) if offset else (Text(), text)
    parts = body.wrap(_console(width), max(width - hang, 1), overflow="fold")
    for part in parts:
        part.rstrip()
    first, rest = parts[0], parts[1:]
    return [tuple(_spans(part)) for part in (head + first, *(Text(" " * hang) + part for part in rest))]


def _offset_at(plain: str, column: int) -> int:
    """The index of the first character at or behind ``column`` cells."""
    taken = 0
    for index, character in enumerate(plain):
        if taken >= column:
            return index
        taken += cell_len(character)
    return len(plain)


def _console(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, color_system=None)


def _spans(text: Text) -> Iterator[tuple[str, str]]:
    """The pieces of a text with their styles; pieces never overlap."""
    end = 0
    for span in sorted(text.spans):
        if span.start > end:
            yield text.plain[end : span.start], ""
        yield text.plain[span.start : span.end], str(span.style)
        end = span.end
    if end < len(text.plain):
        yield text.plain[end:], ""
