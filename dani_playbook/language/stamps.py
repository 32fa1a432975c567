"""Stamps: digests of everything that decides what a file says."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path

from dani_playbook import __version__
from dani_playbook.core.blob import BlobName
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.language.project import Project
from dani_playbook.language.render import plain

_CODE = ("core", "engine", "language", "live", "modules", "state")
_INSTALLED = (".dist-info", ".egg-info")


def may_use_templates(data: bytes) -> bool:
    """False where no key of a playbook can be ``template`` or ``templates``, however it is written."""
    return b"template" in data or b"\\" in data


def may_have_templates(data: bytes) -> bool:
    """False where a playbook can't have templates of its own."""
    return b"templates" in data or b"\\" in data


def context_of(project: Project, dictionary: Dictionary) -> bytes | None:
    """What counts for all files alike; nothing where that can't be told."""
    said = {
        "environment": project.environment,
        "variables": plain(project.variables),
        "environment_variables": plain(project.environment_variables),
        "limits": asdict(project.limits),
        "kinds": list(dictionary.kinds),
        "schemas": dictionary.schemas,
    }
    try:
        text = json.dumps(said, allow_nan=False, default=None)
        return digest(code_version(), text.encode())
    except (TypeError, ValueError, OSError):
        return None


@cache
def code_version() -> bytes:
    """Of what reads: our own sources as they are, and what they stand on. Raises ``OSError`` where one can't be read.

    About 2 ms, once a process.
    """
    home = Path(__file__).parents[1]
    sources = sorted(path for part in _CODE for path in (home / part).rglob("*.py"))
    versions = [__version__, sys.version, unicodedata.unidata_version, *_installed()]
    return digest(*(text.encode() for text in versions), *(path.read_bytes() for path in sources))


def _installed() -> list[str]:
    """Names of everything installed, with versions: asking for single ones would take longer than reading."""
    folders = [folder for folder in sys.path if folder and os.path.isdir(folder)]  # noqa: PTH112 - as it is written
    return [name for folder in folders for name in sorted(os.listdir(folder)) if name.endswith(_INSTALLED)]  # noqa: PTH208


def name_digest(file: str) -> str:
    """A name for what is kept of a file, which doesn't tell the file's own."""
    return digest(file.encode("utf-8", "surrogateescape")).hex()[:32]


def key_of(context: bytes, file: str, blob: BlobName, templates: bytes) -> str:
    """Of all that decides what a file says, but for the tables that it names."""
    return digest(context, named([(file, blob)]), templates).hex()


def digest(*parts: bytes) -> bytes:
    """Of some parts, each with its length, so that none runs into the next."""
    found = sha256()
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.digest()


def named(files: Iterable[tuple[str, BlobName]]) -> bytes:
    """Of files by their names, in their order."""
    return digest(*(part.encode("utf-8", "surrogateescape") for name, blob in files for part in (name, blob[1])))
