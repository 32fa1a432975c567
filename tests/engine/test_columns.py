"""Columns of a world: the same as asking each object, whatever a plan changes, adds or takes away."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dani_playbook.core.world import Objects, Overlaid

KEYS = st.sampled_from("abcdef")
FIELDS = st.fixed_dictionaries({}, optional={"x": st.sampled_from([None, "", "1", 0, True]), "y": st.just("2")})
WORLDS = st.dictionaries(KEYS, FIELDS)


@given(WORLDS, st.lists(st.tuples(WORLDS, st.sets(KEYS)), max_size=3))
def test_a_column_is_what_each_object_says(below: Any, plans: Any) -> None:
    objects = Objects(below)
    for changed, gone in plans:
        objects = Overlaid(objects, changed, gone)
    for name in ("x", "y", "z"):
        column = objects.column(name)
        assert dict(column.items()) == {key: fields.get(name) for key, fields in objects.items()}
        assert list(column.values()) == [value for _, value in column.items()]
        for key in "abcdefg":
            assert column.get(key) == objects.get(key, {}).get(name)
            assert key not in objects or column[key] == column.get(key)
    assert objects.having("x", "z") == sorted(key for key, fields in objects.items() if fields.get("x"))
