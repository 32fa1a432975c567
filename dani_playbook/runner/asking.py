"""What a run was asked for, as it is kept with the run, and back: its plan can be made again."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dani_playbook.runner.offline import Request

_LISTS = ("targets", "excludes", "restore")


def kept_request(request: Request, root: Path) -> dict[str, Any]:
    """Only what was said; paths inside ``root`` relative to it, so that another machine finds them."""
    said: dict[str, Any] = {
        "paths": [_relative(path, root) for path in request.paths],
        "at": request.at.isoformat() if request.at else None,
        **{name: list(getattr(request, name)) for name in _LISTS},
        "prefer": dict(request.prefer),
        "raises": dict(request.raises),
        "reason": request.reason,
    }
    return {name: value for name, value in said.items() if value}


def kept_rollback(run: str, raises: Mapping[str, int], reason: str) -> dict[str, Any]:
    """The same for a rollback of ``run``."""
    said = {"undoes": run, "raises": dict(raises), "reason": reason}
    return {name: value for name, value in said.items() if value}


def kept_file(path: Path, root: Path) -> dict[str, Any]:
    """The same for a saved plan."""
    return {"plan_file": _relative(str(path.absolute()), root)}


def request_of(kept: Mapping[str, Any], *, reveal: bool = False) -> Request:
    """The inverse of ``kept_request``."""
    return Request(
        paths=_texts(kept.get("paths", ())),
        at=date.fromisoformat(kept["at"]) if kept.get("at") else None,
        targets=_texts(kept.get("targets", ())),
        excludes=_texts(kept.get("excludes", ())),
        restore=_texts(kept.get("restore", ())),
        prefer=dict(kept.get("prefer", {})),
        raises=dict(kept.get("raises", {})),
        reason=str(kept.get("reason", "")),
        reveal=reveal,
    )


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _relative(path: str, root: Path) -> str:
    found = Path(path)
    return str(found.relative_to(root)) if found.is_absolute() and found.is_relative_to(root) else path
