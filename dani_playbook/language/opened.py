"""Opened: one playbook file with all that is needed to read its bodies."""

import os
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple

from dani_playbook.core.blob import BlobName, blob_name
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, KindSpec
from dani_playbook.language.documents import Document
from dani_playbook.language.layers import Reading
from dani_playbook.language.marks import Map
from dani_playbook.language.paths import relative
from dani_playbook.language.project import Project
from dani_playbook.language.render import Renderer
from dani_playbook.language.report import Report
from dani_playbook.language.schema import Checker


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all files of one load share. ``read`` remembers every file that was read, by its name in the project."""

    project: Project
    dictionary: Dictionary
    checker: Checker
    renderer: Renderer
    read: dict[str, BlobName] = field(default_factory=dict)

    def seen(self, path: Path) -> Callable[[bytes], None]:
        """Remembers what was read from ``path``, under the name that was asked for: a link isn't what it leads to."""
        name = relative(Path(os.path.normpath(path)), self.project.root.resolve())

        def remember(data: bytes) -> None:
            self.read[name] = blob_name(data)

        return remember


class Table(NamedTuple):
    """A file with rows: as the playbook calls it, where it was found, and what is read there."""

    given: str
    asked: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document, its names in scope and its report. ``content`` has the collections and the envelope's keys.

    ``tables`` remembers the files with rows that it read.
    """

    document: Document
    scope: Mapping[str, Any]
    report: Report
    shared: Shared
    tables: list[Table] = field(default_factory=list)

    @property
    def content(self) -> Map:
        content: Map = self.document.content
        return content

    def reading(self, kind: KindSpec, report: Report | None = None, row: Any = None) -> Reading:
        """How a body of this file is read; with ``row`` where it is read for one row of a table."""
        scope = self.scope if row is None else {**self.scope, "row": row}
        return Reading(
            kind=kind,
            scope=scope if self.document.templated else None,
            report=report or self.report,
            checker=self.shared.checker,
            renderer=self.shared.renderer,
        )
