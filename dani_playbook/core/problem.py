"""Problem: something wrong that a person has to mend."""

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, where, and what to do.

    ``code`` is a stable, lower-case name with hyphens (``unknown-reference``). ``message`` is one sentence without a
    final stop; ``hint`` says what to do next where the message doesn't. Neither ever holds a value of a field from
    the class personal upwards.
    """

    code: str
    message: str
    source: Source | None = None
    address: Address | None = None
    field: str | None = None
    hint: str | None = None
    related: tuple[Source, ...] = ()

    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        place = self.source or Source("", 0, 0)
        return (place.file, place.line, place.column, str(self.address or ""), self.code, self.message)


def in_order(problems: "list[Problem] | tuple[Problem, ...]") -> tuple[Problem, ...]:
    """Each once, by file, line and column."""
    return tuple(sorted(dict.fromkeys(problems), key=Problem.sort_key))
