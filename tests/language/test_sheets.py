import pytest

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.language.load import load
from dani_playbook.language.project import Project
from tests.language.cases import Case, read_cases
from tests.language.keeping import Kept, told

DICTIONARY = read_dictionary()
CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_says_the_same_from_a_cache(case: Case, tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    case.write(root)
    project, cache = Project(root=root), Kept()
    plain = told(load(case.paths, project, DICTIONARY))
    assert told(load(case.paths, project, DICTIONARY, cache=cache)) == plain
    assert told(load(case.paths, project, DICTIONARY, cache=cache)) == plain
    assert cache.hits == cache.puts
