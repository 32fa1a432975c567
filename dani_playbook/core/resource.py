"""Resource: what is written. DesiredState: all of it, on a date."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import NamedTuple

from dani_playbook.core.address import Address
from dani_playbook.core.blob import BlobName
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A field that live owns. ``until`` is the first day on which the playbook owns it again."""

    why: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """Fields that hold from ``on`` on. Sources by field."""

    on: date
    fields: Fields
    sources: Mapping[str, Source]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One declared thing, rendered, checked and normalized, before its dates are asked.

    ``fields`` holds only what was declared: a missing name isn't managed, ``None`` clears. ``origins`` says which
    layer each field came from (``resource``, ``template onboarding``, ``generate``, ``defaults``, ``schema``);
    ``shadowed`` what farther layers had said, nearest first, as (origin, source, value).
    """

    address: Address
    fields: Fields
    source: Source
    sources: Mapping[str, Source] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    shadowed: Mapping[str, tuple[tuple[str, Source, object], ...]] = field(default_factory=dict)
    upcoming: tuple[Upcoming, ...] = ()
    absent: bool = False
    protect: bool = False
    ignore: Mapping[str, Ignored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """``moved: - {from: …, to: …}``."""

    before: Address
    after: Address
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """One resource as it should be on ``as_of``.

    ``since`` names the fields that a dated entry set, with its day. ``fields`` has no ignored fields in it.
    """

    resource: Resource
    as_of: date
    fields: Fields
    sources: Mapping[str, Source]
    since: Mapping[str, date] = field(default_factory=dict)
    derived: frozenset[str] = frozenset()

    @property
    def address(self) -> Address:
        return self.resource.address

    @property
    def absent(self) -> bool:
        return self.resource.absent

    def source_of(self, name: str | None) -> Source:
        return self.sources.get(name, self.resource.source) if name else self.resource.source


class Glance(NamedTuple):
    """A resource that says nothing but its fields: what it declares on its day, and the file that does."""

    fields: Fields
    file: str


class Declarations(Mapping[Address, Desired]):
    """Resources as they should be, by address. One may be glanced at without being made."""

    def glance(self, address: Address) -> Glance | None:
        """Nothing where it can't be had so, or where there is more to say of it."""
        return None

    def put_away(self) -> None:
        """What was unfolded for glances isn't needed any more, for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one file declares: by kind the keys, in the order of the file.

    ``stamp`` differs whenever anything that the sheet says may differ: two sheets with one stamp declare the same in
    the same files, perhaps at other places. It is empty where that isn't known, and then equal to nothing.
    """

    file: str
    stamp: str
    keys: Mapping[str, tuple[str, ...]]
    absent: tuple[Address, ...] | None = None
    """Those that are declared absent; ``None`` where nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbooks:
    """Everything that the files of one call say, before a date is asked. ``resources`` are sorted by address.

    ``covered`` lists the paths that were read completely, relative to the project, as the user gave them. ``read``
    has every file that was read, tables too, by its name in the project, with what git would call its bytes.
    """

    resources: Mapping[Address, Resource]
    moves: tuple[Move, ...] = ()
    files: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    read: Mapping[str, BlobName] = field(default_factory=dict)
    sheets: tuple[Sheet, ...] = field(default=(), compare=False)
    """One a file, in the order of ``files``; none where what was read comes from a tree that nobody vouches for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredState:
    """All resources as they should be on a date. Sorted by address."""

    as_of: date
    resources: Mapping[Address, Desired]
    moves: tuple[Move, ...] = ()
    files: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = field(default=(), compare=False)
    """What the resources were made from; nothing where that isn't known."""
    days: str = ""
    """Which day is asked for whom: equal texts mean the same day for every resource. Empty where that isn't known."""
    one_day: bool = False
    """Whether all is asked for ``as_of``."""
    whole: bool = True
    """Whether the files are all playbooks of the project: only then may an undeclared resource be removed anywhere."""
    elsewhere: frozenset[Address] = frozenset()
    """What the project's other files declare, where only some were asked for."""
