"""GitHub: a document as workflow commands, which GitHub shows beside the lines of a pull request."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dani_playbook.cli import sinks, words

Document = Mapping[str, Any]


def annotations(name: str, document: Document) -> str:
    """One line for each thing to know. Raises ``KeyError`` for a document that has none."""
    return "".join(ANNOTATIONS[name](document))


def _problems(document: Document) -> Iterator[str]:
    error = document["error"]
    hint = f" ({error['hint']})" if error.get("hint") else ""
    yield from _validation(document)
    if not document["problems"]:
        yield sinks.ci_command("error", f"{error['message']}{hint}", title=error["code"])


def _validation(document: Document) -> Iterator[str]:
    yield from _each("error", document["problems"])
    yield from _each("warning", document.get("warnings") or ())
    if "files" in document and not document["problems"]:
        count = words.counted(sum(document["resources"].values()), "resource")
        yield sinks.ci_command("notice", f"{words.counted(document['files'], 'file')}, {count}.", title="Valid")


def _each(kind: str, problems: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for problem in problems:
        place = problem.get("source") or {}
        end = place["column"] + max(place["length"], 1) if place else 0
        text = "; ".join(filter(None, (problem["message"], problem.get("hint"))))
        yield sinks.ci_command(
            kind, text, file=place.get("file", ""), line=place.get("line", 0), col=place.get("column", 0),
            endColumn=end, title=problem["code"],
        )  # fmt: skip


def _plan(document: Document) -> Iterator[str]:
    for part, kind in (("blockers", "error"), ("held", "warning"), ("skipped", "warning"), ("warnings", "warning")):
        yield from (_finding(kind, finding) for finding in document[part])
    yield from (_change(change) for change in document["changes"])
    yield sinks.ci_command("notice", f"{words.summary_line(document['summary'], document['unmanaged'])}.", title="Plan")
    if first := document.get("first_run"):
        yield sinks.ci_command("notice", first["sentence"], title="First run")


def _finding(kind: str, finding: Mapping[str, Any]) -> str:
    step = words.next_step(finding)
    text = f"{finding.get('address') or 'plan'}: {finding['message']}" + (f"; next: {step}" if step else "")
    return sinks.ci_command(kind, text, **_place(finding.get("source")), title=finding["code"])


def _change(change: Mapping[str, Any]) -> str:
    """Names of fields, no values: an annotation is read by more people than a job's output."""
    fields = ", ".join(field["name"] for field in change["fields"])
    parts = [change["title"], change["mark"], words.change_note(change), fields]
    text = " · ".join(str(part) for part in [f"{change['verb']} {change['address']}", *parts] if part)
    return sinks.ci_command("notice", text, **_place(change.get("source")), title=change["address"])


def _place(source: str | None) -> dict[str, str | int]:
    """``file:line:column`` taken apart; a file's name may have colons."""
    parts = (source or "").rsplit(":", 2)
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return {}
    return {"file": parts[0], "line": int(parts[1]), "col": int(parts[2])}


def _applied(document: Document) -> Iterator[str]:
    failed = document["outcome"] in ("rolled_back", "refused")
    title = document["outcome"].replace("_", " ")
    yield from _plan(document["plan"])
    yield sinks.ci_command("error" if failed else "notice", document.get("failure") or title, title="Apply")


ANNOTATIONS: Mapping[str, Callable[[Document], Iterator[str]]] = {
    "problems": _problems,
    "validation": _validation,
    "plan": _plan,
    "apply": _applied,
}
