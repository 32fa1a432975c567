"""Bindings: the file that says where things live in a customer's Django project, and what it comes to."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from dani_playbook.core.binding import Bindings
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.source import Source
from dani_playbook.core.values import canonical_text
from dani_playbook.language.documents import document_of, read_document
from dani_playbook.language.marks import Map, Place
from dani_playbook.language.project import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingsFile:
    """What ``bindings:`` says, with where each thing stands. ``folder`` is what its paths are relative to."""

    file: str
    folder: Path
    content: Mapping[str, Any]
    bindings: Bindings

    @property
    def digest(self) -> str:
        """The same for the same text, wherever the project lies."""
        return hashlib.sha256(canonical_text(self.content).encode()).hexdigest()

    def source(self, kind: str = "", name: str = "") -> Source:
        """Where a kind stands, or what is called ``name`` in it: a field, a part, a setting; else what is around it."""
        place: Place = (1, 1, 0)
        for path in ((), ("parts",), ("fields",)):
            place, is_whole = self._follow(("kinds", kind, *path, *([name] if name else [])))
            if is_whole:
                break
        return Source(self.file, *place)

    def _follow(self, steps: Sequence[str]) -> tuple[Place, bool]:
        place, found = (1, 1, 0), self.content
        for step in steps:
            if not isinstance(found, Map) or step not in found:
                return place, False
            place, found = found.key_place(step), found[step]
        return place, True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file of bindings is read. ``beside`` gives the bytes of a file; where it isn't said, the folder does."""

    root: Path
    dictionary: Dictionary
    limits: Limits = field(default_factory=Limits)
    beside: Callable[[str], bytes] | None = None


def bindings_said(said: Any, file: str, reading: Reading) -> BindingsFile:
    """What a setting says: the name of a file, or the mapping itself. Raises ``PlaybookError`` with every problem."""
    if not isinstance(said, str):
        return parse_bindings(said, file, reading.root, reading.dictionary)
    if reading.beside is None:
        document, problems = read_document(reading.root / said, said, reading.limits)
    else:
        document, problems = document_of(reading.beside(said), said, reading.limits)
    if document is None or problems:
        raise _invalid(said, problems)
    return parse_bindings(document.content, said, (reading.root / said).parent, reading.dictionary)


def parse_bindings(content: Any, file: str, folder: Path, dictionary: Dictionary) -> BindingsFile:
    """The bindings in a mapping with marks. Raises ``PlaybookError`` with every problem of it."""
    from dani_playbook.runner.bindings_check import check_bindings
    from dani_playbook.runner.bindings_parse import bindings_of

    if problems := check_bindings(content, file, dictionary):
        raise _invalid(file, problems)
    return BindingsFile(
        file=file, folder=folder, content=content, bindings=bindings_of(content, folder, dictionary.kinds)
    )


def _invalid(file: str, problems: list[Problem]) -> PlaybookError:
    return PlaybookError(f"the bindings in {file} have problems", problems=in_order(problems))
