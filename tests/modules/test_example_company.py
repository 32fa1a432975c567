"""The example company loads, is large and varied enough, and keeps every rule on every day that matters."""

import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from dani_playbook.core.address import Address
from dani_playbook.core.resource import DesiredState, Playbooks
from dani_playbook.core.values import SecretRef, SetEdit
from dani_playbook.engine.predict import broken_rules, declared_only, unknown_references
from dani_playbook.language.load import Loaded, load
from dani_playbook.language.project import Project
from dani_playbook.language.timeline import dates, desired_state
from tests.modules.test_schemas import REGISTRY, envelope
from tests.modules.world import DICTIONARY, KINDS

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAYS = ["2026-11-23", "2026-12-01", "2026-12-31", "2027-01-01", "2027-01-15", "2027-02-01", "2027-06-01", "2028-01-01"]


def project(environment: str = "") -> Project:
    written = yaml.safe_load((ROOT / "dani.yaml").read_text("utf-8"))
    return Project(
        root=ROOT,
        environment=environment,
        variables=written["vars"],
        environment_variables=written["environments"].get(environment, {}).get("vars", {}),
        time_zone=written["time_zone"],
        offices=written["offices"],
    )


@pytest.fixture(scope="module")
def company() -> Loaded:
    return load((), project(), DICTIONARY)


def on(playbooks: Playbooks, day: str, environment: str = "") -> DesiredState:
    at = date.fromisoformat(day)
    derive = {name: kind.derive for name, kind in KINDS.items()}
    return desired_state(playbooks, dates(project(environment), NOON, at), at, derive)


def people(company: Loaded) -> dict[str, Any]:
    found = company.playbooks.resources.items()
    return {address.key: item for address, item in found if address.kind == "user" and not item.absent}


def test_it_loads_without_a_problem(company: Loaded) -> None:
    assert company.problems == ()
    assert company.warnings == ()


def test_it_has_at_least_120_people_in_three_offices(company: Loaded) -> None:
    offices = Counter(person.fields["office"] for person in people(company).values())
    assert sum(offices.values()) >= 120
    assert set(offices) == {"Berlin", "Toronto", "Singapore"}
    assert min(offices.values()) >= 20


def test_it_has_every_kind(company: Loaded) -> None:
    assert {address.kind for address in company.playbooks.resources} == set(KINDS)


def test_its_names_are_of_many_scripts(company: Loaded) -> None:
    letters = "".join(person.fields["first_name"] for person in people(company).values())
    scripts = {unicodedata.name(letter).split()[0] for letter in letters if letter.isalpha()}
    wanted = "LATIN HEBREW ARABIC CYRILLIC GREEK ARMENIAN GEORGIAN DEVANAGARI TAMIL THAI HANGUL CJK ETHIOPIC CANADIAN"
    assert set(wanted.split()) <= scripts


def test_some_people_have_one_name(company: Loaded) -> None:
    assert sum(1 for person in people(company).values() if not person.fields.get("last_name")) >= 4


@pytest.mark.parametrize("day", DAYS)
def test_it_keeps_every_rule(company: Loaded, day: str) -> None:
    state = on(company.playbooks, day)
    world = replace(declared_only(state, DICTIONARY.kinds), live_known=True)
    assert [*unknown_references(state, world, DICTIONARY.kinds), *broken_rules(world, KINDS.values())] == []


@pytest.mark.parametrize(
    ("key", "day", "field", "wanted"),
    [
        ("joao.conceicao", "2026-11-23", "department", "data"),
        ("ilija.stojanov", "2026-11-23", "status", "prehire"),
        ("ilija.stojanov", "2026-12-01", "status", "active"),
        ("sadhbh.nibhriain", "2026-11-23", "status", "leave"),
        ("sadhbh.nibhriain", "2027-02-01", "status", "active"),
        ("gudrun.vonhohenfels", "2026-12-30", "status", "active"),
        ("gudrun.vonhohenfels", "2026-12-31", "status", "left"),
        ("stefan.turcanu", "2027-01-01", "job_title", "Senior Engineer"),
        ("jaswinder.dhillon", "2026-11-23", "status", "left"),
        ("bronagh.mccaffertyjones", "2026-12-01", "department", "marketing"),
    ],
)
def test_what_happens_when(company: Loaded, key: str, day: str, field: str, wanted: str) -> None:
    assert on(company.playbooks, day).resources[Address("user", key)].fields[field] == wanted


def test_names_written_with_combining_marks_are_composed(company: Loaded) -> None:
    assert "e\u0301" in (ROOT / "playbooks/data/graduates.csv").read_text("utf-8")
    assert people(company)["chloe.bertin"].fields["first_name"] == "Chloé"


def test_the_test_environment_has_another_domain() -> None:
    test = load((), project("test"), DICTIONARY)
    assert test.problems == ()
    assert all(person.fields["email"].endswith("@test.nordwind.example") for person in people(test).values())


def test_every_secret_is_one_of_the_made_up_files(company: Loaded) -> None:
    found = [
        value.uri
        for item in company.playbooks.resources.values()
        for fields in (item.fields, *(entry.fields for entry in item.upcoming))
        for value in fields.values()
        if isinstance(value, SecretRef)
    ]
    assert len(found) >= 6
    for uri in found:
        assert (ROOT / uri.removeprefix("file:")).is_file(), uri
    kept = sorted(path.name for path in (ROOT / "playbooks/_demo-secrets").iterdir())
    assert kept == sorted({uri.rsplit("/", 1)[1] for uri in found})


def test_it_shows_every_part_of_the_language(company: Loaded) -> None:
    items = company.playbooks.resources.values()
    assert any(isinstance(value, SetEdit) for item in items for value in item.fields.values())
    assert any(item.protect for item in items)
    assert any(item.ignore for item in items)
    assert any(item.absent for item in items)
    assert company.playbooks.moves


class _AsWritten(yaml.SafeLoader):
    """Dates stay texts, as the language reads them."""


_AsWritten.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").rglob("*.yaml")), ids=lambda path: path.name)
def test_an_editor_finds_nothing_wrong_in_it(path: Path) -> None:
    text = path.read_text("utf-8")
    schema = path.parent / text.split("$schema=", 1)[1].split()[0]
    assert schema.resolve() == ROOT / "schemas/v1/playbook.schema.json"
    written = yaml.load(text, _AsWritten)
    assert [error.message for error in envelope().iter_errors(written)] == []


def test_an_editor_finds_nothing_wrong_in_dani_yaml() -> None:
    schema = DICTIONARY.schemas["config.schema.json"]
    written = yaml.safe_load((ROOT / "dani.yaml").read_text("utf-8"))
    assert list(Draft202012Validator(schema, registry=REGISTRY).iter_errors(written)) == []


def test_every_address_is_an_invented_one(company: Loaded) -> None:
    for item in company.playbooks.resources.values():
        for value in item.fields.values():
            if isinstance(value, str) and "@" in value:
                assert value.endswith(".example"), value
