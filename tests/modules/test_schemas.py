"""The schemas are sound, and the dictionary reads them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from dani_playbook.core.dictionary import FieldSpec, Sensitivity, schema_folder
from tests.modules.world import DICTIONARY, KINDS

SCHEMAS = DICTIONARY.schemas
REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)
TYPES = {"string", "integer", "boolean", "date", "datetime", "list", "set", "object", "money"}
FIELDS = [(kind.spec.name, field) for kind in KINDS.values() for field in kind.spec.fields.values()]


def rule_of(kind: str, name: str) -> dict[str, Any]:
    rule: dict[str, Any] = SCHEMAS[f"{kind}.schema.json"]["properties"][name]
    return rule


def rule_is_set(rule: dict[str, Any]) -> bool:
    return "items" in rule and "add" in rule.get("properties", ())


def enum_of(kind: str, name: str) -> list[str]:
    resolver = REGISTRY.resolver(base_uri=f"{kind}.schema.json")
    rule = rule_of(kind, name)
    while "enum" not in rule and ("$ref" in rule or rule_is_set(rule)):
        if "$ref" in rule:
            found = resolver.lookup(rule["$ref"])
            rule, resolver = found.contents, found.resolver
        else:
            rule = rule["items"]
    return [item for item in rule.get("enum", ()) if item is not None]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_is_valid_2020_12(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == name
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def every_ref(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (value for key, value in schema.items() if key == "$ref" and isinstance(value, str))
        for value in schema.values():
            yield from every_ref(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from every_ref(value)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_reference_between_schemas_leads_somewhere(name: str) -> None:
    resolver = REGISTRY.resolver(base_uri=name)
    for ref in every_ref(SCHEMAS[name]):
        assert resolver.lookup(ref).contents


def test_the_kinds_are_read_in_the_order_of_the_envelope() -> None:
    assert list(DICTIONARY.kinds) == ["department", "user", "group", "job", "schedule", "powerapps", "setting"]
    assert list(DICTIONARY.by_collection) == [
        "departments", "users", "groups", "jobs", "schedules", "powerapps", "settings",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=lambda it: it if isinstance(it, str) else it.name)
def test_every_field_is_described(kind: str, field: FieldSpec) -> None:
    rule = rule_of(kind, field.name)
    assert field.type in TYPES
    assert rule["title"]
    assert rule["description"].endswith(".")
    assert field.references is None or field.references in DICTIONARY.kinds


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=lambda it: it if isinstance(it, str) else it.name)
def test_choices_are_the_enumeration(kind: str, field: FieldSpec) -> None:
    assert list(field.choices) == enum_of(kind, field.name)


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=lambda it: it if isinstance(it, str) else it.name)
def test_special_and_secret_fields_take_references_only(kind: str, field: FieldSpec) -> None:
    takes_secret = rule_of(kind, field.name).get("$ref") == "resource.schema.json#/$defs/secret"
    assert takes_secret == field.sensitivity.is_reference_only


def test_names_of_fields_are_no_meta_keys() -> None:
    meta = {"template", "upcoming", "state", "protect", "ignore"}
    for kind in DICTIONARY.kinds.values():
        assert not meta & set(kind.fields)
        assert set(SCHEMAS[f"{kind.name}.schema.json"]["properties"]) == meta | set(kind.fields)


def test_what_a_kind_says_of_itself_names_its_own_fields() -> None:
    for kind in DICTIONARY.kinds.values():
        required = SCHEMAS[f"{kind.name}.schema.json"]["x-dani"]["required"]
        assert {*kind.title, *required} <= set(kind.fields)
        for fields in kind.removals.values():
            assert set(fields) <= set(kind.fields)
        assert kind.removal in {*kind.removals, "delete"}


@pytest.mark.parametrize(
    ("kind", "name", "wanted"),
    [
        ("user", "email", Sensitivity.INTERNAL),
        ("user", "first_name", Sensitivity.PUBLIC),
        ("user", "mobile", Sensitivity.PERSONAL),
        ("user", "end_date", Sensitivity.INTERNAL),
        ("user", "salary", Sensitivity.SPECIAL),
        ("user", "grade", Sensitivity.SPECIAL),
        ("user", "birth_date", Sensitivity.SPECIAL),
        ("user", "national_id", Sensitivity.SPECIAL),
        ("user", "initial_password", Sensitivity.SECRET),
        ("job", "salary_min", Sensitivity.SPECIAL),
        ("powerapps", "credential", Sensitivity.SECRET),
    ],
)
def test_classes_are_as_agreed(kind: str, name: str, wanted: Sensitivity) -> None:
    assert DICTIONARY.kinds[kind].fields[name].sensitivity is wanted


ACCEPTED = [
    {"users": {"ada": {"email": "ada@x.example", "first_name": "Ada", "start_date": "2026-12-01"}}},
    {"users": {"ada": {"roles": ["employee"], "salary": {"secret": "env:ADA"}, "mobile": None}}},
    {"users": {"ada": {"roles": {"add": ["auditor"], "remove": ["admin"]}}}},
    {"users": {"ada": {"upcoming": {"2027-01-01": {"job_title": "Lead"}}, "ignore": ["mobile"], "protect": True}}},
    {"users": {"ada": {"ignore": {"mobile": {"why": "owned by telephony", "until": "2027-01-01"}}}}},
    {"users": {"ada": {"time_zone": "{{ zone }}", "start_date": "{{ start }}", "roles": ["{{ role }}"]}}},
    {"departments": {"eng": {"name": "Engineering", "head": "ada", "headcount_limit": 12}}},
    {"jobs": {"dev": {"title": "Dev", "stages": [{"key": "a", "name": "A", "type": "applied"}]}}},
    {"settings": {"leave": {"name": "leave.days", "value": {"annual": 30, "carry": [1, "two", True, None]}}}},
    {"generate": [{"collection": "users", "each": {"csv": "a.csv"}, "key": "{{ row.k }}", "fields": {}}]},
    {"moved": [{"from": "user.a", "to": "user.b"}], "vars": {"city": "Berlin"}, "name": "Company"},
]
REFUSED = [
    {"users": {"Ada": {}}},
    {"users": {"ada": {"emial": "ada@x.example"}}},
    {"users": {"ada": {"salary": "64000.00 EUR"}}},
    {"users": {"ada": {"status": "retired"}}},
    {"users": {"ada": {"roles": ["emperor"]}}},
    {"users": {"ada": {"first_name": None}}},
    {"users": {"ada": {"upcoming": {"soon": {"job_title": "Lead"}}}}},
    {"users": {"ada": {"upcoming": {"2027-01-01": {"state": "absent"}}}}},
    {"departments": {"eng": {"headcount_limit": -1}}},
    {"jobs": {"dev": {"stages": [{"key": "a", "name": "A", "type": "begin"}]}}},
    {"schedules": {"weekly": {"retries": 11}}},
    {"settings": {"leave": {"value": 1.5}}},
    {"offers": {}},
]


@pytest.mark.parametrize("playbook", ACCEPTED, ids=json.dumps)
def test_an_editor_accepts(playbook: dict[str, Any]) -> None:
    assert list(envelope().iter_errors({"version": 1, **playbook})) == []


@pytest.mark.parametrize("playbook", REFUSED, ids=json.dumps)
def test_an_editor_refuses(playbook: dict[str, Any]) -> None:
    assert list(envelope().iter_errors({"version": 1, **playbook}))


def envelope() -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS["playbook.schema.json"], registry=REGISTRY)


def test_the_configuration_knows_every_kind_and_its_policies() -> None:
    removal = SCHEMAS["config.schema.json"]["$defs"]["removal"]["properties"]
    assert {name: set(rule["enum"]) for name, rule in removal.items()} == {
        kind.name: {*kind.removals, "delete", "forget"} for kind in DICTIONARY.kinds.values()
    }


def test_every_file_of_the_folder_is_a_schema() -> None:
    assert sorted(item.name for item in schema_folder().iterdir()) == sorted(SCHEMAS)
