"""What is written as playbooks declares exactly what was given."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.errors import UsageError
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.values import Fields, Secret, SecretRef
from dani_playbook.language.load import load
from dani_playbook.language.project import Project
from dani_playbook.language.scalars import UNFIT
from dani_playbook.language.write import playbook_text, write_playbooks

HOME = Path(__file__).parents[2]
DICTIONARY = read_dictionary()


def loaded(root: Path) -> dict[Address, Fields]:
    found = load([], Project(root=root, variables=VARIABLES), DICTIONARY)
    assert not found.problems, found.problems
    return {address: resource.fields for address, resource in found.playbooks.resources.items()}


VARIABLES = {"domain": "x.example", "label": "x", "forms": "https://x.example"}
COMPANY = loaded(HOME)
FREE = {
    "user": ("first_name", "last_name", "job_title", "preferred_name"),
    "department": ("name", "location"),
    "job": ("title", "description"),
    "group": ("description",),
}
fit = st.characters(exclude_categories=["Cs"]).filter(lambda character: not UNFIT.search(character))
texts = st.text(fit, min_size=1, max_size=40)
awkward = st.sampled_from(
    ["no", "0123", "2026-12-01", "{{ x }}", "a: b", "# c", "- d", "one\ntwo", "'", '"', "~", "{% x"]
)


def kept(fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@st.composite
def companies(draw: st.DrawFn) -> dict[Address, Fields]:
    chosen = draw(st.lists(st.sampled_from(sorted(COMPANY)), min_size=1, max_size=6, unique=True))
    changed: dict[Address, Fields] = {}
    for address in chosen:
        fields = kept(COMPANY[address])
        for name in FREE.get(address.kind, ()):
            value = normalize_value(DICTIONARY.kinds[address.kind].fields[name], draw(texts | awkward))
            fields.update({name: value} if value else {})
        changed[address] = fields
    return changed


@settings(max_examples=60, deadline=None)
@given(companies())
def test_what_was_written_declares_the_same(objects: dict[Address, Fields]) -> None:
    with TemporaryDirectory() as folder:
        write_playbooks(objects, DICTIONARY, Path(folder) / "playbooks", reveal=True)
        assert loaded(Path(folder)) == objects


def test_the_whole_sample_company_reads_back_as_itself(tmp_path: Path) -> None:
    files = write_playbooks(COMPANY, DICTIONARY, tmp_path / "playbooks", reveal=True)
    assert loaded(tmp_path) == {address: kept(fields) for address, fields in COMPANY.items()}
    assert list(files) == sorted(files)


PERSON: Fields = {
    "email": "j@x.example",
    "first_name": "John",
    "department": "eng",
    "mobile": "+491",
    "salary": Secret("54000"),
    "birth_date": SecretRef("file:b"),
    "manager": None,
    "roles": (),
}


@pytest.mark.parametrize("reveal", [False, True])
def test_personal_values_are_written_only_where_asked_for_and_special_ones_never(reveal: bool) -> None:
    text = playbook_text({Address("user", "jdoe"): PERSON}, DICTIONARY, reveal=reveal)
    assert ("+491" in text) is reveal
    assert ("# Left out, because personal (--reveal writes them): user.mobile\n" in text) is not reveal
    assert "54000" not in text
    assert "# Left out, because only a reference may stand in a playbook: user.salary\n" in text
    assert 'birth_date: {secret: "file:b"}' in text
    assert "roles: []" in text
    assert "manager" not in text


def test_people_stand_in_the_file_of_their_department(tmp_path: Path) -> None:
    alone = {name: value for name, value in PERSON.items() if name != "department"}
    objects = {Address("user", "b"): PERSON, Address("user", "a"): alone, Address("group", "g"): {"name": "G"}}
    files = write_playbooks(objects, DICTIONARY, tmp_path)
    assert [str(file.relative_to(tmp_path)) for file in files] == ["groups.yaml", "people.yaml", "people/eng.yaml"]


def test_existing_files_are_kept_unless_asked_otherwise(tmp_path: Path) -> None:
    objects = {Address("group", "g"): {"name": "G"}, Address("department", "d"): {"name": "D"}}
    (tmp_path / "groups.yaml").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        write_playbooks(objects, DICTIONARY, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["groups.yaml"]
    write_playbooks(objects, DICTIONARY, tmp_path, overwrite=True)
    assert "name: G" in (tmp_path / "groups.yaml").read_text()


def test_a_resource_of_which_nothing_may_be_written_is_still_declared() -> None:
    text = playbook_text({Address("user", "7"): {"salary": Secret("x")}}, DICTIONARY)
    assert text.endswith('users:\n  "7": {}\n')
