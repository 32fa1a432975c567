"""Saved plans: a plan goes into a file under the project's seal, and comes out again as it was."""

import os
import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dani_playbook import __version__
from dani_playbook.core.address import Address
from dani_playbook.core.approval import Authors, Doubt
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.core.origin import Head, Origin
from dani_playbook.core.plan import Plan
from dani_playbook.core.values import json_text
from dani_playbook.engine.codec import pack, unpack
from dani_playbook.engine.digest import digest
from dani_playbook.engine.token import Tokens
from dani_playbook.runner.documents import Result
from dani_playbook.runner.plan_document import plan_document
from dani_playbook.runner.plan_shape import check_shape
from dani_playbook.runner.seal import FORMAT, MOST_BYTES, Seal, looks_saved, unsealed

SUFFIX = ".plan"
_HIDDEN = "‹hidden›"
_BROKEN = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError)
"""What reading or showing raises for data that is no plan."""


def is_saved_plan(path: Path) -> bool:
    """Whether a path on the command line means a saved plan: by its ending, or by how it begins."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return path.suffix == SUFFIX or looks_saved(file.read(16))


def packed_bytes(plan: Plan, specs: Mapping[str, KindSpec], seal: Seal, paths: tuple[str, ...]) -> Sequence[bytes]:
    """The file of a plan that has an origin, in pieces."""
    origin = plan.origin
    assert origin is not None
    packed = pack(plan, specs)
    head = json_text(
        {
            "dani": __version__,
            "format": FORMAT,
            "hidden": seal.hide(packed.hidden, origin.plan_id, random.token_bytes),
            "hidden_values": len(packed.hidden),
            "origin": _plain(origin),
            "paths": list(paths),
        }
    )
    return seal.close([f'{head[:-1]},"plan":'.encode(), *packed.pieces, b"}"])


def write_plan(path: Path, pieces: Sequence[bytes], *, overwrite: bool) -> None:
    """Onto the disk in one step, for the owner's eyes only. Raises ``UsageError``."""
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists already", hint="name another file, or add --overwrite")
    size = sum(map(len, pieces))
    if size > MOST_BYTES:
        raise UsageError(
            f"the plan is larger than any plan may be, {size:,} bytes",
            hint="nothing was saved; plan some files at a time, or apply it without saving it",
        )
    draft = path.with_name(f".{path.name}.{random.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UsageError(f"{path} can't be written: {error.strerror}", hint="nothing was saved") from None


def read_plan(path: Path) -> bytes:
    """Raises ``PlaybookError`` where it can't be read or is larger than any plan."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PlaybookError(f"{path} can't be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise PlaybookError(f"{path} is larger than any plan")
    return data


def opened(
    data: bytes, name: str, seal: Seal, specs: Mapping[str, KindSpec], tokens: Tokens
) -> tuple[Plan, tuple[str, ...]]:
    """The plan of a genuine file, and the paths that it was made from.

    Raises ``PlaybookError`` and ``Denied`` for every other one.
    """
    payload = seal.open(data, name)
    try:
        origin = _origin(payload["origin"])
        hidden = seal.reveal(payload["hidden"], origin.plan_id)
        plan = replace(unpack(payload["plan"], hidden), origin=origin)
        paths = tuple(payload["paths"])
        is_whole = digest(plan, specs, tokens) == plan.digest
    except _BROKEN:
        is_whole = False
    if not is_whole:
        raise PlaybookError(f"{name} can't be read by this dani", hint="make the plan again: dani plan --out FILE")
    return plan, paths


def _looked_at(data: bytes, name: str) -> tuple[Plan, tuple[str, ...]]:
    """The plan of a file whose seal isn't looked at, with every hidden value unknown. For showing, never for applying."""
    payload = unsealed(data, name)
    check_shape(payload)
    hidden = [[False, _HIDDEN]] * payload["hidden_values"]
    plan = replace(unpack(payload["plan"], hidden), origin=_origin(payload["origin"]))
    return plan, tuple(payload["paths"])


def saved_document(plan: Plan, path: str, *, is_verified: bool) -> dict[str, Any]:
    """What a plan's document says of the file that it is in. ``verified`` is false where the key isn't here."""
    origin = plan.origin
    assert origin is not None
    return {
        "path": path,
        "plan_id": origin.plan_id,
        "made_at": _moment(origin.made_at),
        "made_by": origin.made_by,
        "expires_at": _moment(origin.expires_at),
        "crosses": origin.crosses.isoformat() if origin.crosses else None,
        "verified": is_verified,
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def unverified(path: Path, specs: Mapping[str, KindSpec]) -> Result:
    """A saved plan as it says of itself, where the project's key isn't. Needs no live system.

    Anybody may have written the file. Raises ``PlaybookError`` for one that dani can't have written.
    """
    data = read_plan(path)
    try:
        plan, paths = _looked_at(data, path.name)
        document = plan_document(specs, plan, reveal=False, paths=paths)
        saved = saved_document(plan, str(path), is_verified=False)
    except _BROKEN:
        raise PlaybookError(f"{path.name} can't be read by this dani", hint="make the plan again") from None
    return Result(document={**document, "saved": saved})


def _plain(origin: Origin) -> dict[str, Any]:
    return {
        "plan_id": origin.plan_id,
        "made_at": origin.made_at.isoformat(),
        "expires_at": origin.expires_at.isoformat(),
        "made_by": origin.made_by,
        "people": [str(person) for person in origin.authors.people],
        "strangers": list(origin.authors.strangers),
        "ids": list(origin.authors.ids),
        "doubts": [[doubt.message, doubt.hint] for doubt in origin.authors.doubts],
        "read": dict(origin.read),
        "commit": origin.commit,
        "serial": origin.serial,
        "head": [origin.head.number, origin.head.mac],
        "settings": origin.settings,
        "crosses": origin.crosses.isoformat() if origin.crosses else None,
    }


def _origin(data: Mapping[str, Any]) -> Origin:
    number, mac = data["head"]
    return Origin(
        plan_id=data["plan_id"],
        made_at=datetime.fromisoformat(data["made_at"]),
        expires_at=datetime.fromisoformat(data["expires_at"]),
        made_by=data["made_by"],
        authors=Authors(
            people=tuple(Address(*text.split(".", 1)) for text in data["people"]),
            strangers=tuple(data["strangers"]),
            ids=tuple(data["ids"]),
            doubts=tuple(Doubt(message, hint) for message, hint in data["doubts"]),
        ),
        commit=data["commit"],
        serial=data["serial"],
        head=Head(number=number, mac=mac),
        settings=data["settings"],
        crosses=date.fromisoformat(data["crosses"]) if data["crosses"] else None,
        is_saved=True,
        read=data["read"],
    )
