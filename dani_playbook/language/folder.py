"""Folder: where an export goes. Nothing outside of it is touched, no link is followed, and all is written or nothing."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.core.resource import Playbooks
from dani_playbook.language.load import Loaded, load
from dani_playbook.language.paths import SUFFIXES
from dani_playbook.language.project import Project

_AGAIN = "nothing was written; mend it, or choose another folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What lies in a folder already. ``texts`` has its playbooks by name relative to the folder, with slashes.

    ``prefix`` stands before such a name in the places that ``loaded`` tells.
    """

    path: Path
    loaded: Loaded
    prefix: str
    texts: Mapping[str, str]

    def name_of(self, file: str) -> str | None:
        """The name in this folder of a file as the loaded playbooks call it; nothing where it lies elsewhere."""
        name = file.removeprefix(self.prefix)
        return name if file.startswith(self.prefix) and name in self.texts else None


def read_folder(path: Path, project: Project, dictionary: Dictionary) -> Folder:
    """The playbooks of a folder, which may be missing yet.

    A folder below the project's playbooks is read with all of them: what another file declares is declared. Raises
    PlaybookError with every problem where they can't be read, UsageError for a link or what isn't a folder.
    """
    path = Path(os.path.normpath(path))
    texts = dict(_texts(path)) if _is_folder(path) else {}
    root, home = project.root.resolve(), (project.root / project.playbooks).resolve()
    real = path.resolve()
    inside = real.is_relative_to(root)
    if not inside:
        project, root = replace(project, root=real, playbooks="."), real
    of_project = inside and real.is_relative_to(home) and home.exists()
    loaded = load([] if of_project else [str(real)], project, dictionary) if texts or of_project else None
    if loaded and loaded.problems:
        raise PlaybookError(f"{path} has playbooks that can't be read", hint=_AGAIN, problems=loaded.problems)
    prefix = real.relative_to(root).as_posix()
    empty = Loaded(playbooks=Playbooks(resources={}))
    return Folder(path=path, loaded=loaded or empty, prefix="" if prefix == "." else f"{prefix}/", texts=texts)


def _is_folder(path: Path) -> bool:
    if path.is_symlink():
        raise UsageError(f"{path} is a link, and an export follows none", hint="name the folder itself")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is no folder", hint="choose another one")
    return path.is_dir()


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Every playbook below, by name; what begins with a dot or an underscore is passed over, as it is when reading."""
    for above, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        playbooks = [name for name in sorted(files) if name.endswith(SUFFIXES) and not name.startswith((".", "_"))]
        for name in (*folders, *playbooks):
            if (found := Path(above, name)).is_symlink():
                raise UsageError(f"{found} is a link, and an export follows none", hint="put the file itself there")
        for name in playbooks:
            found = Path(above, name)
            yield found.relative_to(path).as_posix(), found.read_bytes().decode("utf-8", "replace")


def write_folder(folder: Folder, texts: Mapping[str, str | None]) -> None:
    """Write every text under its name, and take away what has none any more. Raises UsageError where it can't.

    All new files lie beside the old ones before the first takes its place; where one can't, or somebody stops it, those
    before it are put back.
    """
    made: list[Path] = []
    beside: dict[Path, Path] = {}
    try:
        for name, text in texts.items():
            target = _target(folder, name)
            made += _make_folders(target.parent)
            if text is not None:
                beside[target] = _written_beside(target, text)
        _put_in_place(folder, texts, beside)
    except OSError as error:
        raise UsageError(f"{folder.path} can't be written: {error.strerror}", hint="nothing was changed") from None
    finally:
        for draft in beside.values():
            draft.unlink(missing_ok=True)
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir()


def _target(folder: Folder, name: str) -> Path:
    """Where a name leads, if that is inside of the folder and not already taken by something else."""
    target = folder.path
    for part in name.split("/"):
        target = target / part
        if target.is_symlink():
            raise UsageError(f"{target} is a link, and an export follows none", hint="nothing was written")
    if target.exists() and name not in folder.texts:
        raise UsageError(f"{target} is there already and is no playbook", hint="nothing was written; move it away")
    return target


def _make_folders(path: Path) -> list[Path]:
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _written_beside(target: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(_mode_of(target))
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _mode_of(target: Path) -> int:
    """As the file had it; a new one gets what the process gives new files."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _put_in_place(folder: Folder, texts: Mapping[str, str | None], beside: Mapping[Path, Path]) -> None:
    done: list[str] = []
    try:
        for name in texts:
            target = folder.path / name
            done.append(name)
            if target in beside:
                beside[target].replace(target)
            else:
                target.unlink()
    except BaseException:
        for name in done:
            _put_back(folder, name)
        raise


def _put_back(folder: Folder, name: str) -> None:
    before = folder.texts.get(name)
    if before is None:
        (folder.path / name).unlink(missing_ok=True)
    else:
        _written_beside(folder.path / name, before).replace(folder.path / name)
