"""Source: where in the files something was written."""

from typing import NamedTuple


class Source(NamedTuple):
    """A place in a file. Lines and columns count from 1; ``length`` is in characters, 0 where unknown."""

    file: str
    line: int
    column: int = 1
    length: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def short(self) -> str:
        """``file:line``, for lists where the column says nothing."""
        return f"{self.file}:{self.line}"
