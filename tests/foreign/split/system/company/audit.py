"""Who is at work, for the history: set by the middleware of the web pages, or by ``acting``."""

from contextlib import contextmanager
from threading import local

_here = local()


def who():
    return getattr(_here, "name", "")


@contextmanager
def acting(name):
    before, _here.name = who(), name
    try:
        yield
    finally:
        _here.name = before
