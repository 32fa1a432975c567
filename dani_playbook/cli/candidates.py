"""Candidates of a doubt: what speaks for each and against it, the same in text and Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli import values

Candidate = Mapping[str, Any]


def standing(candidate: Candidate) -> str:
    """``live id 17, managed, declared in people/eng.yaml:12``."""
    source = str(candidate.get("source") or "").rsplit(":", 1)[0]
    parts = [
        f"live id {candidate['live_id']}",
        "managed already" if candidate["managed"] else "",
        f"declared in {source}" if source else "declared nowhere",
    ]
    return ", ".join(part for part in parts if part)


def speaks_for(candidate: Candidate) -> str:
    """``the same key, the same employee_id: E-17``; empty where nothing does."""
    agreed = [f"the same {item['name']}: {values.shown(item['live'])}" for item in _evidence(candidate, agrees=True)]
    return ", ".join([*(["the same key"] if candidate["same_key"] else []), *agreed])


def speaks_against(candidate: Candidate) -> str:
    """``email: declared ada@x.example, live jane@x.example``; empty where nothing does."""
    return "; ".join(
        f"{item['name']}: declared {values.shown(item['declared'])}, live {values.shown(item['live'])}"
        for item in _evidence(candidate, agrees=False)
    )


def _evidence(candidate: Candidate, *, agrees: bool) -> list[Mapping[str, Any]]:
    return [item for item in candidate["evidence"] if item["agrees"] is agrees]
