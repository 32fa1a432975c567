"""Output: where a result goes, and that it gets there whole."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from dani_playbook.cli.surroundings import Surroundings, is_terminal
from dani_playbook.core.errors import Denied, UsageError


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raises ``UsageError`` where ``path`` can't be written, before any work is done for it."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name a file behind --output")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists already", hint="name another file, or add --overwrite")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", hint="create it first")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"nothing can be written in {path.parent}", hint="name another file behind --output")


def check_reveal(around: Surroundings, output: Path | None) -> None:
    """Raises ``Denied`` where shown values would be kept: in the log of a CI job, on a pipe, in a file."""
    if around.environ.get("CI") or output or not is_terminal(around.stdout):
        raise Denied(
            "masked values are shown on a terminal only",
            hint="add --force-reveal where they may go into this pipe, file or CI log, and be kept there",
        )


def write_file(path: Path, content: Iterable[str] | bytes) -> None:
    """Replaces ``path`` in one step, readable for the owner only. Raises ``UsageError``."""
    import tempfile

    pieces = (content,) if isinstance(content, bytes) else _encoded(content)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None


def _encoded(text: Iterable[str]) -> Iterator[bytes]:
    pieces = (text,) if isinstance(text, str) else text
    return (piece.encode("utf-8", "backslashreplace") for piece in pieces)


def replace_file(path: Path, text: str) -> None:
    """Replaces an existing file in one step; its mode stays. Raises ``UsageError``."""
    mode = path.stat().st_mode & 0o7777
    write_file(path, text)
    path.chmod(mode)


def write_stream(stream: TextIO, text: Iterable[str]) -> None:
    """Writes a text, or the pieces of one, and flushes. A reader that went away is no error: the rest is dropped without a word.

    Raises ``UsageError`` where the stream can't take it (a full disk).
    """
    try:
        stream.writelines((text,) if isinstance(text, str) else text)
        stream.flush()
    except BrokenPipeError:
        drop(stream)
    except OSError as error:
        drop(stream)
        raise UsageError(f"the result can't be written: {error.strerror}") from None


def drop(stream: TextIO) -> None:
    """Sends what is still buffered, and whatever follows, nowhere; else Python complains at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)


def prepare_streams() -> None:
    """Text is UTF-8 on pipes, and never fails for a character that a terminal doesn't have."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
