"""What became of the files of an export, the same in text and Markdown."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dani_playbook.cli import words

MOST = 10
"""So many addresses of one file are named; more are counted."""

_OUTCOMES = ("written", "changed", "removed", "unchanged")
_SIGNS = (("+", "added"), ("~", "changed"), ("-", "removed"))


def told(file: Mapping[str, Any]) -> str:
    """``written, 12 resources`` or ``changed, 1 added, 2 changed, 1 removed``."""
    if file["outcome"] == "written":
        return f"written, {words.counted(len(file['added']), 'resource')}"
    if file["outcome"] == "removed":
        return f"removed, {words.counted(len(file['removed']), 'resource')} gone"
    parts = [f"{len(file[part]):,} {part}" for _, part in _SIGNS if file[part]]
    return ", ".join([file["outcome"], *parts])


def touched(file: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str]]]:
    """Signs and addresses of what an existing file says otherwise now. A new file speaks for itself."""
    if file["outcome"] != "written":
        yield from ((sign, file[part]) for sign, part in _SIGNS if file[part])


def named(addresses: Sequence[str]) -> str:
    """The first of them."""
    return ", ".join(addresses[:MOST])


def total(document: Mapping[str, Any]) -> str:
    """``10,060 resources; 42 files written, 1 unchanged.``"""
    counted = Counter(file["outcome"] for file in document["files"])
    parts = [(outcome, counted[outcome]) for outcome in _OUTCOMES if counted[outcome]]
    files = ", ".join(
        f"{words.counted(many, 'file') if index == 0 else f'{many:,}'} {outcome}"
        for index, (outcome, many) in enumerate(parts)
    )
    resources = words.counted(document["resources"], "resource")
    return f"{resources}; {files}." if files else f"{resources}; no file."


def left_out_lines(document: Mapping[str, Any]) -> list[str]:
    """Which fields an export may not write, by class."""
    left = document["left_out"]
    lines = []
    if left["personal"]:
        lines.append(f"Left out, because personal (--reveal writes them): {', '.join(left['personal'])}.")
    if left["only_references"]:
        names = ", ".join(left["only_references"])
        lines.append(f"Left out, because only a reference may stand in a playbook: {names}.")
    return lines


def findings_line(document: Mapping[str, Any]) -> str:
    """How much of what is live couldn't be said."""
    return f"Left out: {words.counted(len(document['findings']), 'thing')} that a playbook can't say or a plan refuses."
