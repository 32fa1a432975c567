"""What the last comparison saw, kept beside what was read."""

import json
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.imprint import Imprint
from dani_playbook.language.entries import Cache
from dani_playbook.language.stamps import code_version, digest, name_digest
from dani_playbook.runner.sheet_cache import COMPARED


def basis_of(settings: str, dictionary: Dictionary, identity: str) -> str:
    """A digest of all that decides a comparison beside what is compared. Empty where that can't be told.

    ``settings`` stands for those of the project, its bindings among them.
    """
    try:
        code = code_version()
    except OSError:
        return ""
    said = [settings, json.dumps(dictionary.schemas), identity]
    return digest(code, *(text.encode() for text in said)).hex()


def entry_of(identity: str) -> str:
    """The name of the entry for one live system."""
    return f"{COMPARED}{name_digest(identity)}"


def read_imprint(cache: Cache | None, identity: str) -> Imprint | None:
    """Nothing where there is none, or one that can't be read."""
    data = cache.get(entry_of(identity)) if cache else None
    with suppress(ValueError, TypeError):
        if data:
            said: dict[str, Any] = json.loads(data)
            return Imprint(**{**said, "open": tuple(Address(*pair) for pair in said["open"])})
    return None


def write_imprint(cache: Cache | None, identity: str, imprint: Imprint) -> None:
    """Takes the place of the one before."""
    if cache:
        cache.put(entry_of(identity), json.dumps(asdict(imprint), separators=(",", ":")).encode())
