"""Opened: one playbook file with all that is needed to read its bodies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dani_playbook.core.dictionary import Dictionary, KindSpec
from dani_playbook.language.documents import Document
from dani_playbook.language.layers import Reading
from dani_playbook.language.marks import Map
from dani_playbook.language.project import Project
from dani_playbook.language.render import Renderer
from dani_playbook.language.report import Report
from dani_playbook.language.schema import Checker


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all files of one load share."""

    project: Project
    dictionary: Dictionary
    checker: Checker
    renderer: Renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document, its names in scope and its report. ``content`` has the collections and the envelope's keys."""

    document: Document
    scope: Mapping[str, Any]
    report: Report
    shared: Shared

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
