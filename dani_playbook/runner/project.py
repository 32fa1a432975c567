"""The project's own things on this machine: its key, and who acts."""

import getpass
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.hidden import Key

KEY_VARIABLE = "DANI_KEY"


def private_folder(root: Path) -> Path:
    """``.dani/`` below the project, made with mode 0700 and ignored by git."""
    folder = root / ".dani"
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
    return folder


def has_key(root: Path, environ: Mapping[str, str]) -> bool:
    """Whether the project's key is on this machine; a look makes none."""
    return bool(environ.get(KEY_VARIABLE)) or (root / ".dani" / "key").exists()


def project_key(root: Path, environ: Mapping[str, str], random: Callable[[int], bytes]) -> Key:
    """32 bytes, from ``DANI_KEY`` (64 hexadecimal digits) or ``.dani/key``, which is made with mode 0600 where missing.

    Raises ``PlaybookError`` for a key that is none. It seals and fingerprints: with another key the memory of masked
    fields says nothing any more.
    """
    if text := environ.get(KEY_VARIABLE):
        return _key(text, KEY_VARIABLE)
    path = private_folder(root) / "key"
    if not path.exists():
        _make_key(path, random)
    try:
        return _key(path.read_text("ascii"), str(path))
    except (OSError, UnicodeError):
        raise PlaybookError(f"{path} can't be read", hint="put back the key from where it was kept") from None


def _make_key(path: Path, random: Callable[[int], bytes]) -> None:
    """Whole or not at all, and only once: of two first starts one key wins."""
    draft = path.with_name(f"key.{random(8).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(random(32).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _key(text: str, where: str) -> Key:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise PlaybookError(
            f"{where} doesn't hold a key", hint="it needs 64 hexadecimal digits; take it from where it was made first"
        )
    return Key(key)


def actor(environ: Mapping[str, str]) -> str:
    """Who acts, as text: ``DANI_ACTOR``, else the machine's user."""
    if name := environ.get("DANI_ACTOR"):
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
