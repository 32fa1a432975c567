"""Spelling many texts together: the same as one after the other."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.normalize import fold, fold_all, normalize_all, normalize_value

FIELDS = {
    rule.normalize or "text": rule
    for kind in read_dictionary().kinds.values()
    for rule in kind.fields.values()
    if rule.type == "string" and not rule.is_set
}
TEXTS = st.lists(
    st.one_of(st.none(), st.text(" \n\t\x1c+-().aBéİ\u00a0\u2028Ⅳ", max_size=6), st.text("aB1@.", max_size=9))
)


@pytest.mark.parametrize("spelling", sorted(FIELDS))
@given(TEXTS)
@example(["Anna@Example.com", None, "", "ben@example.com"])
@example(["one\ntwo"])
@example(["a", "b "])
@example([])
def test_texts_are_spelled_together_as_each_by_itself(spelling: str, texts: list[str | None]) -> None:
    field = FIELDS[spelling]
    assert normalize_all(field, texts) == [normalize_value(field, text) for text in texts]


@given(TEXTS)
def test_texts_are_folded_together_as_each_by_itself(texts: list[str | None]) -> None:
    given_texts = [text for text in texts if text is not None]
    assert fold_all(given_texts) == [fold(text) for text in given_texts]


def test_every_spelling_is_tried() -> None:
    assert set(FIELDS) == {"text", "line", "email", "phone"}
