"""Text from data does nothing but being read, wherever it comes out."""

import json
import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dani_playbook.cli import sinks
from dani_playbook.cli.render import Surface, render
from tests.cli.documents import DOCUMENTS, HOSTILE, HOSTILE_PLAN, PLAN, change, field, plan

ANY_TEXT = st.text(st.characters(exclude_categories=()))
NASTY = st.lists(
    st.sampled_from(
        [
            "\x1b[2J",
            "\u202e",
            "\r",
            "\n",
            "\t",
            "\x9b",
            "::error::",
            "##[group]",
            "##vso[x]",
            "<b>",
            "`",
            "```",
            "|",
            "@team",
            "#12",
            "[x](y)",
            "**",
            "_",
            "~~",
            "https://e.example",
            "www.e.example",
            "&lt;",
            "\\",
            "$x$",
            "名",
            "a",
        ]
    )
).map("".join)


@given(ANY_TEXT | NASTY)
def test_nothing_that_acts_reaches_a_terminal(text: str) -> None:
    shown = sinks.terminal(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in shown)
    assert not any(unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "FSI") for c in shown)
    assert "##[" not in shown
    assert "##vso[" not in shown
    assert not shown.lstrip().startswith("::")


@given(ANY_TEXT | NASTY)
def test_markdown_from_data_is_running_text_on_one_line(text: str) -> None:
    shown = sinks.markdown(text)
    assert not set(shown.replace("&#", "")) & set("<>`[]*_|\\@~{}$\n\r")
    assert "://" not in shown


@given(ANY_TEXT | NASTY)
def test_markdown_shows_what_the_text_said(text: str) -> None:
    assert unescape(sinks.markdown(text)).replace("\u200b", "") == sinks.visible(text)


@given(ANY_TEXT | NASTY)
def test_code_in_markdown_can_not_be_left(text: str) -> None:
    inner = sinks.markdown_code(text).removeprefix("<code>").removesuffix("</code>")
    assert not set(inner.replace("&#", "")) & set("<>`[]*_|\\@\n\r")
    assert unescape(inner) == sinks.visible(text)


@given(st.dictionaries(st.text(), ANY_TEXT | NASTY | st.integers() | st.none() | st.booleans()))
def test_json_says_the_same_and_does_nothing(content: dict[str, object]) -> None:
    text = sinks.json_text(content)
    assert json.loads(text) == content
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in text.replace("\n", ""))
    assert "##[" not in text
    assert text.endswith("}\n")


def test_json_is_the_same_whatever_order_it_was_made_in() -> None:
    turned = dict(reversed(PLAN.items()))
    assert sinks.json_text(turned) == sinks.json_text(PLAN)


def test_json_keeps_letters_of_every_language() -> None:
    assert '"名": "Žižek"' in sinks.json_text({"名": "Žižek"})


@pytest.mark.parametrize("width", [None, 20, 80])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_data_anywhere_in_a_document_does_nothing(name: str, width: int | None) -> None:
    document = _poisoned(DOCUMENTS[name])
    text = render(document, "text", Surface(width=width))
    assert not any(unicodedata.category(c) == "Cc" for c in text.replace("\n", "").replace("\t", ""))
    assert "\u202e" not in text
    markdown = render(document, "markdown", Surface())
    assert "<img" not in _outside_of_fences(markdown)
    assert "@team" not in _outside_of_code(markdown)


def _poisoned(value: object, name: str = "") -> object:
    if name in ("format", "verb", "sign", "state", "outcome", "class", "date", "until", "as_of", "event", "reason"):
        return value
    if isinstance(value, dict):
        return {key: _poisoned(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_poisoned(item) for item in value]
    return HOSTILE if isinstance(value, str) else value


def _outside_of_fences(text: str) -> str:
    return "".join(text.split("\n```")[::2])


def _outside_of_code(text: str) -> str:
    return "".join(part.rpartition("</code>")[2] for part in _outside_of_fences(text).split("<code>"))


def test_a_fence_is_closed_only_by_us() -> None:
    text = render(
        plan([change("~", "update", "user.x", "x", [field("motto", "```", "```\n```")])]), "markdown", Surface()
    )
    assert [line for line in text.split("\n") if line.startswith("```")] == ["```diff", "```"]


def test_rich_markup_in_data_stays_text() -> None:
    assert "[bold]not markup[/bold]" in render(HOSTILE_PLAN, "text", Surface(colour=True))
