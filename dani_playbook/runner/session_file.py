"""Session file: the token of who signed in on this machine, one file a database, for nobody else's eyes."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dani_playbook.core.errors import Denied
from dani_playbook.core.values import Secret

_OTHERS = 0o077
_MOST = 200


def session_folder(environ: Mapping[str, str]) -> Path | None:
    """``sessions/`` below ``DANI_HOME``, ``$XDG_CONFIG_HOME/dani`` or ``~/.dani``; nothing where there is no home."""
    if home := environ.get("DANI_HOME"):
        return Path(home) / "sessions"
    if home := environ.get("XDG_CONFIG_HOME"):
        return Path(home) / "dani" / "sessions"
    home = environ.get("HOME")
    return Path(home) / ".dani" / "sessions" if home else None


def read_token(environ: Mapping[str, str], identity: str) -> Secret | None:
    """The token for the database with ``identity``. Raises ``Denied`` for a file that others may read or have made."""
    folder = session_folder(environ)
    if folder is None:
        return None
    path = folder / identity
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Denied(f"{path} can't be read: {error.strerror}", hint="remove it, then: dani login") from None
    with os.fdopen(descriptor, "rb") as file:
        _check(path, os.fstat(descriptor))
        return Secret(file.read(_MOST).decode("ascii", "replace").strip())


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & _OTHERS:
        raise Denied(
            f"{path} isn't yours alone, so it isn't used",
            hint="somebody may have read it: remove it, then sign in again with: dani login",
        )


def write_token(environ: Mapping[str, str], identity: str, token: Secret, draft: str) -> None:
    """Replaces the file in one step, with mode 0600; ``draft`` is a name that nobody can guess."""
    folder = session_folder(environ)
    if folder is None:
        raise Denied("there is no place for a session", hint="set HOME, or DANI_HOME to a folder of yours")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f".{draft}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token.reveal() + "\n")
        path.replace(folder / identity)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def remove_token(environ: Mapping[str, str], identity: str) -> None:
    """Whatever is there, also what can't be read."""
    folder = session_folder(environ)
    if folder is not None:
        with suppress(FileNotFoundError):
            (folder / identity).unlink()
