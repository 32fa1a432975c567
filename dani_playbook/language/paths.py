"""Paths: what the caller names becomes a sorted list of files inside the project."""

import os
from collections.abc import Sequence
from pathlib import Path

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.names import did_you_mean, is_text
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.project import Limits, Project

SUFFIXES = (".yaml", ".yml")
_ONLY_OURS = "only files of the project are read"


@dataclass(frozen=True, slots=True)
class PlaybookFile:
    """A file to read, and its name relative to the project, with slashes."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """The files of one call, sorted by name, each once."""

    files: tuple[PlaybookFile, ...]
    covered: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def find_files(paths: Sequence[str], project: Project) -> Found:
    """The playbooks under ``paths``, or under the project's folder of playbooks where none is given.

    A relative path is relative to the project. A folder is read recursively; names that begin with ``.`` or ``_``
    are passed over, and so is what has another ending than ``.yaml`` or ``.yml`` unless it is named itself.
    """
    root = project.root.resolve()
    search = _Search(root, project.limits)
    covered = []
    for given in paths or (project.playbooks,):
        path = Path(os.path.normpath(root / given))
        covered.append(relative(path, root))
        search.add(path, given)
    files = tuple(search.files[path] for path in sorted(search.files, key=lambda path: search.files[path].name))
    return Found(files, tuple(dict.fromkeys(covered)), tuple(search.problems), tuple(search.warnings))


def relative(path: Path, root: Path) -> str:
    """``path`` as written in messages: relative to the project where it lies inside, else as it is."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def exists(path: Path) -> bool:
    """Whether something is there; a name that no file can have is not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def inside(path: Path, root: Path) -> Path | None:
    """Where ``path`` leads once links are followed, if that is inside of ``root``."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    return target if target.is_relative_to(root) else None


class _Search:
    """Files by where they really are, so that none is read twice."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self.limits = limits
        self.bytes = 0
        self.files: dict[Path, PlaybookFile] = {}
        self.folders: set[Path] = set()
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def add(self, path: Path, given: str) -> None:
        if not exists(path):
            self._missing(path, given)
            return
        before = len(self.files), len(self.problems), len(self.folders)
        self._visit(path)
        if path.is_dir() and (len(self.files), len(self.problems)) == before[:2] and len(self.folders) > before[2]:
            message = f"there is no playbook in {given}"
            self.warnings.append(Problem(code="no-playbooks", message=message, source=Source(given, 1)))

    def _missing(self, path: Path, given: str) -> None:
        try:
            near = did_you_mean(path.name, (item.name for item in path.parent.iterdir()))
        except OSError:
            near = ""
        message = f"there is no file or folder {given}{near}"
        self.problems.append(Problem(code="missing-path", message=message, source=Source(given, 1)))

    def _visit(self, path: Path) -> None:
        target = inside(path, self.root)
        if target is None:
            self._outside(path)
        elif target.is_dir():
            if target not in self.folders:
                self.folders.add(target)
                self._enter(path)
        elif not target.is_file():
            self._report(path, "not-a-file", "this is neither a file nor a folder")
        elif target not in self.files:
            self._take(target, path)

    def _enter(self, folder: Path) -> None:
        try:
            items = sorted(folder.iterdir(), key=lambda item: item.name)
        except OSError:
            self._report(folder, "unreadable", "the folder can't be read")
            return
        for item in items:
            if not item.name.startswith((".", "_")) and (item.suffix in SUFFIXES or item.is_dir()):
                self._visit(item)

    def _take(self, target: Path, path: Path) -> None:
        if not is_text(relative(path, self.root)):
            self._report(path, "bad-name", "the name of this file or of its folder isn't UTF-8", hint="rename it")
        elif len(self.files) == self.limits.files:
            self._report(path, "too-many-files", f"more than {self.limits.files:,} playbooks in one call")
        elif self.bytes <= self.limits.total_bytes:
            self._count(target, path)
            self.files[target] = PlaybookFile(target, relative(path, self.root))

    def _count(self, target: Path, path: Path) -> None:
        had_room = self.bytes <= self.limits.total_bytes
        self.bytes += target.stat().st_size
        if had_room and self.bytes > self.limits.total_bytes:
            size = self.limits.total_bytes // (1024 * 1024)
            self._report(path, "too-large", f"the playbooks together are larger than {size} MB")

    def _outside(self, path: Path) -> None:
        if path.is_symlink() and path.absolute().is_relative_to(self.root):
            self._report(path, "outside-project", "this link leads out of the project or nowhere")
        else:
            self._report(path, "outside-project", "this lies outside of the project")

    def _report(self, path: Path, code: str, message: str, hint: str = _ONLY_OURS) -> None:
        name = relative(path, self.root)
        problem = Problem(code=code, message=message, source=Source(name, 1), hint=hint)
        if problem not in self.problems:
            self.problems.append(problem)
