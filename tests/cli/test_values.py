"""How values read in a line."""

from typing import Any

import pytest

from dani_playbook.cli import values, words

CASES: list[tuple[Any, str]] = [
    (None, "not set"),
    (True, "true"),
    (7, "7"),
    ("Berlin", "Berlin"),
    ("", '""'),
    (" x", '" x"'),
    ("not set", '"not set"'),
    ("true", '"true"'),
    ("a → b", '"a → b"'),
    ([], "empty"),
    (["a", "b"], "a, b"),
    (["a, b", "c"], '"a, b", c'),
    ({"name": "Offer", "days": 5}, "{name: Offer, days: 5}"),
    ([{"a": [1, 2]}], "{a: [1, 2]}"),
]


@pytest.mark.parametrize(("value", "text"), CASES)
def test_a_value_reads_as_a_playbook_would_write_it(value: Any, text: str) -> None:
    assert values.shown(value) == text


def test_a_number_and_its_digits_are_told_apart() -> None:
    both = values.difference(12, "12")
    assert (both.before, both.after) == ("12", '"12"')


def test_two_masked_values_are_told_apart_without_being_told() -> None:
    both = values.difference("‹special›", "‹special›")
    assert (both.before, both.after) == ("‹special›", "another ‹special›")


def test_a_set_says_what_it_gains_and_loses() -> None:
    both = values.difference(["a", "b"], ["b", "c"], of_a_set=True)
    assert (both.added, both.removed) == (("c",), ("a",))


def test_a_list_says_both_sides() -> None:
    assert not values.difference(["a", "b"], ["b", "a"]).is_of_a_set


def test_what_is_nested_becomes_paths() -> None:
    leaves = list(values.flattened({"stages": [{"name": "Offer", "days": 5}], "tags": ["a", "b"], "note": None}))
    assert leaves == [("stages[0].name", "Offer"), ("stages[0].days", "5"), ("tags", "a, b"), ("note", "not set")]


def test_marks_come_in_the_order_of_a_life_at_work() -> None:
    counts = {"leaver": 1, "transfer": 2, "hire": 1, "cost centre change": 1, "rename": 0}
    assert words.marks_line(counts) == "1 hire · 2 transfers · 1 cost centre change · 1 leaver"


def test_verbs_that_are_not_planned_are_not_told() -> None:
    summary = {"create": 1, "update": 0, "remove": 1, "unchanged": 0}
    assert words.summary_line(summary, {"user": 1}) == "1 to create, 1 to remove; 1 live resource unmanaged"
