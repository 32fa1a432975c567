"""Origin: where a plan comes from, and what must still hold when it is applied."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Any

from dani_playbook.core.approval import Authors
from dani_playbook.core.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest row of the audit trail: whoever has another row there has another history."""

    number: int = 0
    mac: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Made with the plan, sealed with it, and no part of its digest: the same plan made again keeps its approvals.

    ``serial`` and ``head`` are those of the live system when the plan was made. ``settings`` is a fingerprint of the
    settings that decide what a plan may do. ``crosses`` is the first day on which the playbooks say something else.
    ``is_saved`` tells a plan from a file, which is used once. ``commit`` is what was read, with ``+`` where it isn't
    exactly that. ``read`` is what its run keeps where all playbooks of the project were read, as they are at a commit.
    """

    plan_id: str
    made_at: datetime
    expires_at: datetime
    made_by: str
    authors: Authors
    commit: str
    serial: int
    head: Head
    settings: str
    crosses: date | None = None
    is_saved: bool = False
    read: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds at the moment of an apply. ``mac`` is that of the row where the plan's head was."""

    at: datetime
    today: date
    identity: str
    serial: int
    mac: str
    settings: str
    is_used: bool
