"""Load: files → documents → rendered → checked → resources, with every problem of every file in one go."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.resource import Move, Playbooks, Sheet
from dani_playbook.language.documents import read_project_document
from dani_playbook.language.envelope import check_envelope
from dani_playbook.language.generate import read_generators
from dani_playbook.language.moves import read_moves, resolve_moves
from dani_playbook.language.opened import Opened, Shared
from dani_playbook.language.paths import Found, find_files
from dani_playbook.language.project import Project
from dani_playbook.language.render import Renderer
from dani_playbook.language.report import Problems, Report, TooManyProblems
from dani_playbook.language.resources import Declared, read_collections, read_defaults
from dani_playbook.language.schema import Checker
from dani_playbook.language.sheets import Made, Resources
from dani_playbook.language.strict import find_in
from dani_playbook.language.templates import Shelf
from dani_playbook.language.variables import file_scope, outer_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What the files say, and everything wrong with them, in order of files and lines.

    Where there are problems ``playbooks`` has what could be read and must not be planned.
    """

    playbooks: Playbooks
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def checked(self) -> Playbooks:
        """The playbooks. Raises ``PlaybookError`` with all problems where there are any."""
        if self.problems:
            count = len(self.problems)
            message = f"{count} problems in the playbooks" if count > 1 else "1 problem in the playbooks"
            raise PlaybookError(message, problems=self.problems)
        return self.playbooks


def load(paths: Sequence[str], project: Project, dictionary: Dictionary) -> Loaded:
    """Everything that the files under ``paths`` say, or under the project's playbooks where none is given.

    Cost: about 150 µs of CPU for a user of 15 fields.
    """
    with _without_collector():
        found = find_in(project.tree, paths, project) if project.tree else find_files(paths, project)
        shared = _shared(project, dictionary)
        loading = _Loading(list(found.problems), [project.limits.problems])
        try:
            moves, warnings = loading.read(found, shared)
        except TooManyProblems:
            moves, warnings = (), ()
        sheets = _sheets(found, loading.declared)
        return Loaded(
            playbooks=Playbooks(
                resources=Resources([Made(sheet.keys, loading.declared.resources) for sheet in sheets]),
                sheets=() if project.tree else sheets,
                moves=moves,
                files=tuple(file.name for file in found.files),
                covered=found.covered,
                read=shared.read,
            ),
            problems=_most(loading.all(), project.limits.problems),
            warnings=in_order([*found.warnings, *warnings]),
        )


@dataclass(slots=True)
class _Loading:
    """What is known so far; ``room`` says how many more problems are told before the rest isn't looked at."""

    problems: list[Problem]
    room: list[int]
    reports: list[Report] = field(default_factory=list)
    files: list[Opened] = field(default_factory=list)
    declared: Declared = field(default_factory=Declared)

    def all(self) -> tuple[Problem, ...]:
        return in_order([*self.problems, *(item for report in self.reports for item in report.problems)])

    def read(self, found: Found, shared: Shared) -> tuple[tuple[Move, ...], Sequence[Problem]]:
        """Every file, then all that they declare. Gives moves and warnings. Raises ``TooManyProblems``."""
        self._open(found, shared)
        self._declare()
        moves, wrong, warnings = resolve_moves(read_moves(self.files), self.declared.resources)
        self.problems += wrong
        return moves, warnings

    def _open(self, found: Found, shared: Shared) -> None:
        outer = outer_scope(shared.project)
        for file in found.files:
            seen = shared.seen(shared.project.root.resolve() / file.name)
            document, broken = read_project_document(file.path, file.name, shared.project, seen)
            self.problems += broken
            report = Report(file.name, Problems(self.room))
            self.reports.append(report)
            if document and check_envelope(document, shared.dictionary, report):
                scope = file_scope(document, outer, shared.renderer, report)
                self.files.append(Opened(document=document, scope=scope, report=report, shared=shared))

    def _declare(self) -> None:
        shelf = Shelf(self.files)
        shelf.check()
        for opened in self.files:
            defaults = read_defaults(opened)
            read_collections(opened, shelf, defaults, self.declared)
            read_generators(opened, shelf, defaults, self.declared)
            self.declared.ends(opened.document.file)


def _sheets(found: Found, declared: Declared) -> tuple[Sheet, ...]:
    keys = {file: _keys(addresses) for file, addresses in declared.by_file.items()}
    return tuple(Sheet(file=file.name, stamp="", keys=keys.get(file.name, {})) for file in found.files)


def _keys(addresses: Sequence[Address]) -> dict[str, tuple[str, ...]]:
    kinds = dict.fromkeys(address.kind for address in addresses)
    return {kind: tuple(address.key for address in addresses if address.kind == kind) for kind in kinds}


def _most(problems: tuple[Problem, ...], most: int) -> tuple[Problem, ...]:
    """As many as are told, and one more that says that there are others."""
    if len(problems) <= most:
        return problems
    left = Problem(code="too-many-problems", message=f"there are more than {most:,} problems; the rest isn't shown")
    return (*problems[:most], left)


def _shared(project: Project, dictionary: Dictionary) -> Shared:
    return Shared(
        project=project,
        dictionary=dictionary,
        checker=Checker(dictionary),
        renderer=Renderer(project.limits),
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Nothing made while loading is garbage, and looking for it takes up to half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
