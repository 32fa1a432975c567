"""Failures: an error that ``dani`` says on purpose, a stop, and a bug, each as people and programs should see it."""

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from dani_playbook import __version__
from dani_playbook.core.errors import DaniError, Denied, LiveUnreachable, UsageError
from dani_playbook.core.names import did_you_mean

INTERRUPTED = 130
READER_GONE = 141
BUG = 1
_REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ENOSPC, errno.EDQUOT)
_PACKAGE = Path(__file__).resolve().parents[1]


def error_document(error: DaniError, root: Path) -> Mapping[str, Any]:
    """``dani.problems/1`` of an error, with the lines of the files below ``root`` that its problems are about."""
    said = {"code": error.code, "message": error.message, "hint": _way_on(error)}
    if not error.problems and error.shown is None:
        return {"format": "dani.problems/1", "error": said, "problems": [], "warnings": []}
    from dani_playbook.runner import problems, registry

    return {**problems.error_document(error, root, registry.dictionary()), "error": said}


def _way_on(error: DaniError) -> str | None:
    run = getattr(error, "run", None)
    record = f"the failed run is on record: dani show {run}" if run else None
    return "; ".join(filter(None, (error.hint, record))) or None


def usage_error(error: click.ClickException) -> UsageError:
    """What click says about the command line, as an error of ours."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "dani"
    return UsageError(_usage_message(error), hint=f"see: {path} --help")


def _usage_message(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        known = [] if error.ctx is None else [name for item in error.ctx.command.params for name in item.opts]
        return f"there is no option {error.option_name}{did_you_mean(error.option_name, known)}"
    return error.format_message().rstrip(".")


def of_the_machine(error: Exception) -> DaniError | None:
    """What this machine or its database refused in a place where nobody expected it; nothing for a bug."""
    if isinstance(error, OSError) and error.errno in _REFUSALS and error.filename:
        return Denied(f"{error.filename}: {os.strerror(error.errno)}", hint="look at who may read and write there")
    # a look at what is loaded already: help and validate never load Django
    database = sys.modules.get("django.db")
    if database is not None and isinstance(error, database.OperationalError):
        from dani_playbook.core.reasons import plain_reason

        return LiveUnreachable(f"the database can't be used: {plain_reason(error)}", hint="dani doctor looks at it")
    return None


def missing_package(error: ModuleNotFoundError) -> str:
    """What to do where the installation isn't whole."""
    return (
        f"Error: the package {error.name} is missing, so dani isn't installed as a whole.\n"
        "       install it again: pip install dani-playbook\n"
    )


def bug_report(error: BaseException) -> str:
    """What happened and where in our code. No values: neither the message nor a variable nor an argument."""
    import platform

    frames = "\n".join(f"  {place}" for place in _our_frames(error.__traceback__)) or "  outside of dani's own code"
    system = f"dani {__version__}, Python {platform.python_version()}, {sys.platform}"
    return (
        f"This is a bug in dani: {type(error).__name__}\n{frames}\n{system}\n"
        "Please report these lines; they hold no data of yours. With DANI_DEBUG=1 the whole traceback is shown,\n"
        "which may hold personal data.\n"
    )


def _our_frames(trace: TracebackType | None) -> Sequence[str]:
    """``cli/main.py:42 in run`` for every frame of this package, the innermost last."""
    import traceback

    places = []
    for frame in traceback.extract_tb(trace):
        path = Path(frame.filename).resolve()
        if path.is_relative_to(_PACKAGE):
            places.append(f"{path.relative_to(_PACKAGE).as_posix()}:{frame.lineno} in {frame.name}")
    return places
