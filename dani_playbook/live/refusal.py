"""Database errors -> sentences. They name constraints, fields and addresses, never a value."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.db.transaction import atomic

from dani_playbook.core.address import Address
from dani_playbook.core.errors import LiveError, LiveUnreachable
from dani_playbook.core.reasons import plain_reason
from dani_playbook.live.columns import Model, meta

T = TypeVar("T")
R = TypeVar("R")

_SQLITE = re.compile(r"(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: (.*))?\Z")
_KEY_COLUMNS = re.compile(r"Key \(([^)=]*)\)=")
_SENTENCES = {
    "UNIQUE": "{what} must be unique, and another object has the same",
    "NOT NULL": "{what} must not be empty",
    "CHECK": "the rule {what} isn't met",
    "FOREIGN KEY": "{what} points at an object that isn't there, or something still points at it",
}
_SQLSTATES = {"23505": "UNIQUE", "23502": "NOT NULL", "23514": "CHECK", "23503": "FOREIGN KEY"}


class Refused(LiveError):
    """The database took a statement for wrong; ``kind`` is UNIQUE, NOT NULL, CHECK, FOREIGN KEY or empty."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message, hint="nothing of the run was written; change the playbook or the live object")
        self.kind = kind


def carry_out(using: str, model: Model, batch: Sequence[tuple[Address, T]], statement: Callable[[list[T]], R]) -> R:
    """One statement for the whole batch, in a savepoint. When it is refused, finds the address it is refused for."""
    try:
        with atomic(using):
            return statement([item for _, item in batch])
    except (IntegrityError, DataError) as error:
        raise refused(error, model, _culprit(using, batch, statement)) from error


def _culprit(using: str, batch: Sequence[tuple[Address, T]], statement: Callable[[list[T]], R]) -> Address:
    """The last address of the shortest beginning of the batch that is refused; about ten trials for 500."""
    low, high = 1, len(batch)
    while low < high:
        middle = (low + high) // 2
        if _passes(using, [item for _, item in batch[:middle]], statement):
            low = middle + 1
        else:
            high = middle
    return batch[low - 1][0]


class _TakenBack(Exception):
    """Ends a trial."""


def _passes(using: str, items: list[T], statement: Callable[[list[T]], R]) -> bool:
    try:
        with atomic(using):
            statement(items)
            raise _TakenBack
    except _TakenBack:
        return True
    except DatabaseError:
        return False


def refused(error: DatabaseError, model: Model | None, address: Address | None) -> Refused:
    """The sentence for one error."""
    kind, what = _read(error)
    where = f"{address}: " if address else ""
    subject = _fields(model, what) if kind in ("UNIQUE", "NOT NULL") else what
    sentence = _SENTENCES.get(kind, "the database refused a value").format(what=subject or "a value")
    return Refused(f"{where}{sentence}", kind)


def _read(error: DatabaseError) -> tuple[str, str]:
    """The kind of constraint, and its columns or its name."""
    found = _SQLITE.match(str(error))
    if found:
        return found[1], found[2] or ""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return "", ""
    columns = _KEY_COLUMNS.match(diagnosis.message_detail or "")
    kind = _SQLSTATES.get(diagnosis.sqlstate or "", "")
    if kind == "UNIQUE" and columns:
        return kind, columns[1]
    return kind, diagnosis.column_name or diagnosis.constraint_name or ""


def _fields(model: Model | None, columns: str) -> str:
    """Names of fields as people know them; of a computed one, those that it is made of."""
    if model is None:
        return columns
    by_column = {field.column: field for field in meta(model).concrete_fields}
    names = [name.strip().rpartition(".")[2] for name in columns.split(",")]
    found = [by_column.get(name) for name in names]
    sources = [
        getattr(field, "sources", None) or ((field.name,) if field else (name,))
        for field, name in zip(found, names, strict=True)
    ]
    return " and ".join(dict.fromkeys(source for group in sources for source in group))


@contextmanager
def in_our_words() -> Iterator[None]:
    """Whatever the database raises inside becomes a ``LiveError``."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise LiveUnreachable(
            f"the database can't be used: {plain_reason(error)}", hint="see that it runs, then try again"
        ) from error
    except DatabaseError as error:
        raise refused(error, None, None) from error
