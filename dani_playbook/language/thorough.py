"""Thorough: files read one after the other with all their problems, however they hang together."""

from collections.abc import Collection, Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Glance, Move, Resource
from dani_playbook.language.documents import document_of, read_file
from dani_playbook.language.envelope import check_envelope
from dani_playbook.language.generate import read_generators
from dani_playbook.language.moves import read_moves
from dani_playbook.language.opened import Opened, Shared
from dani_playbook.language.paths import PlaybookFile
from dani_playbook.language.project import Project
from dani_playbook.language.render import Renderer
from dani_playbook.language.report import Problems, Report, TooManyProblems
from dani_playbook.language.resources import Declared, read_collections, read_defaults
from dani_playbook.language.schema import Checker
from dani_playbook.language.sheets import Rest
from dani_playbook.language.templates import Shelf
from dani_playbook.language.variables import file_scope, outer_scope


class Made:
    """What one file declares, as resources that are there already; its digest isn't known."""

    stamp = ""

    def __init__(self, file: str, resources: Mapping[Address, Resource], moves: Sequence[Move]) -> None:
        self.file = file
        self.moves = tuple(moves)
        self._resources = resources
        self.absent = tuple(address for address, resource in resources.items() if resource.absent)
        self.keys: dict[str, list[str]] = {}
        for address in resources:
            self.keys.setdefault(address.kind, []).append(address.key)

    def resource(self, address: Address) -> Resource:
        return self._resources[address]

    def glance(self, address: Address) -> Glance | None:
        """They are there already, and one that is there is as quick to look at."""
        return None

    def put_away(self) -> None:
        """Nothing is folded."""


def read_rest(
    files: Sequence[PlaybookFile],
    declaring: Collection[str],
    data: Mapping[str, bytes],
    project: Project,
    dictionary: Dictionary,
) -> Rest:
    """What the ``declaring`` files say; the others have templates. ``data`` has bytes of files that were read before."""
    shared = Shared(
        project=project, dictionary=dictionary, checker=Checker(dictionary), renderer=Renderer(project.limits)
    )
    thorough = Thorough(shared, data, [project.limits.problems])
    is_whole = True
    try:
        thorough.read(files, declaring)
    except TooManyProblems:
        is_whole = False
    return Rest(
        made=thorough.made,
        problems=thorough.found(),
        rendered=shared.renderer.rendered,
        read=shared.read,
        is_whole=is_whole,
    )


class Thorough:
    """``room`` says how many more problems are told before the rest isn't looked at.

    ``data`` has the bytes of files that were read before, by their names.
    """

    def __init__(self, shared: Shared, data: Mapping[str, bytes], room: list[int]) -> None:
        self.shared = shared
        self.data = data
        self.room = room
        self.problems: list[Problem] = []
        self.reports: list[Report] = []
        self.made: dict[str, Made] = {}
        self._files: list[Opened] = []

    def found(self) -> list[Problem]:
        return [*self.problems, *(item for report in self.reports for item in report.problems)]

    def read(self, files: Sequence[PlaybookFile], declaring: Collection[str]) -> None:
        """What the ``declaring`` files say; the others have templates. Raises ``TooManyProblems``."""
        outer = outer_scope(self.shared.project)
        for file in files:
            self._open(file, outer)
        shelf = Shelf(self._files)
        shelf.check()
        self._declare([opened for opened in self._files if opened.document.file in declaring], shelf)

    def _open(self, file: PlaybookFile, outer: dict[str, object]) -> None:
        shared = self.shared
        data, broken = self.data.get(file.name), list[Problem]()
        if data is None:
            data, broken = read_file(file.path, file.name, shared.project)
        if data is not None:
            shared.seen(shared.project.root.resolve() / file.name)(data)
            document, broken = document_of(data, file.name, shared.project.limits)
        self.problems += broken
        report = Report(file.name, Problems(self.room))
        self.reports.append(report)
        if data is not None and document and check_envelope(document, shared.dictionary, report):
            scope = file_scope(document, outer, shared.renderer, report)
            self._files.append(Opened(document=document, scope=scope, report=report, shared=shared))

    def _declare(self, files: Sequence[Opened], shelf: Shelf) -> None:
        count = 0
        for opened in files:
            declared = Declared(count)
            self.made[opened.document.file] = Made(opened.document.file, declared.resources, ())
            defaults = read_defaults(opened)
            read_collections(opened, shelf, defaults, declared)
            read_generators(opened, shelf, defaults, declared)
            count = declared.count
            made = Made(opened.document.file, declared.resources, read_moves([opened]))
            self.made[opened.document.file] = made
