"""Reading: the files of a stranger, and those of the base beside them, read in a worker."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import DaniError, PlanRefused, PlaybookError, UsageError
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.frame import Lines
from dani_playbook.language.load import Loaded
from dani_playbook.language.project import STRANGERS, Limits, Project
from dani_playbook.language.transfer import Garbled, pack, unpack
from dani_playbook.language.tree import Fault, FolderTree, StoredTree, Tree
from dani_playbook.runner import registry
from dani_playbook.runner.config import FILE_NAME, Config, parse_config
from dani_playbook.runner.documents import Result
from dani_playbook.runner.offline import Offline
from dani_playbook.runner.problems import problem_document
from dani_playbook.runner.untrusted import told
from dani_playbook.runner.untrusted.confinement import Bounds
from dani_playbook.runner.untrusted.warming import warm_up
from dani_playbook.runner.untrusted.worker import Stopped, Tell, answer_of

_HINT = "look at this file before anybody else reads it; reading it is bounded in time and memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be read below ``root``. Without ``config`` the tree's own is read, by the worker as well.

    ``base`` has the files of the branch that a pull request goes to. ``partly`` asks for the project's other files too.
    """

    root: Path
    paths: tuple[str, ...]
    now: datetime
    config: Config | None = None
    environ: Mapping[str, str]
    environment: str | None = None
    base: Mapping[str, bytes] | None = None
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What a stranger's playbooks say, all of them where only some were asked for, and what the base says.

    ``base`` is ``None`` where it has problems: then nothing of it counts.
    """

    head: Loaded
    whole: Loaded | None
    base: Loaded | None


class Reader(Offline):
    """The use cases that files alone answer, on a tree that nobody vouches for."""

    def __init__(self, config: Config, *, now: datetime, tree: Tree, limits: Limits = STRANGERS) -> None:
        super().__init__(config, now=now)
        self.tree = tree
        self.limits = limits

    @property
    def project(self) -> Project:
        return replace(super().project, tree=self.tree, limits=self.limits)

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.config.root, self.tree)

    def shown(self, problems: tuple[Problem, ...]) -> list[dict[str, object]]:
        """Problems as documents."""
        return [self._problem(item) for item in problems]


def validate(job: Job) -> Result:
    """``dani.validation/1`` of a stranger's tree. Raises ``PlanRefused`` where reading it was stopped."""
    answer = _asked(job, lambda reader: {"validation": dict(reader.validate(job.paths).document)})
    try:
        document = told.validation(answer["validation"], registry.dictionary().kinds)
    except (ValueError, KeyError, TypeError):
        raise _garbled() from None
    return Result(document={**document, "untrusted": True}, exit_code=3 if document["problems"] else 0)


def read(job: Job) -> Readings:
    """What head and base say. Raises ``PlaybookError`` with all problems, ``PlanRefused`` where it was stopped."""
    answer = _asked(job, lambda reader: _loaded(reader, job))
    try:
        return Readings(
            head=unpack(answer["head"], registry.dictionary()),
            whole=told.maybe(lambda data: unpack(data, registry.dictionary()), answer["whole"]),
            base=told.maybe(lambda data: unpack(data, registry.dictionary()), answer["base"]),
        )
    except (Garbled, KeyError, TypeError):
        raise _garbled() from None


def _loaded(reader: Reader, job: Job) -> dict[str, Any]:
    head = reader.load(job.paths)
    if head.problems:
        count = "1 problem" if len(head.problems) == 1 else f"{len(head.problems)} problems"
        raise PlaybookError(f"{count} in the playbooks", shown=reader.shown(head.problems))
    whole = reader.load(()) if job.paths else None
    return {
        "head": pack(head),
        "whole": pack(whole) if whole and not whole.problems else None,
        "base": _packed_base(reader, job.base or {}),
    }


def _packed_base(reader: Reader, files: Mapping[str, bytes]) -> Any:
    """The base is known to those who own it: what it may hold is what may be planned."""
    base = Reader(reader.config, now=reader.now, tree=StoredTree(files), limits=Limits())
    loaded = base.load(())
    return None if loaded.problems else pack(loaded)


def _asked(job: Job, ask: Callable[[Reader], dict[str, Any]]) -> dict[str, Any]:
    warm_up()
    handle = os.open(job.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        data = answer_of(lambda tell: _work(job, handle, tell, ask), job.bounds, handle)
    except Stopped as stopped:
        raise _refused(stopped) from None
    finally:
        os.close(handle)
    return _read_answer(data)


def _work(job: Job, handle: int, tell: Tell, ask: Callable[[Reader], dict[str, Any]]) -> bytes:
    tree = FolderTree(handle, tell)
    reader = None
    try:
        reader = Reader(job.config or _own_config(tree, job), now=job.now, tree=tree)
        answer = ask(reader)
    except DaniError as error:
        answer = {"error": _told_error(error, reader or _bare(job, tree))}
    return json.dumps(answer, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _own_config(tree: Tree, job: Job) -> Config:
    return parse_config(
        _setting_file(tree, FILE_NAME),
        job.root / FILE_NAME,
        job.environ,
        environment=job.environment,
        dictionary=registry.dictionary(),
        limits=STRANGERS,
        beside=partial(_setting_file, tree),
    )


def _setting_file(tree: Tree, name: str) -> bytes:
    try:
        return tree.read(name, STRANGERS.file_bytes)
    except Fault as fault:
        problem = Problem(code=fault.code, message=fault.message, source=Source(name, 1), hint=fault.hint)
        raise PlaybookError(f"{name} can't be read", problems=[problem]) from None


def _bare(job: Job, tree: Tree) -> Reader:
    return Reader(Config(root=job.root), now=job.now, tree=tree)


def _told_error(error: DaniError, reader: Reader) -> dict[str, Any]:
    shown = error.shown if error.shown is not None else reader.shown(error.problems)
    return {"usage": isinstance(error, UsageError), "message": error.message, "hint": error.hint, "problems": shown}


def _read_answer(data: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(data)
        if "error" not in answer:
            return dict(answer)
        error = answer["error"]
        message, hint = told.text(error["message"]), told.maybe(told.text, error["hint"])
        problems = told.problems(error["problems"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _garbled() from None
    if error["usage"] is True:
        raise UsageError(message, hint=hint)
    raise PlaybookError(message, hint=hint, shown=problems)


def _refused(stopped: Stopped) -> PlanRefused:
    problem = Problem(
        code="reading-stopped",
        message=f"reading was stopped here: {stopped.why}",
        source=Source(stopped.file, 1) if stopped.file else None,
        hint=_HINT,
    )
    shown = problem_document(problem, Path(), registry.dictionary(), Lines(Path(), StoredTree({})))
    return PlanRefused(f"the files weren't read: {stopped.why}", problems=[problem], shown=[shown])


def _garbled() -> PlanRefused:
    return PlanRefused("the files weren't read: the answer of the reading process can't be understood")
