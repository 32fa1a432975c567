import pytest

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.problem import Problem
from dani_playbook.language.frame import frame, names_of
from dani_playbook.language.load import load
from dani_playbook.language.project import Project
from dani_playbook.language.references import unresolved
from tests.language.cases import Case, read_cases

DICTIONARY = read_dictionary()
CASES = read_cases()


def _said(problems: tuple[Problem, ...]) -> tuple[str, ...]:
    return tuple(sorted(f"{problem.code} {problem.source.short if problem.source else ''}" for problem in problems))


def _expected(expected: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    """With the machine's own path in the place of a star."""
    pairs = zip(expected, (*said, *expected), strict=False)
    return tuple(one.replace("*", other.split(" ")[1].rsplit(":", 1)[0]) if "*" in one else one for one, other in pairs)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_gives_its_problems_at_their_places(case: Case, tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    case.write(root)
    loaded = load(case.paths, Project(root=root), DICTIONARY)
    open_references = tuple(item.problem() for item in unresolved(loaded.playbooks, DICTIONARY))
    assert _said(loaded.problems) == _expected(case.expect, _said(loaded.problems))
    assert _said(loaded.warnings) == case.warnings
    if not case.expect:
        assert _said(open_references) == case.unresolved
    found = (*loaded.problems, *loaded.warnings, *open_references)
    texts = "\n".join(f"{problem.message} {problem.hint or ''}" for problem in found)
    assert case.mentions in texts
    frames = "\n".join(line.text for problem in found for line in frame(problem, root, names_of(DICTIONARY)))
    if case.silent:
        assert case.silent not in texts + frames


def test_there_are_at_least_eighty_bad_inputs():
    assert sum(bool(case.expect) for case in CASES) >= 80


def test_every_case_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES)
