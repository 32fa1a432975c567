"""Report: where the problems of one place in the files go."""

from dataclasses import replace

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.marks import Place


class TooManyProblems(Exception):
    """So much is wrong that the rest isn't looked at."""


class Problems(list[Problem]):
    """The problems of one file; ``room`` is shared by all files of a load and says how many more are told."""

    def __init__(self, room: list[int]) -> None:
        super().__init__()
        self.room = room

    def append(self, problem: Problem) -> None:
        super().append(problem)
        self.room[0] -= 1
        if self.room[0] < 0:
            raise TooManyProblems


@dataclass(frozen=True, slots=True)
class Report:
    """Collects problems of ``file``; with ``at`` they lie there instead: in the row of a table."""

    file: str
    problems: list[Problem]
    address: Address | None = None
    at: Source | None = None

    def source(self, place: Place) -> Source:
        return self.at or Source(self.file, *place)

    def in_file(self) -> "Report":
        """The same for what is wrong in the playbook itself, not in a row or one resource."""
        return replace(self, at=None, address=None) if self.at else self

    def placed(self, at: Source) -> "Report":
        return Report(self.file, self.problems, self.address, at)

    def about(self, address: Address) -> "Report":
        return Report(self.file, self.problems, address, self.at)

    def problem(
        self,
        code: str,
        message: str,
        place: Place,
        *,
        field: str | None = None,
        hint: str | None = None,
        related: tuple[Source, ...] = (),
    ) -> None:
        self.problems.append(
            Problem(
                code=code,
                message=message,
                source=self.source(place),
                address=self.address,
                field=field,
                hint=hint,
                related=related,
            )
        )
