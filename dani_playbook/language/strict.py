"""Strict: the playbooks of a tree that nobody vouches for, with every name that isn't as it should be."""

import os.path
from collections.abc import Iterator, Sequence
from pathlib import Path

from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.paths import SUFFIXES, Found, PlaybookFile
from dani_playbook.language.project import Project
from dani_playbook.language.tree import Fault, Tree, checked, missing

_MOST_NAMES = 20_000


def find_in(tree: Tree, paths: Sequence[str], project: Project) -> Found:
    """As ``find_files``, but links, pipes, devices and names that only differ in case are problems."""
    search = _Search(tree, project)
    covered = []
    for given in paths or (project.playbooks,):
        name = within(given, project.root)
        covered.append(name)
        search.add(name, given)
    files = tuple(PlaybookFile(Path(name), name) for name in sorted(search.files))
    return Found(files, tuple(dict.fromkeys(covered)), tuple(search.problems), tuple(search.warnings))


def within(given: str, root: Path) -> str:
    """A path that the caller named, relative to the project; one that leads out begins with ``..`` or a slash."""
    path = os.path.normpath(given)
    if not path.startswith("/"):
        return path
    inside = Path(path)
    return inside.relative_to(root).as_posix() if inside.is_relative_to(root) else path


class _Search:
    def __init__(self, tree: Tree, project: Project) -> None:
        self.tree = tree
        self.limits = project.limits
        self.files: set[str] = set()
        self.folded: dict[str, str] = {}
        self.seen = 0
        self.bytes = 0
        self.full = False
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def add(self, name: str, given: str) -> None:
        before = len(self.files), len(self.problems)
        try:
            if self._is_folder(name):
                self._enter(name)
            else:
                self._take(name)
        except Fault as fault:
            self._report(name, _of_call(fault, given))
        if (len(self.files), len(self.problems)) == before and name not in self.files:
            message = f"there is no playbook in {given}"
            self.warnings.append(Problem(code="no-playbooks", message=message, source=Source(given, 1)))

    def _is_folder(self, name: str) -> bool:
        parts = checked(name)
        if not parts:
            return True
        around = self.tree.names("/".join(parts[:-1]))
        if f"{parts[-1]}/" not in around and parts[-1] not in around:
            raise missing()
        return f"{parts[-1]}/" in around

    def _enter(self, folder: str) -> None:
        for name, path in self._inside(folder):
            try:
                checked(path.removesuffix("/"))
                if name.endswith("/"):
                    self._enter(path.removesuffix("/"))
                elif name.endswith(SUFFIXES):
                    self._take(path)
                else:
                    self._look(path)
            except Fault as fault:
                self._report(path.removesuffix("/"), fault)

    def _inside(self, folder: str) -> Iterator[tuple[str, str]]:
        start = "" if folder in ("", ".") else f"{folder}/"
        for name in self.tree.names(folder):
            self.seen += 1
            if self.seen > _MOST_NAMES:
                raise Fault("too-many-files", f"more than {_MOST_NAMES:,} names below the playbooks")
            if not name.startswith((".", "_")):
                yield name, start + name

    def _look(self, path: str) -> None:
        """Another file may be a table; a link or a pipe is none."""
        self.tree.size(path)

    def _take(self, path: str) -> None:
        if path in self.files or self.full:
            return
        if len(self.files) == self.limits.files:
            self.full = True
            raise Fault("too-many-files", f"more than {self.limits.files:,} playbooks in one call")
        other = self.folded.setdefault(path.casefold(), path)
        if other != path:
            raise Fault("name-clash", f"{other} differs only in small and capital letters", "rename one of them")
        self.bytes += self.tree.size(path)
        if self.bytes > self.limits.total_bytes:
            self.full = True
            size = self.limits.total_bytes // (1024 * 1024)
            raise Fault("too-large", f"the playbooks together are larger than {size} MB")
        self.files.add(path)

    def _report(self, name: str, fault: Fault) -> None:
        shown = name.encode("utf-8", "backslashreplace").decode()
        self.problems.append(Problem(code=fault.code, message=fault.message, source=Source(shown, 1), hint=fault.hint))


def _of_call(fault: Fault, given: str) -> Fault:
    return Fault(fault.code, f"there is no file or folder {given}") if fault.code == "missing-path" else fault
