"""``dani binding check``: bindings proved against the live models and rows, and that looking changes nothing."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import Action
from dani_playbook.core.binding import NOISE
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.module import Kind
from dani_playbook.runner.bindings import BindingsFile
from dani_playbook.runner.documents import Result
from dani_playbook.runner.quiet import Quiet, active
from dani_playbook.runner.session import Session
from dani_playbook.runner.watching import Writes, watched

if TYPE_CHECKING:
    from dani_playbook.live.found import Found

INVALID = 3
_RANK = {"error": 0, "warning": 1, "info": 2}

Document = dict[str, Any]


def check_binding(session: Session) -> Result:
    """Starts the project, asks its models, and reads every kind once. Exit 3 where something doesn't fit."""
    file = bindings_of(session)
    with watched() as writes:
        database = session.database
        session.gate.require(Action.LOOK)
        findings = [_finding(item, file) for item in _checked(session, database.using)]
        misfit = any(item["level"] == "error" for item in findings)
        kinds = [_kind(session, kind, read=not misfit) for kind in session.kinds.values()]
    findings += _noise(active(), writes)
    findings.sort(key=lambda item: (_RANK[item["level"]], item["line"], item["kind"], item["path"]))
    document = {
        "format": "dani.binding/1",
        "file": file.file,
        "settings": file.bindings.boot.settings,
        "system": f"{database.name} ({database.vendor})",
        "kinds": kinds,
        "quiet": {**active().told, "writes": writes.number},
        "findings": findings,
    }
    return Result(document=document, exit_code=INVALID if any(item["level"] == "error" for item in findings) else 0)


def bindings_of(session: Session) -> BindingsFile:
    """Raises ``PlaybookError`` where the built-in HR system is used."""
    if session.config.bindings is None:
        raise PlaybookError(
            "there are no bindings here: this project uses the built-in HR system",
            hint="draft some with dani binding suggest, and name the file in dani.yaml: bindings: FILE",
        )
    return session.config.bindings


def _checked(session: Session, using: str) -> "Iterable[Found]":
    from dani_playbook.live.check import check

    bindings = {name: kind.binding for name, kind in session.kinds.items()}
    return check(bindings, {name: kind.spec for name, kind in session.kinds.items()}, using)


def _finding(found: "Found", file: BindingsFile) -> Document:
    return _told(found.level, found.kind, found.path, found.message, found.hint, file)


def _told(level: str, kind: str, path: str, message: str, hint: str | None, file: BindingsFile | None) -> Document:
    source = file.source(kind, path) if file else None
    return {
        "level": level,
        "kind": kind,
        "path": path,
        "message": message,
        "hint": hint or None,
        "file": source.file if source else None,
        "line": source.line if source else 0,
    }


def _kind(session: Session, kind: Kind, *, read: bool) -> Document:
    objects = len(session.live.read(kind.spec.name).objects) if read else None
    return {
        "kind": kind.spec.name,
        "model": kind.binding.model,
        "write": kind.binding.write.value,
        "objects": objects,
        "fields": len(kind.binding.fields),
        "of": len(kind.spec.fields),
    }


def _noise(quiet: Quiet, writes: Writes) -> Iterator[Document]:
    if writes.number:
        tables = ", ".join(f"{table} ({count:,})" for table, count in sorted(writes.rows.items()))
        message = f"the project wrote while it was started and read: {tables}"
        hint = "look at what its apps do when they start; arguments: and environment: may keep them from it"
        yield _told("error", "", "", message, hint, None)
    for name in NOISE:
        if name not in quiet.off:
            message = f"{name} is not off: what the project does by itself goes on while dani plans and writes"
            yield _told("warning", "", "", message, f'add {name} to "off" under django:', None)
