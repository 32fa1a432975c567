"""World: desired laid over live on a date, for the rules."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from functools import cached_property
from itertools import compress

from dani_playbook.core.address import Address
from dani_playbook.core.column import Column, numbered
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Desired
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields, Value


class Objects(Mapping[str, Fields]):
    """The objects of one kind: key to fields, sorted by key. A column is much cheaper than the fields of all."""

    def __init__(self, objects: Mapping[str, Fields]) -> None:
        self._objects = objects
        self._columns: dict[str, Column] = {}

    def __getitem__(self, key: str) -> Fields:
        return self._objects[key]

    def __contains__(self, key: object) -> bool:
        return key in self._objects

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    @property
    def gone(self) -> Collection[str]:
        """Keys of objects that a plan takes away."""
        return ()

    def column(self, name: str) -> Column:
        """One field of all."""
        if name not in self._columns:
            self._columns[name] = Column(self.numbers, self._column(name))
        return self._columns[name]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Where in a column the value of a key is."""
        return numbered(self)

    def _column(self, name: str) -> Sequence[Value]:
        return [self[key].get(name) for key in self.numbers]

    def having(self, *names: str) -> list[str]:
        """The keys of the objects in which one of these fields isn't empty, in order."""
        return sorted({key for name in names for key in compress(self.numbers, self.column(name).values())})


class Overlaid(Objects):
    """``below`` with some objects changed or new, and without those that are gone."""

    def __init__(self, below: Objects, changed: Mapping[str, Fields], gone: Collection[str]) -> None:
        super().__init__(below)
        self._below = below
        self._changed = changed
        self._gone = frozenset(gone).difference(changed)
        self._sorted: list[str] | None = None

    @property
    def gone(self) -> Collection[str]:
        return self._gone

    def __getitem__(self, key: str) -> Fields:
        if key in self._changed:
            return self._changed[key]
        if key in self._gone:
            raise KeyError(key)
        return self._objects[key]

    def __contains__(self, key: object) -> bool:
        return key in self._changed or (key not in self._gone and key in self._objects)

    def __iter__(self) -> Iterator[str]:
        if self._sorted is None:
            self._sorted = sorted({*self._objects, *self._changed} - self._gone)
        return iter(self._sorted)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        below = self._below.numbers
        new = [key for key in self._changed if key not in below]
        if not new and not self._gone:
            return below
        return numbered([*(key for key in below if key not in self._gone), *new])

    def _column(self, name: str) -> Sequence[Value]:
        below, numbers = self._below.column(name), self.numbers
        if numbers is below.numbers:
            values = list(below.values())
        else:
            values = [below.get(key) for key in numbers]
        for key, fields in self._changed.items():
            values[numbers[key]] = fields.get(name)
        return values


def _as_objects(found: Mapping[str, Fields]) -> Objects:
    return found if isinstance(found, Objects) else Objects(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The predicted state: what every object would be after the plan.

    ``objects`` maps kind to key to fields; live objects that nobody declares are in it with their live fields,
    objects that the plan takes away are not. ``live_known`` is false in ``validate``: then what isn't declared may
    still exist. ``before`` is live as it is, empty where it isn't known. ``one_day`` says that all is asked for
    ``as_of``.
    """

    as_of: date
    objects: Mapping[str, Mapping[str, Fields]]
    declared: Mapping[Address, Desired]
    before: Mapping[str, Mapping[str, Fields]] = field(default_factory=dict)
    live_known: bool = True
    one_day: bool = False

    def of(self, kind: str) -> Objects:
        """Key to fields, sorted by key."""
        return _as_objects(self.objects.get(kind, {}))

    def was(self, kind: str) -> Objects:
        """The same as it is now."""
        return _as_objects(self.before.get(kind, {}))

    def as_of_for(self, address: Address) -> date:
        """The date that is asked for one address: offices lie in different zones."""
        desired = None if self.one_day else self.declared.get(address)
        return desired.as_of if desired else self.as_of

    def source(self, address: Address, field: str | None = None) -> Source | None:
        desired = self.declared.get(address)
        return desired.source_of(field) if desired else None

    def problem(
        self, code: str, message: str, address: Address, field: str | None = None, *, hint: str | None = None
    ) -> Problem:
        """A problem of ``address``, placed where ``field`` was written if it is declared."""
        return Problem(
            code=code,
            message=message,
            address=address,
            field=field,
            hint=hint,
            source=self.source(address, field),
        )
