"""What is written as playbooks declares exactly what was given."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.values import Fields, Secret, SecretRef
from dani_playbook.language.folder import read_folder, write_folder
from dani_playbook.language.load import load
from dani_playbook.language.project import Project
from dani_playbook.language.reexport import Export, file_changes
from dani_playbook.language.scalars import UNFIT
from dani_playbook.language.write import hidden_fields, playbook_text

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


def write_playbooks(objects: Mapping[Address, Fields], folder: Path) -> list[str]:
    """Into a folder that has nothing yet. Gives the names of the files."""
    into = read_folder(folder, Project(root=folder.parent), DICTIONARY)
    nothing = DesiredState(as_of=date(2026, 11, 23), resources={})
    changes = file_changes(Export(said=objects, present=objects), into, nothing, DICTIONARY)
    write_folder(into, {change.name: change.text for change in changes})
    return [change.name for change in changes]


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
        write_playbooks(objects, Path(folder) / "playbooks")
        assert loaded(Path(folder)) == objects


def test_the_whole_sample_company_reads_back_as_itself(tmp_path: Path) -> None:
    files = write_playbooks(COMPANY, tmp_path / "playbooks")
    assert loaded(tmp_path) == {address: kept(fields) for address, fields in COMPANY.items()}
    assert files == sorted(files)


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
    address = Address("user", "jdoe")
    hidden = hidden_fields(DICTIONARY.kinds["user"], PERSON, reveal=reveal)
    said = {name: value for name, value in PERSON.items() if name not in hidden}
    text = playbook_text({address: said}, {address: hidden}, DICTIONARY)
    assert ("+491" in text) is reveal
    assert ("# Left out, because personal (--reveal writes them): user.mobile\n" in text) is not reveal
    assert "54000" not in text
    assert "# Left out, because only a reference may stand in a playbook: user.salary\n" in text
    assert 'birth_date: {secret: "file:b"}' in text
    assert "roles: []" in text
    assert "manager" not in text


def test_people_stand_in_the_file_of_their_department(tmp_path: Path) -> None:
    alone = {name: value for name, value in PERSON.items() if name not in ("department", "salary")}
    person = {name: value for name, value in PERSON.items() if name != "salary"}
    objects = {Address("user", "b"): person, Address("user", "a"): alone, Address("group", "g"): {"name": "G"}}
    assert write_playbooks(objects, tmp_path) == ["groups.yaml", "people.yaml", "people/eng.yaml"]


def test_a_resource_of_which_nothing_may_be_written_is_still_declared() -> None:
    text = playbook_text({Address("user", "7"): {}}, {}, DICTIONARY)
    assert text.endswith('users:\n  "7": {}\n')
