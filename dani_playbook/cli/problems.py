"""Problems as documents, with the lines of the files that they are about."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.source import Source

_LINES_BEFORE = 1


def problem_documents(problems: Sequence[Problem], root: Path) -> list[Mapping[str, Any]]:
    """In order of file, line and column. Files that can't be read have no lines."""
    return [_document(problem, root) for problem in in_order(tuple(problems))]


def _document(problem: Problem, root: Path) -> Mapping[str, Any]:
    return {
        "code": problem.code,
        "message": problem.message,
        "source": problem.source._asdict() if problem.source else None,
        "address": str(problem.address) if problem.address else None,
        "field": problem.field,
        "hint": problem.hint,
        "related": [str(source) for source in problem.related],
        "frame": _frame(problem.source, root) if problem.source else [],
    }


def _frame(source: Source, root: Path) -> list[Mapping[str, Any]]:
    try:
        lines = (root / source.file).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
    first = max(source.line - _LINES_BEFORE, 1)
    return [{"line": number, "text": lines[number - 1]} for number in range(first, min(source.line, len(lines)) + 1)]
