"""Ending: a process of our own gives back all that it holds at once, and not object by object."""

import atexit
import gc
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn, TextIO


def end(code: int, streams: Iterable[TextIO], *, at_once: bool = True) -> NoReturn:
    """As ``sys.exit``, with the same done before: connections closed, what anybody registered called, streams flushed.

    Where others may have something running, a customer's Django or a thread, Python ends in its own way.
    """
    gc.freeze()  # nothing is searched through before it is given back
    if not at_once or not _is_ours() or threading.active_count() > 1:
        sys.exit(code)
    if _has_settings() and (django := sys.modules.get("django.db")):
        with suppress(django.Error):
            django.connections.close_all()
    atexit._run_exitfuncs()  # noqa: SLF001 - as Python does, which has no public name for it
    for stream in streams:
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _is_ours() -> bool:
    """Asked of what is loaded, so that nothing is loaded for it."""
    if not _has_settings():
        return True
    database = sys.modules.get("dani_playbook.runner.database")
    return database is not None and hasattr(sys.modules["django.conf"].settings, database.BUILT_IN)


def _has_settings() -> bool:
    """False also where they couldn't be read: whoever asks for them then fails once more."""
    django = sys.modules.get("django.conf")
    return django is not None and bool(django.settings.configured)
