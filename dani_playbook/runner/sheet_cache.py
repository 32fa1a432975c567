"""The cache of read playbooks: ``.dani/cache/``, one file a playbook, sealed with the project's key.

It holds what playbooks say, personal values too, so nobody else may read it and nothing stays in it that no playbook
says any more. It is only a cache: what can't be read isn't there, and what can't be written isn't missed.
"""

import hmac
import os
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.runner.project import has_key, project_key

VARIABLE = "DANI_CACHE"
PROCESSES_VARIABLE = "DANI_PROCESSES"
COMPARED = "compared-"
"""With this begins what is kept of comparisons, not of playbooks."""
_SEAL_BYTES = 32
_MOST_PROCESSES = 64


class SheetCache:
    """Entries in ``folder``, each sealed with its name."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = hmac.digest(key, b"dani.sheets/1", "sha256")

    def get(self, name: str) -> bytes | None:
        """An entry as it was put in; nothing where it isn't."""
        try:
            sealed = (self.folder / name).read_bytes()
        except OSError:
            return None
        data = sealed[_SEAL_BYTES:]
        return data if hmac.compare_digest(sealed[:_SEAL_BYTES], self._seal(name, data)) else None

    def put(self, name: str, data: bytes) -> None:
        """Whole or not at all."""
        draft = self.folder / f"{name}.{secrets.token_hex(8)}"
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            try:
                descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(self._seal(name, data))
                    file.write(data)
                draft.replace(self.folder / name)
            finally:
                draft.unlink(missing_ok=True)

    def keep(self, names: Collection[str]) -> None:
        """Removes all other sheets of the folder."""
        _remove(self.folder, names, COMPARED)

    def _seal(self, name: str, data: bytes) -> bytes:
        seal = hmac.new(self._key, f"{name}\n".encode(), "sha256")
        seal.update(data)
        return seal.digest()


def open_cache(root: Path, environ: Mapping[str, str]) -> SheetCache | None:
    """Where the project has a folder and a key of its own on this machine; a look makes neither."""
    private = root / ".dani"
    if environ.get(VARIABLE) == "0" or not private.is_dir() or not has_key(root, environ):
        return None
    try:
        return SheetCache(private / "cache", project_key(root, environ, secrets.token_bytes))
    except PlaybookError:
        # Whoever needs the key says what is wrong with it.
        return None


def empty_cache(root: Path) -> None:
    """Nothing of what playbooks said stays."""
    _remove(root / ".dani" / "cache", ())


def processes_for(environ: Mapping[str, str]) -> int:
    """How many processes may read at once: ``DANI_PROCESSES``, else one for each processor that is ours."""
    said = environ.get(PROCESSES_VARIABLE)
    if not said:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not said.isdecimal() or not 0 < int(said) <= _MOST_PROCESSES:
        raise UsageError(f"{PROCESSES_VARIABLE} must be a number from 1 to {_MOST_PROCESSES}")
    return int(said)


def _remove(folder: Path, but: Collection[str], keep: str = "") -> None:
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if path.name not in but and not path.name.startswith(keep or "/"):
                path.unlink(missing_ok=True)
