"""Checks of ``dani doctor``: the installation, the project, the live system."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from dani_playbook import __version__
from dani_playbook.cli import words
from dani_playbook.cli.invocation import Invocation
from dani_playbook.core.errors import DaniError

if TYPE_CHECKING:
    from dani_playbook.runner.config import Config
    from dani_playbook.runner.session import Session

Check = Mapping[str, Any]
_MIGRATE = "run manage.py migrate"
_WRITE = "look at who may write: the file and its folder, or the grants of the database's user"
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
        yield (key := _key(config, session))
        if key["state"] != "failed":
            yield from _live(session)
    except DaniError as error:
        yield _failed("database", error)


def _key(config: Config, session: Session) -> Check:
    from dani_playbook.runner.health import key_place

    place, is_open = key_place(config.root, session.environ)
    try:
        session.key  # noqa: B018 - read and checked, and made where it is missing
    except DaniError as error:
        return _failed("key", error)
    except (OSError, ValueError):
        return check("key", "failed", f"{place} can't be read", "put back the key that was there")
    state = "warning" if is_open else "ok"
    return check("key", state, place, f"others on this machine may read it: chmod 600 {place}")


def _live(session: Session) -> Iterator[Check]:
    from dani_playbook.runner import health

    live = session.live
    if file := session.config.bindings:
        yield check("project", "ok", f"{file.bindings.boot.settings} by {file.file}. {_held_back()}")
    yield check("database", "ok", f"{live.name} at {health.place()}, {health.server()}")
    waiting = health.waiting_migrations()
    yield check(
        "tables", "failed" if waiting else "ok", f"{waiting} changes wait" if waiting else "up to date", _MIGRATE
    )
    hindered = health.writing_fails()
    yield check("writing", "failed" if hindered else "ok", hindered or "works", _WRITE)
    problem, remedy = health.forgets() or ("committed is on the disk", "")
    yield check("durability", _durability(session, remedy), problem, remedy)
    if wrong := health.key_fails(session):
        yield _failed("journal", wrong)
        return
    yield _last_run(session.runs(1).document["runs"])


def _held_back() -> str:
    from dani_playbook.runner.quiet import active

    return words.held_back(active().told)


def _durability(session: Session, remedy: str) -> str:
    from dani_playbook.runner.system import UNSAFE_VARIABLE

    if not remedy:
        return "ok"
    return "warning" if session.environ.get(UNSAFE_VARIABLE) == "1" else "failed"


def _last_run(runs: Sequence[Mapping[str, Any]]) -> Check:
    if not runs:
        return check("last run", "ok", "none yet")
    run = runs[0]
    detail = f"{run['id']} {run['state'].replace('_', ' ')}, {run['started_at']}"
    state = "warning" if run["state"] == "executing" else "ok"
    return check("last run", state, detail, "dani settle tells what became of it")


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
    more = f", and {len(error.problems) - 1:,} more" if len(error.problems) > 1 else ""
    problems = f" ({error.problems[0].message}{more})" if error.problems else ""
    shows = "dani config validate shows all of it" if name == "configuration" else "dani plan says more"
    return check(name, "failed", f"{error.message}{problems}", error.hint or shows)
