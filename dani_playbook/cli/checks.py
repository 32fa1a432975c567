"""Checks of ``dani doctor``: the installation, the project, the live system."""

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import which
from typing import Any

from dani_playbook import __version__
from dani_playbook.cli.invocation import Invocation
from dani_playbook.core.errors import DaniError

Check = Mapping[str, Any]
OLDEST_PYTHON = (3, 11)
_OPTIONAL = {
    "psycopg": ("PostgreSQL", "pip install 'dani-playbook[postgres]'; only needed for postgresql:// databases")
}


def check(name: str, state: str, detail: str, remedy: str | None = None) -> Check:
    """One line of ``dani.doctor/1``; ``state`` is ok, warning or failed."""
    return {"name": name, "state": state, "detail": detail, "remedy": remedy}


def installation_checks() -> Iterator[Check]:
    """What is installed. Needs no project."""
    yield check("dani", "ok", __version__)
    new_enough = sys.version_info >= OLDEST_PYTHON
    yield check("Python", "ok" if new_enough else "failed", platform.python_version(), "install Python 3.11 or newer")
    for package, (name, remedy) in _OPTIONAL.items():
        try:
            yield check(name, "ok", f"{package} {version(package)}")
        except PackageNotFoundError:
            yield check(name, "ok", "not installed", remedy)
    git = which("git")
    remedy = "install git; without it a run doesn't tell its commit"
    yield check("git", "ok" if git else "warning", git or "not found", remedy)


def project_checks(invocation: Invocation) -> Iterator[Check]:
    """The configuration, the playbooks, and what the live system says. One that fails ends those that need it."""
    try:
        config = invocation.config()
    except DaniError as error:
        yield _failed("configuration", error)
        return
    environment = f", environment {config.environment}" if config.environment else ""
    yield check("configuration", "ok", f"{config.path}{environment}")
    yield from _playbooks(invocation, config.root / config.playbooks)
    try:
        session = invocation.session()
        yield check("database", "ok", session.live.name)
        yield _last_run(session.runs(1).document["runs"])
    except DaniError as error:
        yield _failed("database", error)


def _last_run(runs: Sequence[Mapping[str, Any]]) -> Check:
    if not runs:
        return check("last run", "ok", "none yet")
    run = runs[0]
    detail = f"{run['id']} {run['state'].replace('_', ' ')}, {run['started_at']}"
    state = "warning" if run["state"] == "executing" else "ok"
    return check("last run", state, detail, "if nothing is running any more: dani plan shows where things stand")


def _playbooks(invocation: Invocation, folder: Path) -> Iterator[Check]:
    if not folder.is_dir():
        yield check(
            "playbooks", "failed", f"there is no folder {folder}", "create it, or correct playbooks: in dani.yaml"
        )
        return
    found = invocation.offline().validate(()).document
    problems = len(found["problems"])
    detail = f"{found['files']:,} files, {sum(found['resources'].values()):,} resources"
    if problems:
        yield check("playbooks", "failed", f"{detail}, {problems:,} problems", "dani validate shows them")
        return
    yield check("playbooks", "ok", detail)


def _failed(name: str, error: DaniError) -> Check:
    problems = f" ({error.problems[0].message})" if error.problems else ""
    return check(name, "failed", f"{error.message}{problems}", error.hint or "see the message")
