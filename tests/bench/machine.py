"""Machine: on what it was measured."""

import os
import platform
import sqlite3
from pathlib import Path

import django
from yaml import _yaml

from tests.databases import Place


def machine() -> dict[str, str]:
    """Names and versions of what matters."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "load at the start": f"{os.getloadavg()[0]:.1f}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "libyaml": _yaml.get_version_string(),
        "SQLite": sqlite3.sqlite_version,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def server_version(place: Place) -> str:
    """That of PostgreSQL."""
    import psycopg

    with psycopg.connect(place.url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""
