"""Sets: how one statement about a field is laid over another."""

from dani_playbook.core.values import SetEdit, Value, canonical_set


def overlay(value: Value, below: Value) -> Value:
    """``value`` laid over what was said ``below``: a partial statement about a set changes it, all else replaces it."""
    if not isinstance(value, SetEdit):
        return value
    if isinstance(below, SetEdit):
        return SetEdit(
            add=canonical_set([*below.add, *value.add], without=value.remove),
            remove=canonical_set([*below.remove, *value.remove], without=value.add),
        )
    return value.over(below) if isinstance(below, tuple) else value
