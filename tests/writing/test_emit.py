"""What is written reads back as exactly the same values."""

import unicodedata
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.normalize import canonical
from dani_playbook.language.documents import parse
from dani_playbook.language.emit import entry, scalar
from dani_playbook.language.marks import Map
from dani_playbook.language.project import Limits
from dani_playbook.language.render import Renderer
from dani_playbook.language.report import Report
from dani_playbook.language.scalars import UNFIT

fit = st.characters(exclude_categories=["Cs"]).filter(lambda character: not UNFIT.search(character))
texts = st.text(fit, max_size=30).map(lambda text: unicodedata.normalize("NFC", text))
spiky = st.text(st.sampled_from("aB0 1.:-#'\"\\{}[],&*!|>%@`~?=_\n\r\t\u00a0\u2028\ufeffé…"), max_size=12)
tricky = st.sampled_from(
    ["no", "NO", "on", "1:30", "0123", "0x1F", "1e5", "1_000", "2026-12-01", "~", "null", "---", "<<"]
)
scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | texts | spiky | tricky
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | spiky, inner, max_size=4),
    max_leaves=12,
)


def read_back(text: str) -> Any:
    document, problems = parse(text, "x.yaml", Limits())
    assert not problems, (text, problems)
    assert document is not None
    found: list[Any] = []
    content = Renderer(Limits()).render(document.content, (1, 1, 0), {}, Report("x.yaml", found))
    assert not found, (text, found)
    return content


@settings(deadline=None)
@given(texts | spiky, values)
def test_any_value_reads_back_as_itself(name: str, value: Any) -> None:
    text = "\n".join(entry(name, canonical(value), 0)) + "\n"
    back = read_back(text)
    assert isinstance(back, Map)
    assert canonical(back) == canonical({name: value})


@given(texts | spiky | tricky)
def test_another_reader_sees_the_same_text(text: str) -> None:
    assert yaml.safe_load("- " + scalar(text)) in ([text], [yaml.safe_load(text)] if text == "2026-12-01" else [text])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Anna", "x: Anna"),
        ("2026-12-01", "x: 2026-12-01"),
        ("no", 'x: "no"'),
        ("0123", 'x: "0123"'),
        ("10115", 'x: "10115"'),
        ("https://a.example", 'x: "https://a.example"'),
        ("John O'Neil (Berlin)", "x: John O'Neil (Berlin)"),
        ((), "x: []"),
        ({}, "x: {}"),
        (("a", "b"), "x: [a, b]"),
        ("one\ntwo", "x: |-\n  one\n  two"),
        ("one\n\ntwo\n", "x: |\n  one\n\n  two"),
        ("{{ name }}", "x: \"{{ '{{' }} name }}\""),
        (({"a": "b"}, {"c": ("d",)}), "x:\n  - {a: b}\n  - c: [d]"),
    ],
)
def test_values_are_written_the_way_people_write_them(value: Any, written: str) -> None:
    assert "\n".join(entry("x", value, 0)) == written
