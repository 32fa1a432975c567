"""No pattern of ours takes long on any text: a stranger may write what he wants where one is asked."""

import re
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from typing import Any

import pytest

from dani_playbook.core.dictionary import read_dictionary

LENGTH = 50_000
MOST_SECONDS = 0.05
ALPHABET = "a1.-/@{ "
MODULES = (
    "core.address", "core.normalize", "language.csv_table", "language.documents", "language.events", "language.filters",
    "language.formats", "language.frame", "language.scalars", "language.syntax", "language.tree", "language.values",
    "language.xlsx_parts", "modules.reports.clock", "runner.config_check", "runner.untrusted.base",
)  # fmt: skip


SEARCHED = {"_CONTROL", "_DOUBTFUL", "_FORBIDDEN", "_LINE_BREAK", "LINE_BREAK", "_NO_SLUG", "_QUOTED", "UNFIT"}
"""Ours that are looked for anywhere in a text; all others must fit from its start."""


def patterns_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for item in schema.values():
            yield from patterns_of(item)
    elif isinstance(schema, list):
        for item in schema:
            yield from patterns_of(item)


def all_patterns() -> list[tuple[str, str]]:
    """JSON Schema looks anywhere in a text; ours look from where they are told to."""
    found = {(pattern, "search") for schema in read_dictionary().schemas.values() for pattern in patterns_of(schema)}
    for name in MODULES:
        for constant, value in vars(import_module(f"dani_playbook.{name}")).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                found.add((value.pattern, "search" if constant in SEARCHED else "match"))
    return sorted(found)


def texts(length: int) -> Iterator[str]:
    """One or two characters over and over, with an end that fits nothing."""
    for one, other in product(ALPHABET, repeat=2):
        yield (one + other) * (length // 2 - 1) + "!\0"


def slowest(pattern: str, way: str) -> float:
    """The processor's time of the slowest text; what is slow on a tenth of its length isn't tried on the whole."""
    look, most = getattr(re.compile(pattern), way), 0.0
    for part in (10, 1):
        for text in texts(LENGTH // part):
            most = max(most, _taken(look, text) * part)
            if most > MOST_SECONDS * part**0.5:
                return most
    return most


def _taken(look: Any, text: str) -> float:
    """Of two tries the better one, where the first is slow."""
    taken = []
    while not taken or (len(taken) < 2 and taken[0] > MOST_SECONDS / 10):
        begun = time.process_time()
        look(text)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize(("pattern", "way"), all_patterns())
def test_a_pattern_takes_less_than_fifty_milliseconds_on_fifty_thousand_characters(pattern: str, way: str) -> None:
    assert slowest(pattern, way) <= MOST_SECONDS


@pytest.mark.parametrize("pattern", [r"\{\{.*\}\}", r"[a1]+@"])
def test_a_pattern_that_goes_back_again_and_again_is_found(pattern: str) -> None:
    assert slowest(pattern, "search") > MOST_SECONDS


def test_all_of_the_patterns_are_looked_at() -> None:
    assert len(all_patterns()) >= 30
