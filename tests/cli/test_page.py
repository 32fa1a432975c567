"""A page paints its lines itself, as rich would: rich is only loaded for lines that are too long for a terminal."""

import io
import re

from hypothesis import given
from hypothesis.strategies import lists, sampled_from, text, tuples
from rich.console import Console
from rich.text import Text

from dani_playbook.cli import sinks
from dani_playbook.cli.text.page import BAD, GOOD, PLACE, QUIET, STRONG, WARN, Page, sign_style

STYLES = ("", BAD, GOOD, PLACE, QUIET, STRONG, WARN, *(sign_style(sign) for sign in "+~-^>=!?"))
SPANS = lists(tuples(text(), sampled_from(STYLES)), max_size=6)


def painted_by_rich(spans: list[tuple[str, str]]) -> str:
    line = Text.assemble(*((sinks.terminal(plain), style) for plain, style in spans))
    line.rstrip()
    file = io.StringIO()
    console = Console(
        file=file,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        width=1_000_000,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(line, soft_wrap=True)
    return file.getvalue()


@given(SPANS)
def test_a_line_is_painted_as_rich_paints_it(spans: list[tuple[str, str]]) -> None:
    page = Page(colour=True)
    page.line(*spans)
    assert page.written() == painted_by_rich(spans)


@given(SPANS, sampled_from([20, 40, 80]), sampled_from([0, 2, 23]))
def test_colour_changes_nothing_of_the_text(spans: list[tuple[str, str]], width: int, hang: int) -> None:
    plain, coloured = Page(width), Page(width, colour=True)
    for page in (plain, coloured):
        page.line(*spans, hang=hang)
    assert re.sub(r"\x1b\[[\d;]+m", "", coloured.written()) == plain.written()


def test_a_long_line_goes_on_below_in_its_colours() -> None:
    plain, coloured = Page(30), Page(30, colour=True)
    for page in (plain, coloured):
        page.line(("user.jdoe  ", STRONG), "x" * 12, " ", ("y" * 12, BAD), hang=2)
    assert plain.written() == f"user.jdoe  {'x' * 12}\n  {'y' * 12}\n"
    assert coloured.written().endswith(f"  \x1b[1;31m{'y' * 12}\x1b[0m\n")
