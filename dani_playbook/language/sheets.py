"""Sheets: what each file declares, known by address at once and made into resources when one is looked at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import repeat
from typing import Protocol

from dani_playbook.core.address import Address
from dani_playbook.core.blob import BlobName
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Glance, Move, Resource

Keys = Mapping[str, Sequence[str]]
"""By kind, in the order of the file."""


class Declaring(Protocol):
    """What one file declares, by kind in its order; ``stamp`` as that of a ``Sheet``."""

    file: str
    stamp: str
    moves: tuple[Move, ...]
    absent: tuple[Address, ...]

    @property
    def keys(self) -> Keys: ...

    def resource(self, address: Address) -> Resource:
        """One that is among the keys."""
        ...

    def glance(self, address: Address) -> Glance | None:
        """The same where it says nothing but its fields."""
        ...

    def put_away(self) -> None:
        """What was unfolded can be again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What was read thoroughly: files that have no page. ``is_whole`` is false where too much was wrong to go on."""

    made: Mapping[str, Declaring] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    rendered: int = 0
    read: Mapping[str, BlobName] = field(default_factory=dict)
    is_whole: bool = True


class Resources(Mapping[Address, Resource]):
    """All resources of some pages, sorted by address. What two pages declare is the first one's.

    Knowing what there is costs 0.1 µs for each; one that is looked at is made then, and kept.
    """

    def __init__(self, pages: Sequence[Declaring]) -> None:
        self._pages = pages
        self._page_of: dict[str, dict[str, int]] = {}
        self._made: dict[Address, Resource] = {}
        self._unfolded: set[int] = set()
        self.twice: list[tuple[Address, int]] = []
        """What a page declares that an earlier one has declared."""
        for number, page in enumerate(pages):
            self._take(number, page.keys)

    def _take(self, number: int, keys: Keys) -> None:
        for kind, named in keys.items():
            known = self._page_of.setdefault(kind, {})
            if known and not known.keys().isdisjoint(named):
                self.twice += [(Address(kind, key), number) for key in named if key in known]
                named = [key for key in named if key not in known]
            known.update(zip(named, repeat(number)))

    def __contains__(self, address: object) -> bool:
        return isinstance(address, tuple) and len(address) == 2 and address[1] in self._page_of.get(address[0], ())

    def __iter__(self) -> Iterator[Address]:
        for kind in sorted(self._page_of):
            for key in sorted(self._page_of[kind]):
                yield Address(kind, key)

    def __len__(self) -> int:
        return sum(map(len, self._page_of.values()))

    def __getitem__(self, address: Address) -> Resource:
        known = self._made.get(address)
        if known is None:
            # Whoever asks for what isn't there gets the error of the one or the other mapping.
            page = self._pages[self._page_of[address[0]][address[1]]]
            known = self._made[address] = page.resource(address)
        return known

    def glance(self, address: Address) -> Glance | None:
        """Of a resource that says nothing but its fields, those and its file; it isn't made for that."""
        number = self._page_of.get(address[0], {}).get(address[1])
        if number is None or address in self._made:
            return None
        self._unfolded.add(number)
        return self._pages[number].glance(address)

    def put_away(self) -> None:
        """Folds pages up again that were only glanced at."""
        for number in self._unfolded:
            self._pages[number].put_away()
        self._unfolded.clear()

    def __repr__(self) -> str:
        return f"‹{len(self)} resources›"
