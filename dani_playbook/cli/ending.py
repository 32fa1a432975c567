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
    if django := sys.modules.get("django.db"):
        with suppress(django.Error):
            django.connections.close_all()
    atexit._run_exitfuncs()  # noqa: SLF001 - as Python does, which has no public name for it
    for stream in streams:
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _is_ours() -> bool:
    """Asked of what is loaded, so that nothing is loaded for it."""
    django, database = sys.modules.get("django.conf"), sys.modules.get("dani_playbook.runner.database")
    if django is None or not django.settings.configured:
        return True
    return database is not None and hasattr(django.settings, database.BUILT_IN)
