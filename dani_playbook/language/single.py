"""Single: files read each by itself into its page, where nothing is wrong with them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from dani_playbook.core.blob import BlobName
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.language.bodies import pack_collections
from dani_playbook.language.coding import Plain
from dani_playbook.language.documents import document_of
from dani_playbook.language.envelope import check_envelope
from dani_playbook.language.generate import read_generators
from dani_playbook.language.moves import read_moves
from dani_playbook.language.opened import Opened, Shared
from dani_playbook.language.packing import Packer
from dani_playbook.language.project import Project
from dani_playbook.language.render import Renderer
from dani_playbook.language.report import Problems, Report, TooManyProblems
from dani_playbook.language.resources import Declared, read_collections, read_defaults
from dani_playbook.language.schema import Checker
from dani_playbook.language.stamps import may_have_templates, may_use_templates
from dani_playbook.language.templates import Shelf
from dani_playbook.language.variables import file_scope, outer_scope


@dataclass(frozen=True, slots=True)
class Written:
    """A playbook's bytes, with what git would call them."""

    name: str
    data: bytes
    blob: BlobName


class SingleFiles:
    """The files of one load. What several of them need is made once."""

    def __init__(self, files: Sequence[Written], project: Project, dictionary: Dictionary) -> None:
        self.files = files
        self.shared = Shared(
            project=project, dictionary=dictionary, checker=Checker(dictionary), renderer=Renderer(project.limits)
        )
        self._outer = outer_scope(project)
        self._opened: dict[str, Opened | None] = {}
        self._shelf: tuple[Shelf, bool, int] | None = None

    def parts(self, number: int) -> list[Plain] | None:
        """The plain data of a page; nothing where the file has problems or needs one that has: read it thoroughly."""
        written = self.files[number]
        with suppress(TooManyProblems):
            # What is made once counts for each that needs it, so that a page is the same whoever makes it.
            shelf, is_good, cost = self._shelf_for(written)
            before = self.shared.renderer.rendered
            opened = self._open(written)
            if opened is None or not is_good:
                return None
            packer = _packed(opened, shelf)
            moves = read_moves([opened])
            if not opened.report.problems and (self._is_shelf_good() or not may_use_templates(written.data)):
                tables = [(table, self.shared.read[table.asked]) for table in opened.tables]
                return packer.parts(moves, tables, self.shared.renderer.rendered - before + cost)
        return None

    def _open(self, written: Written) -> Opened | None:
        """The same each time: a file's own templates are told by what they were opened with."""
        if written.name in self._opened:
            return self._opened[written.name]
        shared = self.shared
        opened = None
        document, problems = document_of(written.data, written.name, shared.project.limits)
        report = Report(written.name, Problems([shared.project.limits.problems]))
        if document and not problems and check_envelope(document, shared.dictionary, report):
            scope = file_scope(document, self._outer, shared.renderer, report)
            opened = Opened(document=document, scope=scope, report=report, shared=shared)
        if may_have_templates(written.data):
            self._opened[written.name] = opened
        return opened

    def _shelf_for(self, written: Written) -> tuple[Shelf, bool, int]:
        """Templates, whether nothing is wrong with them, and how much text was rendered for them."""
        if not may_use_templates(written.data):
            return Shelf(()), True, 0
        if self._shelf is None:
            before = self.shared.renderer.rendered
            files = [self._open(one) for one in self.files if may_have_templates(one.data)]
            shelf = Shelf(one for one in files if one)
            shelf.check()
            self._shelf = shelf, all(files), self.shared.renderer.rendered - before
        shelf, is_whole, cost = self._shelf
        return shelf, is_whole and self._is_shelf_good(), cost

    def _is_shelf_good(self) -> bool:
        return all(opened is not None and not opened.report.problems for opened in self._opened.values())


def _packed(opened: Opened, shelf: Shelf) -> Packer:
    packer = Packer(opened.document.file)
    defaults = read_defaults(opened)
    if "generate" not in opened.content:
        pack_collections(opened, shelf, defaults, packer)
        return packer
    declared = Declared()
    read_collections(opened, shelf, defaults, declared)
    read_generators(opened, shelf, defaults, declared)
    for resource in declared.resources.values():
        packer.add(resource)
    return packer
