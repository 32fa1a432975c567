"""The fields of a change are told when they are asked for, and a large plan is written in pieces."""

import json
from typing import Any

import pytest

from dani_playbook.cli.sinks import json_pieces, json_text
from dani_playbook.runner import documents
from dani_playbook.runner.plan_document import plan_document
from tests.engine.fakes import SPECS, Bench, wanted

PEOPLE = 400


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the fields that were made into documents."""
    names: list[str] = []
    made = documents.field_document

    def counting(spec: Any, change: Any, *, reveal: bool) -> dict[str, Any]:
        names.append(change.name)
        return made(spec, change, reveal=reveal)

    monkeypatch.setattr(documents, "field_document", counting)
    return names


def a_plan() -> documents.Document:
    people = [wanted(f"user.p{number}", email=f"p{number}@a.example", first_name="Ada") for number in range(PEOPLE)]
    return plan_document(SPECS, Bench().plan(*people), reveal=False)


def test_a_document_holds_no_fields(told: list[str]) -> None:
    document = a_plan()
    assert (len(document["changes"]), told) == (PEOPLE, [])
    assert len(document["changes"][0]["fields"]) > 1
    assert told == []


def test_json_is_made_while_it_is_written(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dani_playbook.cli.sinks._TOKENS", 1000)
    document = a_plan()
    pieces = json_pieces(document)
    next(pieces)
    assert 0 < len(told) < PEOPLE
    assert len(list(pieces)) > 10
    assert len(told) == sum(len(change["fields"]) for change in document["changes"])


def test_pieces_are_the_text_of_all_at_once() -> None:
    document = a_plan()
    plain = {**document, "changes": [{**change, "fields": list(change["fields"])} for change in document["changes"]]}
    assert document == plain
    assert json_text(document) == json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def test_fields_are_a_sequence() -> None:
    fields = a_plan()["changes"][0]["fields"]
    assert [fields[0], *fields[1:]] == list(fields)
    assert repr(fields) == repr(list(fields))
    assert fields != [*fields, fields[0]]


@pytest.mark.parametrize("value", [b"bytes", {1}, object()])
def test_what_json_does_not_know_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        json_text({"format": value})
