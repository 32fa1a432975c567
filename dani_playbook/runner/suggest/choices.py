"""Our values and a column's, side by side."""

from collections.abc import Mapping

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.runner.suggest import facts
from dani_playbook.runner.suggest.facts import Column
from dani_playbook.runner.suggest.match import likeness, tokens
from dani_playbook.runner.suggest.words import CHOICES, CLOSING

_LIKE = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A value map, and what is left over on both sides."""

    values: Mapping[str, object]
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()


def mapped(field: FieldSpec, column: Column) -> Mapped | None:
    """Nothing where values go as they are."""
    if field.type != "string" or not field.choices:
        return None
    if column.type == facts.BOOLEAN:
        is_closing = bool(set(tokens(column.name)) & set(CLOSING))
        return Mapped(values={"active": not is_closing, "closed": is_closing})
    if not column.choices:
        return None
    return _paired(field, column)


def _paired(field: FieldSpec, column: Column) -> Mapped:
    """Each of the column's choices to the one of ours that it is most like, one to one."""
    found = sorted(
        ((_likeness(ours, value, label), ours, value) for ours in field.choices for value, label in column.choices),
        key=lambda item: (-item[0], field.choices.index(item[1])),
    )
    values: dict[str, object] = {}
    for like, ours, value in found:
        if like >= _LIKE and ours not in values and value not in values.values():
            values[ours] = value
    return Mapped(
        values={ours: values[ours] for ours in field.choices if ours in values},
        ours=tuple(ours for ours in field.choices if ours not in values),
        theirs=tuple(label for value, label in column.choices if value not in values.values()),
    )


def _likeness(ours: str, value: object, label: str) -> float:
    words = CHOICES.get(ours, (ours.replace("_", " "),))
    return max(likeness(words, label), likeness(words, str(value)))
