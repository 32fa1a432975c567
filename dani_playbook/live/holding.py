"""Holding: which columns of the models can hold which of our values, told before one is read or written wrong."""

from collections.abc import Mapping

from django.db import models

from dani_playbook.core.binding import Joined, Moment, Money, Place, Split
from dani_playbook.live.columns import Cell, Field
from dani_playbook.live.found import Misfit

Classes = tuple[type[Field], ...]

TEXT: Classes = (models.CharField, models.TextField)
WHOLE: Classes = (models.IntegerField,)
DAY: Classes = (models.DateField,)
HOUR: Classes = (models.TimeField,)
STRUCTURED: Classes = (models.JSONField,)

_KNOWN: Classes = (
    *(*TEXT, *WHOLE, *DAY, *HOUR, *STRUCTURED, models.BooleanField, models.DecimalField, models.FloatField),
    *(models.DurationField, models.UUIDField, models.BinaryField, models.GenericIPAddressField, models.FileField),
)
"""A field of any other class is its project's own, and may hold anything."""

_OF_TYPE: Mapping[str, Classes] = {
    "string": (*TEXT, *WHOLE, models.UUIDField, models.GenericIPAddressField),
    "date": (*DAY, *TEXT),
    "datetime": (models.DateTimeField, *TEXT),
    "boolean": (models.BooleanField, *WHOLE, *TEXT),
    "integer": (*WHOLE, *TEXT),
    "set": STRUCTURED,
    "list": STRUCTURED,
    "object": STRUCTURED,
    "money": STRUCTURED,
}
_ADVICE: Mapping[str, str] = {
    "date": "bind a column of days",
    "money": "bind minor: to whole cents, and currency: to a text",
}


def check_type(cell: Cell, name: str, what: str) -> None:
    """Whether one column can hold a field of the dictionary as it is. Raises ``Misfit``."""
    _check(cell, name, what, _OF_TYPE[what])


def check_several(place: Place, cells: tuple[Cell, ...], name: str) -> None:
    """The same of the columns that a field is spread over. Raises ``Misfit``."""
    match place:
        case Money():
            wanted = [("money", WHOLE), ("money", TEXT)]
        case Moment():
            wanted = [("date", DAY), ("time", HOUR)]
        case Split() | Joined():
            wanted = [("string", TEXT)] * len(cells)
        case _:
            return
    for cell, (what, classes) in zip(cells, wanted, strict=True):
        _check(cell, name, what, classes)


def _check(cell: Cell, name: str, what: str, classes: Classes) -> None:
    kept = cell.other or cell.field
    # Django's moments are a sort of its days.
    is_moment = isinstance(kept, models.DateTimeField) and models.DateTimeField not in classes
    if isinstance(kept, _KNOWN) and (is_moment or not isinstance(kept, classes)):
        advice = f": {_ADVICE[what]}" if what in _ADVICE else ""
        raise Misfit(f"{cell.label} is a {kept.__class__.__name__}, which can't hold {name}, a {what}{advice}")
