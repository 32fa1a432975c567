"""Problems and errors as text: what is wrong, where, and what to do."""

from collections.abc import Iterable, Mapping
from typing import Any

from dani_playbook.cli import sinks
from dani_playbook.cli.summary import was_and_is
from dani_playbook.cli.text.page import BAD, PLACE, QUIET, STRONG, WARN, Page, cells

_GUTTER = 5


def write(page: Page, document: Mapping[str, Any]) -> None:
    """All problems, then the error that they add up to."""
    write_problems(page, document.get("warnings") or [], WARN)
    write_problems(page, document["problems"], BAD)
    _write_moved(page, document.get("moved") or [])
    error = document["error"]
    page.blank()
    page.line(("Error: ", BAD), _sentence(error["message"]), hang=7)
    if error.get("hint"):
        page.line("       " + error["hint"], hang=7)


def _write_moved(page: Page, moved: Iterable[Mapping[str, Any]]) -> None:
    """What it was when the plan was made, and what it is now."""
    for item in moved:
        page.blank()
        page.line((f"{item['address']}.{item['name']}", STRONG), f"  {item['title']}".rstrip(), hang=4)
        page.line(f"    {was_and_is(item)}", hang=4)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":")) else text + "."


def write_problems(page: Page, problems: Iterable[Mapping[str, Any]], style: str) -> None:
    """Each with its place, the lines it is about, and a caret under the value."""
    for problem in problems:
        page.blank()
        _write_problem(page, problem, style)


def _write_problem(page: Page, problem: Mapping[str, Any], style: str) -> None:
    page.line((_place(problem), STRONG), (problem["code"], style), hang=4)
    shown = _write_frame(page, problem, style)
    if not shown:
        page.line("    " + problem["message"], hang=4)
    if problem.get("hint"):
        page.line(" " * _GUTTER + " = ", problem["hint"], hang=_GUTTER + 3)
    for place in problem.get("related") or []:
        page.line((" " * _GUTTER + f" see {place}", PLACE))


def _place(problem: Mapping[str, Any]) -> str:
    source = problem.get("source")
    if source:
        return f"{source['file']}:{source['line']}:{source['column']}: "
    where = ".".join(filter(None, (problem.get("address"), problem.get("field"))))
    return f"{where}: " if where else ""


def _write_frame(page: Page, problem: Mapping[str, Any], style: str) -> bool:
    """The lines around a problem; false where there is none to show the message under."""
    source, frame = problem.get("source"), problem.get("frame") or []
    for line in frame:
        page.line((f"{line['line']:{_GUTTER}} | ", QUIET), _fitting(page, line["text"]))
        if source and line["line"] == source["line"]:
            _write_caret(page, line["text"], source, problem["message"], style)
    return any(source and line["line"] == source["line"] for line in frame)


def _write_caret(page: Page, text: str, source: Mapping[str, Any], message: str, style: str) -> None:
    start = max(source["column"] - 1, 0)
    before = cells(text[:start])
    length = max(cells(text[start : start + max(source["length"], 1)]), 1)
    gutter = " " * _GUTTER + " | "
    room = None if page.width is None else page.width - len(gutter) - before - length - 1
    if room is None or room >= min(cells(message), 30):
        hang = len(gutter) + before + length + 1
        page.line((gutter, QUIET), " " * before, ("^" * length, style), " ", (message, style), hang=hang)
        return
    page.line((gutter, QUIET), " " * before, ("^" * min(length, 40), style), hang=0)
    page.line((gutter, QUIET), (message, style), hang=len(gutter))


def _fitting(page: Page, text: str) -> str:
    """The line of a file, cut where a terminal ends, so that carets stay under it."""
    room = None if page.width is None else page.width - _GUTTER - 3
    safe = sinks.terminal(text)
    return safe if room is None or cells(safe) <= room else safe[: max(room - 1, 0)] + "…"
