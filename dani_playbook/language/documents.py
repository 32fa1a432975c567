"""Documents: the text of a file becomes a value with marks, or problems with places."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.events import Builder, Stop, doubtful
from dani_playbook.language.marks import Place
from dani_playbook.language.project import Limits, Project
from dani_playbook.language.scalars import UNFIT
from dani_playbook.language.syntax import LINE_BREAK, explain
from dani_playbook.language.tree import Fault

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read. ``templated`` is false where no scalar can hold a template."""

    file: str
    content: Any
    templated: bool

    def source(self, place: Place) -> Source:
        return Source(self.file, *place)


def read_document(path: Path, file: str, limits: Limits) -> tuple[Document | None, list[Problem]]:
    """The document in the file at ``path``, called ``file`` in messages. Nothing where it can't be read at all."""
    return _document(*read_bytes(path, file, limits), file, limits)


def read_project_document(
    path: Path, file: str, project: Project, seen: Callable[[bytes], None]
) -> tuple[Document | None, list[Problem]]:
    """The same for a file of a project, whichever way its files are read. ``seen`` is told the bytes."""
    data, problems = read_file(path, file, project)
    if data is not None:
        seen(data)
    return _document(data, problems, file, project.limits)


def document_of(data: bytes, file: str, limits: Limits) -> tuple[Document | None, list[Problem]]:
    """The document in ``data``."""
    return _document(*_within(data, file, limits), file, limits)


def _document(
    data: bytes | None, problems: list[Problem], file: str, limits: Limits
) -> tuple[Document | None, list[Problem]]:
    if data is None:
        return None, problems
    text, problems = decode(data, file)
    return (None, problems) if text is None else parse(text, file, limits)


def read_file(path: Path, file: str, project: Project) -> tuple[bytes | None, list[Problem]]:
    """The bytes of a file of a project: by its name from the project's tree where it has one."""
    if project.tree is None:
        return read_bytes(path, file, project.limits)
    try:
        data = project.tree.read(file, project.limits.file_bytes)
    except Fault as fault:
        return None, [_whole(file, fault.code, fault.message, hint=fault.hint)]
    return _within(data, file, project.limits)


def read_bytes(path: Path, file: str, limits: Limits) -> tuple[bytes | None, list[Problem]]:
    """At most ``limits.file_bytes`` of a file."""
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            # Room is made for what is asked for: mostly far less than the limit.
            data = stream.read(min(size, limits.file_bytes) + 1)
            data += stream.read(limits.file_bytes + 1 - len(data)) if len(data) > size else b""
    except OSError as error:
        return None, [_whole(file, "unreadable", f"the file can't be read: {error.strerror or 'unknown reason'}")]
    return _within(data, file, limits)


def _within(data: bytes, file: str, limits: Limits) -> tuple[bytes | None, list[Problem]]:
    if len(data) > limits.file_bytes:
        message = f"the file is larger than {limits.file_bytes // (1024 * 1024)} MB"
        return None, [_whole(file, "too-large", message, hint="split it into several files")]
    return data, []


def decode(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """UTF-8 with or without byte order mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [_whole(file, "bad-encoding", "the file is UTF-16", hint="save it as UTF-8")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        source = Source(file, *_place_after(before), 1)
        message = "the file is not UTF-8 from here on"
        return None, [Problem(code="bad-encoding", message=message, source=source, hint="save it as UTF-8")]


def parse(text: str, file: str, limits: Limits) -> tuple[Document | None, list[Problem]]:
    """The document in ``text``. Cost: about 70 µs for a mapping of 15 fields."""
    builder = Builder(file, limits, doubtful(text), escapes="\\" in text or UNFIT.search(text) is not None)
    try:
        builder.feed(CParser(text).get_event)
    except Stop as stop:
        return None, [*builder.problems, stop.problem]
    except YAMLError as error:
        return None, [*builder.problems, _syntax(error, text, file)]
    if not builder.roots:
        hint = "begin it with: version: 1"
        return None, [*builder.problems, _whole(file, "empty-file", "the file has nothing in it", hint=hint)]
    return Document(file, builder.roots[0], "{{" in text or "{%" in text), builder.problems


def _syntax(error: YAMLError, text: str, file: str) -> Problem:
    if isinstance(error, MarkedYAMLError):
        return explain(error, text, file)
    found = _FORBIDDEN.search(text) if isinstance(error, ReaderError) else None
    source = Source(file, *_place_after(text[: found.start()]), 1) if found else Source(file, 1)
    message = "a character that no text may hold" if found else "the file can't be read as YAML"
    return Problem(code="bad-character", message=message, source=source, hint="delete it")


def _place_after(text: str) -> tuple[int, int]:
    lines = LINE_BREAK.split(text)
    return len(lines), len(lines[-1]) + 1


def _whole(file: str, code: str, message: str, *, hint: str | None = None) -> Problem:
    return Problem(code=code, message=message, source=Source(file, 1), hint=hint)
