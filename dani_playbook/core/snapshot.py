"""Snapshot: what was found in a live system, normalized."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dani_playbook.core.values import Fields

LiveId = str
"""The live system's own identity of an object, as text."""


@dataclass(frozen=True, slots=True)
class LiveObject:
    """One object as read. ``key`` is the key that the live system itself suggests; ``fields`` has every managed field.

    References hold the suggested key of what they point at, until the engine has put addresses in their place.
    ``doubts`` names fields that couldn't be read for sure, and why, never their values; in ``fields`` they are empty.
    """

    id: LiveId
    key: str
    fields: Fields
    doubts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KindSnapshot:
    """The objects of one kind by live id. ``complete`` is false where only some were asked for."""

    kind: str
    objects: Mapping[LiveId, LiveObject]
    complete: bool = True
