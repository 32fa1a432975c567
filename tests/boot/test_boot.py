"""A customer's project is started in our process as its bindings say, and does nothing there by itself."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from tests.boot.project import Firm, begun

HABITS = "thread mail"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    return begun(tmp_path_factory.mktemp("firm") / "repository")


@pytest.fixture
def firm(made: Firm, tmp_path: Path) -> Firm:
    return Firm(copytree(made.folder, tmp_path / "repository"))


def test_a_project_is_planned_and_applied_from_outside(firm: Firm) -> None:
    planned = firm.dani("plan --exit-code")
    assert planned.code == 2, planned.err
    assert "→ firm (sqlite)" in planned.out
    applied = firm.dani("apply --approve")
    assert applied.code == 0, applied.err
    assert firm.dani("plan --exit-code").code == 0


def test_neither_a_plan_nor_an_apply_starts_its_threads_and_sends_its_mail(firm: Firm) -> None:
    for line in ("plan", "apply --approve", "drift", "doctor"):
        ended = firm.dani(line, HABITS)
        assert ended.code == 0, ended.err
    assert firm.deeds == ["arguments migrate"] * 4


def test_what_a_project_prints_is_no_part_of_a_result(firm: Firm) -> None:
    ended = firm.dani("plan --format json")
    assert json.loads(ended.out)["format"] == "dani.plan/1"
    assert "people are ready" not in ended.out + ended.err


def test_what_isnt_off_happens(firm: Firm) -> None:
    firm.edit("bindings.yaml", "  folder: system", '  folder: system\n  "off": []')
    assert firm.dani("plan", HABITS).code == 0
    assert sorted(firm.deeds) == ["arguments migrate", "mail 1", "mail 1", "thread"]


def test_the_project_sees_the_arguments_of_its_bindings(firm: Firm) -> None:
    firm.edit("bindings.yaml", "  folder: system", "  folder: system\n  arguments: [manage.py, check]")
    assert firm.dani("plan").code == 0
    assert firm.deeds == ["arguments check"]


def test_a_pool_of_connections_which_would_need_threads_isnt_made(firm: Firm) -> None:
    firm.edit("system/firm/settings.py", '"firm.sqlite3"}', '"firm.sqlite3", "OPTIONS": {"pool": True}}')
    ended = firm.dani("plan")
    assert ended.code == 0, ended.err


def test_inside_of_the_project_it_is_held_back_as_well(firm: Firm) -> None:
    firm.edit("system/firm/settings.py", '"dani_playbook.state"]', '"dani_playbook.state", "dani_playbook.cli.django"]')
    ended = firm.manage("dani", "plan", DANI_CONFIG=str(firm.folder / "dani.yaml"))
    assert ended.code == 0, ended.err
    assert "→ firm (sqlite)" in ended.out


def test_the_doctor_tells_what_was_held_back(firm: Firm) -> None:
    document = json.loads(firm.dani("doctor --format json", HABITS).out)
    (found,) = [check for check in document["checks"] if check["name"] == "project"]
    assert found["state"] == "ok"
    assert "firm.settings" in found["detail"]
    assert "1 thread (people.apps), 2 mails" in found["detail"]


def test_another_binding_makes_a_saved_plan_worthless(firm: Firm) -> None:
    assert firm.dani("plan --out hire.plan").code == 0
    firm.edit("bindings.yaml", "write: bulk", "write: save")
    ended = firm.dani("apply hire.plan --approve")
    assert ended.code == 6
    assert "settings" in ended.err


NO_START = [
    ("bindings.yaml", "firm.settings", "frim.settings", "there is no settings module frim.settings", "folder:"),
    ("bindings.yaml", "folder: system", "folder: sytsem", "there is no settings module firm.settings", "sytsem"),
    ("bindings.yaml", "{FIRM_SECRET: of a test}", "{}", "KeyError FIRM_SECRET (settings.py:7)", "environment:"),
    ("system/firm/settings.py", "import sys", "import sys, gone_away", "there is no module gone_away", "install"),
    ("system/firm/settings.py", "USE_TZ", "raise ValueError('hunter2')\nUSE_TZ", "ValueError (settings.py:", "work"),
    ("system/firm/settings.py", "USE_TZ", "sys.exit('hunter2')\nUSE_TZ", "SystemExit (settings.py:", "work"),
    ("system/people/models.py", "from django", "1 / 0\nfrom django", "ZeroDivisionError (models.py:1)", "work"),
    ("system/firm/settings.py", ', "dani_playbook.state"', "", "doesn't have dani's tables", "INSTALLED_APPS"),
    ("bindings.yaml", "  folder: system", "  folder: system\n  database: other", 'no database "other"', "default"),
]


@pytest.mark.parametrize("line", ["plan", "binding check"])
@pytest.mark.parametrize(("file", "before", "after", "message", "hint"), NO_START)
def test_a_project_that_cant_be_started_is_told_in_a_sentence(
    firm: Firm, file: str, before: str, after: str, message: str, hint: str, line: str
) -> None:
    firm.edit(file, before, after)
    ended = firm.dani(line)
    assert ended.code == 9, ended.err
    assert message in ended.err
    assert hint in ended.err
    assert "hunter2" not in ended.err
    assert "Traceback" not in ended.err


def test_a_try_that_is_taken_back_needs_mail_and_threads_to_be_off(firm: Firm) -> None:
    assert firm.dani("plan --deep").code == 0
    firm.edit("bindings.yaml", "  folder: system", '  folder: system\n  "off": [mail]')
    ended = firm.dani("plan --deep")
    assert ended.code == 4
    assert "threads wouldn't be taken back" in ended.err


UNPLACED = """\
version: 1
groups:
  all: {name: All}
users:
  jdoe:
    email: j.doe@firm.example
    first_name: Jo
    office: Berlin
    upcoming:
      2027-01-01: {job_title: Lead}
"""


def test_what_has_no_place_is_told_with_its_line_before_the_project_is_started(firm: Firm) -> None:
    firm.write("playbooks/more.yaml", UNPLACED.replace("jdoe", "other").replace("j.doe", "o"))
    for line in ("validate", "plan"):
        ended = firm.dani(f"{line} --format json")
        assert ended.code == 3
        found = [(item["code"], item["source"]["line"], item["message"]) for item in json.loads(ended.out)["problems"]]
        assert found == [
            ("no-place", 3, "this HR system has no place for a group"),
            ("no-place", 8, "this HR system has no place for office of a user"),
            ("no-place", 10, "this HR system has no place for job_title of a user"),
        ]
    assert firm.deeds == []


def test_what_has_no_place_isnt_filled_with_a_default_and_not_exported(firm: Firm) -> None:
    assert firm.dani("apply --approve").code == 0
    assert firm.dani("export --to exported").code == 0
    text = (firm.folder / "exported/people/sales.yaml").read_text("utf-8")
    assert text == (
        "version: 1\n\nusers:\n  jdoe:\n    email: j.doe@firm.example\n    first_name: Jo\n    department: sales\n"
        "    enabled: true\n"
    )
