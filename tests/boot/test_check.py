"""``dani binding check``: what doesn't fit is told, and looking changes nothing."""

import json
import sqlite3
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.boot.project import Firm, begun
from tests.cli.inside import call


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    return begun(tmp_path_factory.mktemp("firm") / "repository")


@pytest.fixture
def firm(made: Firm, tmp_path: Path) -> Firm:
    return Firm(copytree(made.folder, tmp_path / "repository"))


def checked(firm: Firm, habits: str = "", code: int = 0) -> Any:
    ended = firm.dani("binding check --format json", habits)
    assert ended.code == code, ended.err
    return json.loads(ended.out)


def rows(firm: Firm) -> dict[str, list[Any]]:
    with sqlite3.connect(firm.system / "firm.sqlite3") as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}


def test_bindings_that_fit_are_told_with_what_is_there(firm: Firm) -> None:
    assert firm.dani("apply --approve").code == 0
    before = rows(firm)
    document = checked(firm, "thread mail")
    assert document["system"] == "firm (sqlite)"
    assert [(kind["kind"], kind["model"], kind["objects"], kind["fields"]) for kind in document["kinds"]] == [
        ("department", "people.Team", 1, 1),
        ("user", "people.Person", 1, 5),
    ]
    assert [item for item in document["findings"] if item["level"] != "info"] == []
    assert document["quiet"] == {
        "off": ["mail", "threads"], "threads": 1, "threads_of": ["people.apps"], "mails": 2, "writes": 0,
    }  # fmt: skip
    assert rows(firm) == before
    assert firm.deeds == ["arguments migrate"] * 2


def test_every_misfit_is_told_at_once_with_its_line(firm: Firm) -> None:
    firm.edit("bindings.yaml", "first_name: given", "first_name: givn")
    firm.edit("bindings.yaml", "{name: name}", "{name: nam}")
    document = checked(firm, code=3)
    found = {(item["kind"], item["path"], item["line"]) for item in document["findings"] if item["level"] == "error"}
    assert {("department", "name", 11), ("user", "first_name", 16)} <= found
    assert {kind["objects"] for kind in document["kinds"]} == {None}


def test_a_project_that_writes_when_it_is_started_is_found_out(firm: Firm) -> None:
    document = checked(firm, "save", code=3)
    (error,) = [item for item in document["findings"] if item["level"] == "error"]
    assert "people_team" in error["message"]
    assert document["quiet"]["writes"] == 1


def test_what_happens_because_it_isnt_off_is_told(firm: Firm) -> None:
    firm.edit("bindings.yaml", "  folder: system", '  folder: system\n  "off": [mail]')
    document = checked(firm, "thread")
    assert document["quiet"]["off"] == ["mail"]
    assert [item["message"] for item in document["findings"] if item["level"] == "warning"] == [
        "threads is not off: what the project does by itself goes on while dani plans and writes"
    ]


def test_without_bindings_there_is_nothing_to_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    monkeypatch.chdir(tmp_path)
    ended = call("binding", "check")
    assert ended.code == 3
    assert "dani binding suggest" in ended.err
