"""A page writes what rich would write, without an object of rich for each line."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from dani_playbook.cli import sinks
from dani_playbook.cli.text.page import BAD, GOOD, QUIET, STRONG, WARN, Page, cells, sign_style

LINES = {
    "plain": ["one line"],
    "styles side by side": [("+ ", "green"), ("user.jo", STRONG), "  ", ("people.yaml:3", QUIET)],
    "every style": [(style, style) for style in (QUIET, STRONG, GOOD, WARN, BAD, *map(sign_style, "+~-^>=!?"))],
    "space at the end": ["a", ("b  ", GOOD), ("   ", BAD), " "],
    "nothing": [],
    "only space": [("  ", QUIET), " "],
    "an empty piece": [("", STRONG), "x", ("", "")],
    "wide and combining": [("Zoë 東京 ", WARN), "é́"],
    "what is harmful": [("a\x1b[31mb\x00\t\u202e", BAD), "##[error]x", "::warning::y", "\n"],
}


def as_rich_writes(pieces):
    text = Text.assemble(*((sinks.terminal(piece), style) for piece, style in pieces))
    text.rstrip()
    file = io.StringIO()
    console = Console(
        file=file,
        force_terminal=True,
        color_system="standard",
        width=10_000,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(text, soft_wrap=True)
    return text.plain + "\n", file.getvalue()


@pytest.mark.parametrize("name", LINES)
def test_a_line_is_what_rich_makes_of_it_with_colour_and_without(name: str) -> None:
    page = Page()
    page.line(*LINES[name])
    pieces = [piece if isinstance(piece, tuple) else (piece, "") for piece in LINES[name]]
    plain, coloured = as_rich_writes(pieces)
    assert page.written(colour=False) == plain
    assert page.written(colour=True) == coloured


@pytest.mark.parametrize("text", ["plain", "a:b", "##[x]", "::x", "#x", "a\tb", "\x1b", "Zoë", "東京", "\u200d", " "])
def test_the_short_way_of_the_terminals_sink_gives_what_the_long_one_gives(text: str) -> None:
    longer = sinks.terminal(f"é{text}")
    assert longer.endswith(sinks.terminal(f"e{text}")[1:])
    assert cells(text) == Text(sinks.terminal(text)).cell_len
