"""The example company on a real SQLite file and a real PostgreSQL server: applied, changed, broken and taken back."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest

from tests.cli.program import ROOT, Ended, dani
from tests.conftest import Servers, opened

AT = "2026-11-23"
FILE = ".dani/hris.sqlite3"
PEOPLE = "playbooks/people/finance.yaml"
NEWCOMER = """
  nora.newcomer:
    template: berlin
    employee_id: NW-9001
    email: nora.newcomer@nordwind.example
    first_name: Nora
    last_name: Newcomer
    job_title: Accountant
    manager: beatriz.goncalves
    start_date: 2026-11-02
"""
REFUSAL = "nobody is called Boom here"


class Company:
    """A copy of the example company with a database of its own; nothing is protected, so that all can go again."""

    def __init__(self, folder: Path, server: Path | None) -> None:
        self.folder = folder
        self.server = server
        copytree(ROOT / "playbooks", folder / "playbooks")
        copy(ROOT / "dani.yaml", folder)
        self.unprotect()
        if server:
            self.run("config", "set", "database", f"postgresql://dani@/dani_cli?host={server}")

    def unprotect(self) -> None:
        for path in (self.folder / "playbooks").rglob("*.yaml"):
            path.write_text(path.read_text("utf-8").replace("protect: true", "protect: false"), "utf-8")

    def run(self, *arguments: str, code: int = 0) -> Ended:
        ended = dani(*arguments, folder=self.folder)
        assert ended.code == code, ended.out + ended.err
        assert "Traceback" not in ended.err
        return ended

    def apply(self) -> str:
        """The id of the run."""
        ended = self.run("apply", "--approve", "--at", AT, "--format", "json")
        return str(json.loads(ended.out)["run"]["id"])

    def exported(self) -> str:
        """Everything, also what is masked."""
        command = [sys.executable, str(ROOT / "tests/cli/everything.py")]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, encoding="utf-8", check=True)
        return done.stdout

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("runs", "--format", "json").out)["runs"]
        return found

    def edit(self, before: str, after: str) -> None:
        path = self.folder / PEOPLE
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), "utf-8")

    def execute(self, *statements: str) -> None:
        """Straight at the database, as somebody does who goes past ``dani``."""
        if self.server is None:
            with sqlite3.connect(self.folder / FILE) as connection:
                connection.executescript(";".join(statements))
            connection.close()
            return
        execute(self.server, "dani_cli", *statements)


def execute(server: Path, database: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(host=str(server), user="dani", dbname=database, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def company(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp(str(request.param))
    if request.param == "sqlite":
        yield Company(folder, None)
        return
    server = opened(servers, "postgresql").base
    execute(server, "postgres", "CREATE DATABASE dani_cli")
    try:
        yield Company(folder, server)
    finally:
        execute(server, "postgres", "DROP DATABASE dani_cli WITH (FORCE)")


@pytest.fixture(scope="module")
def first(company: Company) -> tuple[str, str]:
    """The export of the empty system, and the run that filled it."""
    before = company.exported()
    assert json.loads(before)["resources"] == {}
    return before, company.apply()


def test_after_an_apply_there_is_no_plan_and_no_drift(company: Company, first: tuple[str, str]) -> None:
    company.run("plan", "--at", AT, "--exit-code")
    company.run("drift", "--at", AT, "--exit-code")
    assert company.runs()[0]["state"] == "succeeded"


def test_a_change_and_its_rollback_leave_every_byte_as_it_was(
    company: Company, first: tuple[str, str], tmp_path: Path
) -> None:
    before, files = company.exported(), written(company, tmp_path / "before")
    original = (company.folder / PEOPLE).read_text("utf-8")
    company.edit("job_title: ", "job_title: Former ")
    (company.folder / PEOPLE).write_text((company.folder / PEOPLE).read_text("utf-8") + NEWCOMER, "utf-8")
    company.run("plan", "--at", AT, "--exit-code", code=2)
    run = company.apply()
    assert company.exported() != before
    company.run("rollback", run, "--approve")
    assert company.exported() == before
    assert written(company, tmp_path / "after") == files
    (company.folder / PEOPLE).write_text(original, "utf-8")
    company.run("plan", "--at", AT, "--exit-code")


def written(company: Company, folder: Path) -> dict[str, bytes]:
    """The live system as playbooks, by name."""
    company.run("export", "--to", str(folder))
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def test_an_export_is_planned_as_nothing(company: Company, first: tuple[str, str], tmp_path: Path) -> None:
    written(company, company.folder / "exported")
    answer = json.loads(company.run("plan", "exported", "--at", AT, "--format", "json").out)
    assert [change["verb"] for change in answer["changes"] if change["verb"] != "release"] == []


def test_a_write_that_fails_leaves_nothing_but_its_record(company: Company, first: tuple[str, str]) -> None:
    before, original = company.exported(), (company.folder / PEOPLE).read_text("utf-8")
    company.execute(*refusing(company.server is not None))
    company.edit("job_title: ", "job_title: Boom ")
    refused = company.run("apply", "--approve", "--at", AT, code=8)
    assert company.exported() == before
    run = company.runs()[0]
    assert run["state"] == "rolled_back"
    assert run["failure"]
    assert f"dani show {run['id']}" in refused.err
    assert "rolled back" in company.run("show", run["id"]).out
    company.run("plan", "--at", AT, "--exit-code", code=2)
    company.execute(*allowing(company.server is not None))
    (company.folder / PEOPLE).write_text(original, "utf-8")
    company.run("plan", "--at", AT, "--exit-code")


def refusing(on_postgresql: bool) -> list[str]:
    """A trigger in the middle of the run: what comes before it was written already."""
    if on_postgresql:
        function = f"CREATE FUNCTION boom() RETURNS trigger AS $$ BEGIN RAISE '{REFUSAL}'; END $$ LANGUAGE plpgsql"
        when = "BEFORE UPDATE ON employees_employee FOR EACH ROW WHEN (NEW.job_title LIKE 'Boom%')"
        return [function, f"CREATE TRIGGER boom {when} EXECUTE FUNCTION boom()"]
    when = "BEFORE UPDATE ON employees_employee WHEN NEW.job_title LIKE 'Boom%'"
    return [f"CREATE TRIGGER boom {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"]


def allowing(on_postgresql: bool) -> list[str]:
    return ["DROP FUNCTION boom() CASCADE"] if on_postgresql else ["DROP TRIGGER boom"]


def test_the_first_run_taken_back_leaves_an_empty_system(company: Company, first: tuple[str, str]) -> None:
    empty, run = first
    company.run("rollback", run, "--approve")
    assert company.exported() == empty
    company.run("rollback", company.runs()[0]["id"], "--approve")
    company.run("plan", "--at", AT, "--exit-code")
