"""Raw tables: cells as a file has them, before the header is read."""

from typing import Any

from dani_playbook.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class RawRow:
    """Cells, the row's number in the file, and column and length of each cell where they are known."""

    cells: list[Any]
    number: int
    columns: tuple[tuple[int, int], ...] = ()


class TableFault(Exception):
    """A table that can't be read; ``row`` says where."""

    def __init__(self, code: str, message: str, row: int = 1, *, column: int = 1, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.row = row
        self.column = column
        self.hint = hint
