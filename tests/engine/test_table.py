"""The table that rows lie in, and the blocks that it is digested by."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dani_playbook.core.blocks import blocks, stamps, unlike
from dani_playbook.core.table import Table

VALUES = st.sampled_from([None, "", "a", "b", "1", 0, 1, 2, True, False, 1.0, b"a"])
KEY = b"k" * 32


def typed(values: Any) -> list[tuple[type, Any]]:
    return [(type(value), value) for value in values]


@given(st.lists(st.tuples(VALUES, st.text(), VALUES), max_size=40), st.integers(1, 7))
def test_a_table_holds_what_it_was_given(rows: list[tuple[Any, ...]], batch: int) -> None:
    table = Table(3, rows)
    pieces = Table(3)
    for start in range(0, len(rows), batch):
        pieces.extend(rows[start : start + batch])
    for made in (table, pieces):
        assert len(made) == len(rows)
        for at, column in enumerate(made.columns):
            assert typed(column) == typed(row[at] for row in rows)


def test_a_text_that_stands_there_again_and_again_is_there_once() -> None:
    rows = [(number, "".join(["x", str(number % 3)]), f"only {number}") for number in range(5_000)]
    table = Table(3, rows)
    assert len({id(value) for value in table.columns[1]}) == 3
    assert len({id(value) for value in table.columns[2]}) == 5_000


def test_a_column_that_is_added_is_the_last_one() -> None:
    table = Table(1, [(1,), (2,)])
    table.add(iter("ab"))
    assert table.columns == [[1, 2], ["a", "b"]]


NUMBERED = st.lists(st.integers(0, 400), unique=True, max_size=60).map(sorted)


@given(NUMBERED, st.data())
def test_only_the_block_of_a_row_that_changed_is_another(numbers: list[int], data: st.DataObject) -> None:
    rows = [(number, "said") for number in numbers]
    before = stamps(Table(2, rows), KEY)
    assert stamps(Table(2, rows), KEY) == before
    if rows:
        at = data.draw(st.integers(0, len(rows) - 1))
        changed = Table(
            2, [*rows[:at], (rows[at][0], data.draw(st.sampled_from([None, "sai", "said ", 1]))), *rows[at + 1 :]]
        )
        mine = stamps(changed, KEY)
        block = {number for number, row in enumerate(rows) if row[0] >> 6 == rows[at][0] >> 6}
        assert set(unlike(changed, before, mine)) == block


@pytest.mark.parametrize("first", [1, "a"])
def test_blocks_cover_each_row_once(first: Any) -> None:
    rows = [(number if first == 1 else f"{number:04}", number) for number in range(0, 300, 2)]
    table = Table(2, rows)
    covered = [number for _, start, end in blocks(table) for number in range(start, min(end, len(table)))]
    assert covered == list(range(len(rows)))
    assert len({name for name, *_ in blocks(table)}) == len(list(blocks(table))) > 1


def test_a_digest_takes_the_key_and_tells_types_apart() -> None:
    one = stamps(Table(2, [(1, 1)]), KEY)
    assert one != stamps(Table(2, [(1, True)]), KEY)
    assert one != stamps(Table(2, [(1, "1")]), KEY)
    assert one != stamps(Table(2, [(1, 1)]), b"j" * 32)
