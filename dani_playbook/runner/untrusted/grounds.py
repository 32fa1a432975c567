"""Grounds: what holds for a stranger's pull request, taken from the branch that it goes to."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from dani_playbook.core.change import Finding
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import PlanRefused, PlaybookError
from dani_playbook.language.project import STRANGERS
from dani_playbook.language.strict import within
from dani_playbook.language.tree import Fault, FolderTree
from dani_playbook.runner.config import FILE_NAME, Config, parse_config
from dani_playbook.runner.documents import Result
from dani_playbook.runner.untrusted.base import Base, find_base, refuse_private_folder
from dani_playbook.runner.untrusted.reading import Job, read, validate
from dani_playbook.runner.untrusted.session import UntrustedSession, other_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a command was called: in which folder, with which variables, environment and configuration file."""

    start: Path
    environ: Mapping[str, str]
    now: datetime
    config: str | None = None
    environment: str | None = None

    @property
    def settings(self) -> Mapping[str, str]:
        """The variables that say how to work; none of the others comes near what is read."""
        return {name: value for name, value in self.environ.items() if name.startswith("DANI_")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The settings of the base, and whether the tree brings other ones."""

    config: Config
    base: Base
    remarks: tuple[Finding, ...] = ()


def find_grounds(call: Call, said: str | None) -> Grounds:
    """Raises ``UsageError`` where there is no base, ``PlaybookError`` where it has no settings or broken ones."""
    named = call.config or call.environ.get("DANI_CONFIG")
    start = (call.start / named).absolute().parent if named else call.start
    name = Path(named).name if named else FILE_NAME
    base, data = _settings(find_base(start, said), name, upwards=not named)
    path = base.root / name
    config = parse_config(data, path, call.environ, environment=call.environment, beside=partial(_of_base, base))
    others = [file for file, said in _settings_files(config, base, name, data).items() if _own(base.root, file) != said]
    return Grounds(config=config, base=base, remarks=tuple(other_settings(file, base.said) for file in others))


def _settings_files(config: Config, base: Base, name: str, data: bytes) -> dict[str, bytes]:
    """Every file that settings stand in, as the base has it."""
    file = config.bindings.file if config.bindings else name
    return {name: data} if file == name else {name: data, file: _of_base(base, file)}


def _of_base(base: Base, name: str) -> bytes:
    """What a file that the settings name says in the base, never in the tree."""
    if (data := base.blob(PurePosixPath(name).as_posix())) is None:
        raise PlaybookError(f"{base.said} has no {name}, which its settings name")
    return data


def untrusted_session(call: Call, said: str | None, paths: Sequence[str], actor: str) -> UntrustedSession:
    """Everything is read before the session begins, and so before a database is open."""
    grounds = find_grounds(call, said)
    config = grounds.config
    refuse_private_folder(config.root)
    _refuse_own_code(config, grounds.base)
    job = Job(
        root=config.root,
        paths=named(paths, call.start, config.root),
        now=call.now,
        config=config,
        environ=call.settings,
        environment=call.environment,
        base=grounds.base.files(),
    )
    return UntrustedSession(
        config, now=call.now, actor=actor, environ=call.environ, readings=read(job), remarks=grounds.remarks
    )


def _refuse_own_code(config: Config, base: Base) -> None:
    """A project is started by running its code, and a stranger's isn't run. Raises ``PlanRefused``."""
    if config.bindings is None:
        return
    top = base.root.resolve()
    for _ in PurePosixPath(base.prefix).parts:
        top = top.parent
    if Path(config.bindings.bindings.boot.folder).is_relative_to(top):
        raise PlanRefused(
            "the bindings lead to code inside of the tree, and nobody vouches for it",
            hint="check it with: dani validate --untrusted; or keep the Django project outside of this repository",
        )


def untrusted_validation(call: Call, said: str | None, paths: Sequence[str]) -> Result:
    """Without ``said`` the settings are the tree's own, and the project is the folder of the call."""
    grounds = find_grounds(call, said) if said else None
    root = grounds.config.root if grounds else _root(call)
    job = Job(
        root=root,
        paths=named(paths, call.start, root),
        now=call.now,
        config=grounds.config if grounds else None,
        environ=call.settings,
        environment=call.environment,
    )
    return validate(job)


def named(paths: Sequence[str], start: Path, root: Path) -> tuple[str, ...]:
    """Paths as they were said in the folder ``start``, relative to the project."""
    return tuple(within(str(start / path), root) for path in paths)


def _root(call: Call) -> Path:
    if named := call.config or call.environ.get("DANI_CONFIG"):
        return (call.start / named).absolute().parent
    folders = (call.start, *call.start.parents)
    found = next((folder for folder in folders if os.path.lexists(folder / FILE_NAME)), None)
    if found is None:
        raise PlaybookError(f"there is no {FILE_NAME} in this folder or above it")
    return found


def _settings(base: Base, name: str, *, upwards: bool) -> tuple[Base, bytes]:
    """The nearest folder of the base that has settings, and what they say."""
    while (data := base.blob(name)) is None:
        if not upwards or not base.prefix:
            raise PlaybookError(f"{base.said} has no {name} in this folder{' or above it' if upwards else ''}")
        parent = PurePosixPath(base.prefix).parent.as_posix()
        base = replace(base, root=base.root.parent, prefix="" if parent == "." else f"{parent}/")
    return base, data


def _own(root: Path, name: str) -> bytes | None:
    """What the tree itself has there; it is compared and not read."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return FolderTree(handle).read(name, STRANGERS.file_bytes)
    except Fault:
        return None
    finally:
        os.close(handle)
