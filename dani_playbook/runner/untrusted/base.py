"""Base: what the branch says that a pull request goes to, read from git objects; nothing is checked out."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import PlanRefused, PlaybookError, UsageError

_MOST_BYTES = 128 * 1024 * 1024
_PATIENCE_S = 60
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@^~+-]{0,199}\Z")
_READ = (".yaml", ".yml", ".csv", ".xlsx", ".json")
_HARMLESS = (
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.askPass=", "core.sshCommand=false",
    "safe.bareRepository=explicit", "protocol.allow=never", "credential.helper=", "diff.external=", "gc.auto=0",
)  # fmt: skip
_HINT = "name the branch that the pull request goes to: --base origin/main"


@dataclass(frozen=True, slots=True)
class Base:
    """One commit of the repository around ``root``; ``said`` is how the caller named it."""

    root: Path
    commit: str
    said: str
    prefix: str

    def blob(self, name: str) -> bytes | None:
        """A file by its name relative to the project; ``None`` where the commit has none, or a link."""
        entries = self._entries(name)
        return self._contents(entries).get(name) if entries else None

    def files(self) -> Mapping[str, bytes]:
        """Everything that a playbook can be or read, by name relative to the project. Raises ``PlaybookError``."""
        return self._contents(
            {name: item for name, item in self._entries("").items() if name.endswith(_READ) and not _is_hidden(name)}
        )

    def _entries(self, name: str) -> dict[str, tuple[str, int]]:
        path = f"{self.prefix}{name}"
        listed = git(
            self.root, "ls-tree", "-r", "-z", "-l", "--full-tree", self.commit, "--", *([path] if path else [])
        )
        found = {}
        for line in listed.split(b"\0"):
            about, _, full = line.partition(b"\t")
            if about.startswith((b"100644 blob ", b"100755 blob ")):
                _, _, object_name, size = about.split()
                found[os.fsdecode(full).removeprefix(self.prefix)] = (object_name.decode("ascii"), int(size))
        return found

    def _contents(self, entries: Mapping[str, tuple[str, int]]) -> dict[str, bytes]:
        if sum(size for _, size in entries.values()) > _MOST_BYTES:
            raise PlaybookError(f"the playbooks of {self.said} are larger than {_MOST_BYTES // (1024 * 1024)} MB")
        asked = "".join(f"{object_name}\n" for object_name, _ in entries.values()).encode()
        data = git(self.root, "cat-file", "--batch", text=asked) if entries else b""
        found, at = {}, 0
        for name, (_, size) in entries.items():
            at = data.index(b"\n", at) + 1
            found[name] = data[at : at + size]
            at += size + 1
        return found


def find_base(root: Path, said: str | None) -> Base:
    """The commit that ``said`` names, else where this branch left ``origin/HEAD``.

    Raises ``UsageError`` where there is none. ``root`` must lie in a git repository.
    """
    if said is not None and (not _REFERENCE.match(said) or ".." in said):
        raise UsageError(f"{said!r} is no name of a branch or commit", hint=_HINT)
    try:
        prefix = git(root, "rev-parse", "--show-prefix").decode("utf-8").removesuffix("\n")
        commit = _commit(root, said) if said else _left_at(root)
    except _GitFailed as error:
        what = f"git knows no commit {said}" if said else "git doesn't tell where this branch left the main one"
        raise UsageError(f"{what}: {error}", hint=_HINT) from None
    return Base(root=root, commit=commit, said=said or commit[:12], prefix=prefix)


def refuse_private_folder(root: Path) -> None:
    """A tree that brings a ``.dani`` of its own would bring a key and a database. Raises ``PlanRefused``."""
    folder = root / ".dani"
    try:
        tracked = git(root, "ls-files", "-z", "--", ".dani")
    except _GitFailed:
        tracked = b""
    if folder.is_symlink() or tracked:
        raise PlanRefused("the tree brings a .dani folder of its own", hint="it is made by dani, and never part of git")


def _commit(root: Path, said: str) -> str:
    return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{said}^{{commit}}").decode().strip()


def _left_at(root: Path) -> str:
    return git(root, "merge-base", "HEAD", _commit(root, "origin/HEAD")).decode("ascii").strip()


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


class _GitFailed(PlaybookError):
    pass


def git(root: Path, *arguments: str, text: bytes = b"") -> bytes:
    """What git prints. No hook, pager, helper or other program is started, whatever the repository is set to."""
    settings: Sequence[str] = [word for one in _HARMLESS for word in ("-c", one)]
    flags = ("--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs")
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *settings, *flags, *arguments],
            input=text,
            capture_output=True,
            env=_environment(),
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _GitFailed(f"git can't be asked ({type(error).__name__})") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise _GitFailed(said or "it isn't there")
    return done.stdout


def _environment() -> dict[str, str]:
    """Without any ``GIT_`` variable of the caller's; ``HOME`` stays for what the caller's own settings trust."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
