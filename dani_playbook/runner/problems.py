"""Problems and errors as documents, with the lines of the files that they speak of."""

from collections.abc import Sequence
from pathlib import Path

from dani_playbook.core.change import Moved
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.errors import DaniError
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.language.frame import Lines, frame, names_of
from dani_playbook.runner.documents import shown as masked


def problem_document(
    problem: Problem, root: Path, dictionary: Dictionary, files: Lines | None = None
) -> dict[str, object]:
    """One problem; its frame shows at most three lines, masked fields blanked."""
    source = problem.source
    return {
        "code": problem.code,
        "message": problem.message,
        "address": str(problem.address) if problem.address else None,
        "field": problem.field,
        "hint": problem.hint,
        "source": source._asdict() if source else None,
        "related": [str(item) for item in problem.related],
        "frame": [{"line": line, "text": text} for line, text in frame(problem, root, names_of(dictionary), files)],
    }


def error_document(
    error: DaniError, root: Path, dictionary: Dictionary, warnings: Sequence[Problem] = ()
) -> dict[str, object]:
    """What went wrong on purpose, with all its problems."""
    files = Lines(root)

    def shown(problems: Sequence[Problem]) -> list[dict[str, object]]:
        return [problem_document(item, root, dictionary, files) for item in in_order(tuple(problems))]

    return {
        "format": "dani.problems/1",
        "error": {"code": error.code, "message": error.message, "hint": error.hint},
        "problems": shown(error.problems) if error.shown is None else list(error.shown),
        "warnings": shown(warnings),
        "moved": [_moved(item, dictionary) for item in getattr(error, "moved", ())],
    }


def _moved(item: Moved, dictionary: Dictionary) -> dict[str, object]:
    """What somebody changed since the plan was made, masked by its class."""
    spec = dictionary.kinds[item.address.kind].fields[item.name]
    return {
        "address": str(item.address),
        "title": item.title,
        "name": item.name,
        "class": spec.sensitivity.value,
        "planned": masked(spec, item.planned, reveal=False),
        "now": masked(spec, item.now, reveal=False),
        "wanted": masked(spec, item.wanted, reveal=False),
    }
