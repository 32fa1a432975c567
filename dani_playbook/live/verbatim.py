"""Which columns hold canonical values just as they are: then a row can be compared without making anything of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models.functions import Cast

from dani_playbook.core.binding import Plain
from dani_playbook.live.columns import Column
from dani_playbook.live.raw import Convert, as_it_is
from dani_playbook.live.rows import AsStored


def as_stored(columns: Sequence[Column], lookups: Mapping[str, int], converters: Sequence[Convert]) -> AsStored:
    """Where these columns are in a row."""
    verbatim: dict[str, int] = {}
    documents: dict[str, int] = {}
    for column in filter(_is_alone, columns):
        at = lookups[column.lookups[0]]
        if _is_verbatim(column, converters[at]):
            verbatim[column.spec.name] = at
        elif type(column.field) is models.JSONField and column.field.encoder is None:
            documents[column.spec.name] = at
    return AsStored(verbatim, documents)


def _is_alone(column: Column) -> bool:
    """One column that nothing else has a say in, of a value that may be in clear."""
    place = isinstance(column.place, Plain | str) and len(column.lookups) == 1
    return place and not (column.theirs or column.reads_beside or column.spec.sensitivity.is_reference_only)


def _is_verbatim(column: Column, convert: Convert) -> bool:
    """Whether a row that holds a canonical text holds that value. A text that nothing converts does, since what is
    canonical stays so when it is read; and so does a date that is kept as one."""
    if column.spec.type == "boolean":
        return type(column.kept) is models.BooleanField
    return column.spec.type in ("string", "date") and convert is as_it_is


def days_of(columns: Sequence[Column]) -> frozenset[str]:
    """Dates that are kept as such and wanted as nothing else: as texts, none has to be made that nobody looks at."""
    users = Counter(lookup for column in columns for lookup in column.lookups)
    days = (column for column in columns if _is_alone(column) and _is_day(column))
    return frozenset(column.lookups[0] for column in days if users[column.lookups[0]] == 1)


def _is_day(column: Column) -> bool:
    return column.spec.type == "date" and type(column.kept) is models.DateField


def as_text(lookup: str) -> Any:
    """A column as the database writes it."""
    return Cast(lookup, models.CharField())
