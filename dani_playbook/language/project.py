"""Project: what the language must know of the repository it reads."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.language.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one input may hold; reading untrusted files takes bounded time and memory.

    ``nodes`` counts every scalar, list and mapping with aliases spread out; ``text`` is the longest text that a
    template may give, ``rendered`` what all together may give, ``expression`` the longest template text;
    ``unpacked_bytes`` is what a workbook may unpack to; ``problems`` is how many are told.
    """

    file_bytes: int = 16 * 1024 * 1024
    total_bytes: int = 256 * 1024 * 1024
    files: int = 10_000
    resources: int = 500_000
    nodes: int = 1_500_000
    depth: int = 64
    aliases: int = 10_000
    expression: int = 4_000
    text: int = 64 * 1024
    rendered: int = 256 * 1024 * 1024
    rows: int = 100_000
    columns: int = 500
    cells: int = 2_000_000
    unpacked_bytes: int = 128 * 1024 * 1024
    problems: int = 5_000
    members: int = 1_000


STRANGERS = Limits(
    file_bytes=1024 * 1024,
    total_bytes=16 * 1024 * 1024,
    files=2_000,
    resources=20_000,
    nodes=200_000,
    depth=32,
    aliases=100,
    text=10_000,
    rendered=16 * 1024 * 1024,
    columns=100,
    cells=1_000_000,
    unpacked_bytes=50 * 1024 * 1024,
    problems=500,
    members=200,
)
"""What a tree may hold that nobody vouches for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Where the playbooks are and what is around them.

    ``root`` is the folder of ``dani.yaml``; nothing outside is read. ``playbooks`` is read where no path is given,
    relative to the root. ``offices`` maps an office to its time zone.
    """

    root: Path
    playbooks: str = "playbooks"
    environment: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    environment_variables: Mapping[str, Any] = field(default_factory=dict)
    time_zone: str = "UTC"
    offices: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    tree: Tree | None = None
    """What the files are read from where nobody vouches for them; else they are read from ``root``."""
