"""How well a name fits words, and a column a field."""

import re
from collections.abc import Sequence

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.runner.suggest import facts
from dani_playbook.runner.suggest.facts import Column

GOOD = 4.0
"""Less than this is chance."""

_EXACT, _WITHIN = 10.0, 6.0
_PLAIN = {"boolean": facts.BOOLEAN, "date": facts.DATE, "integer": facts.INTEGER}
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def tokens(name: str) -> tuple[str, ...]:
    """``("date", "joining")`` of ``date_joining`` and of ``DateJoining``."""
    return tuple(part.lower() for part in _PARTS.findall(name))


def likeness(words: Sequence[str], name: str) -> float:
    """0 where none of the words is in the name, 10 where it is the first of them."""
    said = tokens(name)
    exact = (_EXACT - 0.3 * rank for rank, word in enumerate(words) if word == " ".join(said))
    within = (
        _WITHIN - 0.2 * rank - 0.7 * (len(said) - len(word.split()))
        for rank, word in enumerate(words)
        if set(word.split()) <= set(said)
    )
    return max([0.0, *exact, *within])


def holds(field: FieldSpec, column: Column, target: str | None) -> bool:
    """Whether a column's type can hold a field; ``target`` is the model of the kind that it refers to."""
    if field.references:
        wanted = facts.RELATIONS if field.is_set else facts.RELATION
        return column.type == wanted and column.to == target
    if field.choices and field.type == "string":
        return bool(column.choices) or (column.type == facts.BOOLEAN and {"active", "closed"} == set(field.choices))
    if field.type == "string":
        return column.type == facts.TEXT
    return _PLAIN.get(field.type) == column.type
