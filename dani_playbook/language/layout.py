"""Layout: the lines of a file, taken apart and put together again with the same ends."""

import re
from collections.abc import Iterable, Sequence
from typing import Self

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass

_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")
_MARK = "\ufeff"


class Stuck(Exception):
    """A resource that can't be changed where it is written, and why."""

    def __init__(self, address: Address, why: str) -> None:
        super().__init__(why)
        self.address = address
        self.why = why


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's text as lines; ``end`` is how they end, ``mark`` the byte order mark where there is one."""

    lines: tuple[str, ...]
    end: str = "\n"
    mark: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Where not all lines end alike their ends stay in the lines, and the file reads as unusual."""
        mark = _MARK if text.startswith(_MARK) else ""
        text = text.removeprefix(_MARK)
        windows = text.count("\r\n")
        if windows and windows == text.count("\n") == text.count("\r"):
            return cls(tuple(text.split("\r\n")), "\r\n", mark)
        return cls(tuple(text.split("\n")), "\n", mark)

    @property
    def text(self) -> str:
        """With plain ends. Raises nothing: what other breaks mean is the reader's to say."""
        return "\n".join(self.lines)

    @property
    def is_plain(self) -> bool:
        return not _OTHER_BREAKS.search(self.text)

    def joined(self, lines: Iterable[str]) -> str:
        """Changed lines as a text like this one, with no more blank lines at its end than it had."""
        changed = list(lines)
        while changed[-2:] == ["", ""] and self.lines[-2:] != ("", ""):
            changed.pop()
        return self.mark + self.end.join(changed)


@dataclass(frozen=True, slots=True)
class Cut:
    """The lines from ``start`` to before ``end`` become ``lines``."""

    start: int
    end: int
    lines: tuple[str, ...] = ()


def cut(lines: Sequence[str], cuts: Sequence[Cut]) -> list[str]:
    """Every cut carried out. Of those at one line the first comes first, and insertions come before the rest."""
    result = list(lines)
    for _, one in sorted(enumerate(cuts), key=lambda item: (item[1].start, item[1].end, item[0]), reverse=True):
        result[one.start : one.end] = one.lines
    return result


def own_comments(lines: Sequence[str], line: int, column: int) -> int:
    """Where what stands on ``line`` begins with the comments right above it that are indented alike."""
    start = line
    while start and lines[start - 1].startswith(" " * column + "#"):
        start -= 1
    return start
