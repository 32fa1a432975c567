"""Tree: the files of a stranger, opened one by one from a folder's handle, and never through a link.

Names are relative to the project, with slashes. What can't be read is a ``Fault``, so that it becomes a problem of the
file that it is about.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from dani_playbook.core.dataclass import dataclass

LEVELS = 8
_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Fault(Exception):
    """A name that isn't read; ``code`` as in ``Problem``."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Tree(Protocol):
    """Files that are read by name."""

    def names(self, folder: str) -> list[str]:
        """What lies in a folder, sorted; of a folder the name ends with a slash. Raises ``Fault``."""
        ...

    def read(self, name: str, most: int) -> bytes:
        """At most ``most + 1`` bytes of a file. Raises ``Fault``, also for what isn't there."""
        ...

    def size(self, name: str) -> int:
        """How many bytes a file has. Raises ``Fault`` as ``read`` does."""
        ...


@dataclass(frozen=True, slots=True)
class FolderTree:
    """A folder on disk by its open handle; ``tell`` is called with each name before it is opened."""

    handle: int
    tell: Callable[[str], None] = lambda name: None

    def names(self, folder: str) -> list[str]:
        self.tell(folder)
        with self._folder(checked(folder)) as handle, os.scandir(handle) as items:
            return sorted(_written(item) for item in items)

    def read(self, name: str, most: int) -> bytes:
        with self._file(name) as file:
            return _read(file, most + 1)

    def size(self, name: str) -> int:
        with self._file(name) as file:
            return os.fstat(file).st_size

    @contextmanager
    def _file(self, name: str) -> Iterator[int]:
        self.tell(name)
        *above, last = checked(name) or [""]
        with self._folder(above) as folder:
            file = _opened(last, _FILE, folder)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise Fault("not-a-file", "this is neither a file nor a folder", "only files of the project are read")
            yield file
        finally:
            os.close(file)

    @contextmanager
    def _folder(self, parts: list[str]) -> Iterator[int]:
        handle = os.dup(self.handle)
        try:
            for part in parts:
                below = _opened(part, _FOLDER, handle)
                os.close(handle)
                handle = below
            yield handle
        finally:
            os.close(handle)


@dataclass(frozen=True, slots=True)
class StoredTree:
    """Files in memory, as a commit has them."""

    files: Mapping[str, bytes]
    tell: Callable[[str], None] = lambda name: None

    def names(self, folder: str) -> list[str]:
        start = "" if folder in ("", ".") else f"{folder}/"
        found = set()
        for name in self.files:
            if name.startswith(start):
                first, slash, _ = name.removeprefix(start).partition("/")
                found.add(first + slash)
        if not found:
            raise missing()
        return sorted(found)

    def read(self, name: str, most: int) -> bytes:
        return self._file(name)[: most + 1]

    def size(self, name: str) -> int:
        return len(self._file(name))

    def _file(self, name: str) -> bytes:
        self.tell(name)
        if name not in self.files:
            raise missing()
        return self.files[name]


def checked(name: str) -> list[str]:
    """The parts of a name. Raises ``Fault`` where it leads out, lies too deep or isn't plain."""
    parts = [] if name in ("", ".") else name.split("/")
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise Fault("outside-project", "this lies outside of the project", "only files of the project are read")
    if len(parts) > LEVELS:
        raise Fault("too-deep", f"this lies more than {LEVELS} folders deep", "move it up")
    if not all(_NAME.match(part) and part != "." for part in parts):
        raise Fault("bad-name", "a name may have the letters a to z, digits, and . _ -", "rename it")
    return parts


def missing() -> Fault:
    """What isn't there."""
    return Fault("missing-path", "there is no such file or folder")


def _written(item: "os.DirEntry[str]") -> str:
    return f"{item.name}/" if item.is_dir(follow_symlinks=False) else item.name


def _opened(name: str, flags: int, folder: int) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        raise _fault(error, name, folder) from None


def _fault(error: OSError, name: str, folder: int) -> Fault:
    if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
        return missing()
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        mode = 0
    if stat.S_ISLNK(mode):
        return Fault("link", "this is a link, and a stranger's links aren't followed", "put the file itself here")
    if error.errno in (errno.ENOTDIR, errno.ENXIO, errno.ENODEV):
        return Fault("not-a-file", "this is neither a file nor a folder", "only files of the project are read")
    return Fault("unreadable", f"the file can't be read: {error.strerror or 'unknown reason'}")


def _read(file: int, most: int) -> bytes:
    parts, left = [], most
    try:
        while left > 0 and (part := os.read(file, left)):
            parts.append(part)
            left -= len(part)
    except OSError as error:
        raise Fault("unreadable", f"the file can't be read: {error.strerror or 'unknown reason'}") from None
    return b"".join(parts)
