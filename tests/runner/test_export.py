"""A system in use becomes playbooks that a plan adopts just as it is, and a later export changes what has changed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project
from tests.runner.population import populate


def export(project: Project, folder: str = "playbooks", selector: str | None = None) -> dict[str, Any]:
    """What became of each file, by name."""
    result = project.session().export_to(selector, project.root / folder)
    assert result.exit_code == (7 if result.document["findings"] else 0)
    return dict(result.document)


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    return {Path(file["path"]).name: file["outcome"] for file in document["files"] if file["outcome"] != "unchanged"}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def findings(document: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    return [(item["address"], item["field"], item["code"]) for item in document["findings"]]


def is_adopted_as_it_is(project: Project) -> bool:
    planned = project.plan()
    return planned.plan.is_quiet and not planned.plan.blockers and not planned.plan.held


def filled(project: Project, people: int, *, backwards: bool = False) -> None:
    assert project.session().live
    populate(people, backwards=backwards)


def live(model: str) -> Any:
    from django.apps import apps

    return apps.get_model(model).objects


def test_the_same_system_gives_the_same_bytes_in_whatever_order_its_rows_lie(project: Project) -> None:
    filled(project, 120)
    export(project, "one")
    project.empty()
    filled(project, 120, backwards=True)
    export(project, "other")
    one = contents(project.root / "one")
    assert one == contents(project.root / "other")
    assert list(one) == ["departments.yaml", "groups.yaml", "people/d000.yaml", "people.yaml"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_10000_people_are_exported_adopted_just_as_they_are_and_exported_again_byte_for_byte(project: Project) -> None:
    filled(project, 10_000)
    document = export(project)
    assert (document["resources"], document["findings"]) == (10_060, [])
    before = contents(project.root / "playbooks")
    planned = project.session().plan(Request())
    assert planned.plan.summary == dict.fromkeys(planned.plan.summary, 0) | {"adopt": 10_060}
    assert not [change for change in planned.plan.changes if change.fields]
    first = planned.result.document["first_run"]["sentence"]
    assert first == "First run: adopts 40 departments, 10,000 people and 20 groups, and removes nothing."
    project.session().apply(planned)
    later = project.session().plan(Request())
    assert (later.plan.changes, later.plan.unchanged) == ((), 10_060)
    assert later.result.document["first_run"] is None
    assert outcomes(export(project)) == {}
    assert contents(project.root / "playbooks") == before


def test_an_export_takes_the_same_statements_for_100_people_and_for_1000(project: Project) -> None:
    taken = []
    for people in (100, 1_000):
        project.empty()
        filled(project, people)
        session = project.session()
        assert session.memory
        with CaptureQueriesContext(connection) as first:
            session.export_to(None, project.root / f"of-{people}")
        with CaptureQueriesContext(connection) as again:
            session.export_to(None, project.root / f"of-{people}")
        taken.append((len(first), len(again)))
    assert taken[0] == taken[1]
    assert taken[0][0] < 20


def test_the_example_company_exported_over_itself_changes_no_byte(company: Project) -> None:
    company.apply()
    before = contents(company.root / "playbooks")
    document = export(company)
    assert (outcomes(document), findings(document)) == ({}, [])
    assert contents(company.root / "playbooks") == before


PLAYBOOK = """\
version: 1

departments:
  d000: {name: Department 0}   # the first one

# People we know
users:
  # kept by hand
  p00002:
    email: p00002@acme.example
    first_name: 'Chidi'   # as on the badge
    office: São Paulo

  p00001: {email: p00001@acme.example, first_name: "Björn"}
"""


def test_what_stands_in_a_folder_is_brought_up_to_date_where_it_stands(project: Project) -> None:
    filled(project, 4)
    project.write("playbooks/mine.yaml", PLAYBOOK)
    assert outcomes(export(project)) == {
        "departments.yaml": "written",
        "groups.yaml": "written",
        "mine.yaml": "changed",
        "people.yaml": "written",
        "d000.yaml": "written",
    }
    assert is_adopted_as_it_is(project)
    text = (project.root / "playbooks/mine.yaml").read_text("utf-8")
    assert (
        "  d000: {name: Department 0, code: D0, company: Acme}   # the first one\n\n# People we know\nusers:\n" in text
    )
    assert "  # kept by hand\n  p00002:\n    employee_id: E00002\n    email: p00002@acme.example\n" in text
    assert "    first_name: 'Chidi'   # as on the badge\n    last_name: Person 2\n" in text
    assert '\n\n  p00001: {email: p00001@acme.example, first_name: "Björn", employee_id: E00001, ' in text
    assert outcomes(export(project)) == {}


def test_changes_go_into_the_lines_that_they_are_about_and_a_transfer_moves_nobody(project: Project) -> None:
    filled(project, 4)
    project.write("playbooks/mine.yaml", PLAYBOOK)
    export(project)
    text = (project.root / "playbooks/mine.yaml").read_text("utf-8")
    other = live("employees.Department").get(key="d001")
    live("employees.Employee").filter(user__key="p00002").update(office="Oslo", department=other)
    live("accounts.User").filter(key="p00001").update(preferred_name="Bo")
    live("accounts.User").filter(key="p00003").delete()
    document = export(project)
    assert outcomes(document) == {"mine.yaml": "changed", "d000.yaml": "removed", "groups.yaml": "changed"}
    after = text.replace("São Paulo", "Oslo").replace(
        "last_name: Person 2\n    department: d000", "last_name: Person 2\n    department: d001"
    )
    after = after.replace("roles: [employee]}", "roles: [employee], preferred_name: Bo}")
    assert (project.root / "playbooks/mine.yaml").read_text("utf-8") == after
    assert is_adopted_as_it_is(project)


def test_who_is_declared_under_another_key_keeps_it_everywhere(project: Project) -> None:
    filled(project, 4)
    project.write("playbooks/mine.yaml", "version: 1\nusers:\n  ada: {email: P00003@acme.example, first_name: Dana}\n")
    export(project)
    text = b"".join(contents(project.root / "playbooks").values()).decode()
    assert "p00003:" not in text
    assert "members: [ada, p00000]" in text
    assert is_adopted_as_it_is(project)
    assert outcomes(export(project)) == {}


def test_a_doubt_about_who_is_meant_is_settled_before_anything_is_written(project: Project) -> None:
    filled(project, 4)
    text = "version: 1\nusers:\n  ada: {email: p00003@acme.example, employee_id: E00002}\n"
    project.write("playbooks/mine.yaml", text)
    with pytest.raises(PlaybookError) as caught:
        export(project)
    assert [str(problem.address) for problem in caught.value.problems] == ["user.ada"]
    assert contents(project.root / "playbooks") == {"mine.yaml": text.encode()}


LAYERS = """\
version: 1
defaults:
  users: {company: Acme}
templates:
  users:
    berlin: {office: Berlin, locale: de-DE}
users:
  ada:
    template: berlin
    email: ada@a.example
    first_name: Ada
    start_date: 2020-01-01
    department: d
    roles: {add: [employee]}
    cost_center: "{{ 'C' }}1"
    upcoming:
      2021-01-01: {job_title: Lead}
      2030-01-01: {job_title: Head}
departments:
  d: {name: D}
generate:
  - collection: groups
    each: {list: [{key: choir, name: Choir}]}
    key: "{{ row.key }}"
    fields: {name: "{{ row.name }}"}
"""


@pytest.fixture
def layered(project: Project) -> Project:
    project.write("playbooks/a.yaml", LAYERS)
    project.apply()
    assert outcomes(export(project)) == {}
    return project


def test_what_a_template_or_default_says_is_overridden_where_it_differs(layered: Project) -> None:
    live("employees.Employee").update(office="Oslo", company="", locale="de-DE")
    assert outcomes(export(layered)) == {"a.yaml": "changed"}
    text = (layered.root / "playbooks/a.yaml").read_text("utf-8")
    assert text == LAYERS.replace("    roles:", "    company: null\n    office: Oslo\n    roles:")
    assert is_adopted_as_it_is(layered) or not layered.plan().plan.changes


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda: live("employees.Employee").update(job_title="Clerk"), "job_title is set by a dated change"),
        (lambda: live("employees.Employee").update(cost_center="C2"), "cost_center is worked out by a template text"),
        (lambda: live("accounts.User").update(roles=["manager"]), "roles says only what is added and removed"),
        (lambda: live("accounts.Group").update(name="Chor"), "it is made from a row"),
        (lambda: live("accounts.Group").all().delete(), "it is made from a row"),
        (lambda: live("accounts.User").all().delete(), "it isn't live, and has dated changes"),
    ],
)
def test_what_is_dated_templated_or_generated_is_never_made_flat(
    layered: Project, change: Callable[[], Any], why: str
) -> None:
    change()
    with pytest.raises(PlaybookError) as caught:
        export(layered)
    assert [problem.message[: len(why)] for problem in caught.value.problems] == [why]
    assert contents(layered.root / "playbooks") == {"a.yaml": LAYERS.encode()}


def test_personal_fields_are_neither_told_nor_compared_without_a_reveal(project: Project) -> None:
    filled(project, 2)
    export(project)
    path = project.root / "playbooks/people/d000.yaml"
    text = path.read_text("utf-8")
    assert "mobile:" not in text
    assert "salary:" not in text
    own = text.replace("    work_phone", '    mobile: "+491"\n    work_phone', 1)
    path.write_text(own, "utf-8")
    live("employees.Employee").filter(user__key="p00001").update(mobile="", pay_period="")
    document = export(project)
    assert (outcomes(document), document["left_out"]) == (
        {},
        {"personal": ["user.mobile"], "only_references": ["user.salary"]},
    )
    live("employees.Employee").filter(user__key="p00001").update(mobile="+49170000001")
    project.revealing().export_to(None, project.root / "playbooks", reveal=True)
    assert 'mobile: "+49170000001"' in path.read_text("utf-8")
    assert "4000001" not in path.read_text("utf-8")


BAD = {
    "a control character": ("employees.Employee", {"job_title": "Clerk\x07"}, "job_title", "not-writable"),
    "a turned text": ("accounts.User", {"last_name": "\u202edrow"}, "last_name", "not-writable"),
    "no phone": ("employees.Employee", {"work_phone": "ask Ada"}, "work_phone", "not-writable"),
    "too long": ("employees.Employee", {"time_zone": "Europe/" + "x" * 57}, "time_zone", "unknown-time-zone"),
    "no status": ("employees.Employee", {"status": "gone fishing"}, "status", "not-writable"),
    "a date that passed": ("employees.Employee", {"end_date": "2020-01-01"}, "end_date", "against-dates"),
    "an account of somebody who left": ("employees.Employee", {"status": "left"}, "status", "against-dates"),
    "a contractor": ("employees.Employee", {"employment_type": "contractor"}, "employment_type", "contractor-without-end"),
    "their own manager": ("employees.Employee", {"manager_id": "self"}, "manager", "self-manager"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_no_playbook_can_say_is_left_out_and_told_and_the_rest_is_adopted(project: Project, name: str) -> None:
    model, fields, field, code = BAD[name]
    filled(project, 5)
    person = live("accounts.User").get(key="p00003")
    mine = {"pk": person.pk} if model.endswith("User") else {"user_id": person.pk}
    live(model).filter(**mine).update(**{key: person.pk if value == "self" else value for key, value in fields.items()})
    document = export(project)
    found = findings(document)
    assert ("user.p00003", field, code) in found
    assert {address for address, _, _ in found} == {"user.p00003"}
    assert is_adopted_as_it_is(project)
    assert outcomes(export(project)) == {}


def test_folded_duplicates_are_told_and_left_out_of_both(project: Project) -> None:
    filled(project, 3)
    live("accounts.User").filter(key="p00001").update(username="ÄDA")
    live("accounts.User").filter(key="p00002").update(username="äda")
    document = export(project)
    assert findings(document) == [
        ("user.p00001", "username", "duplicate-identity"),
        ("user.p00002", "username", "duplicate-identity"),
    ]
    assert is_adopted_as_it_is(project)


def test_many_with_one_identity_are_left_out_together(project: Project) -> None:
    """SQLite and PostgreSQL see the small and the capital sharp s, its pair and ways to write it as different texts."""
    filled(project, 12)
    spellings = [f"{a}{b}" for a in ("ß", "ẞ", "ss", "SS", "sS", "Ss") for b in ("i", "I")]
    for number, name in enumerate(spellings):
        live("accounts.User").filter(key=f"p{number:05}").update(username=name)
    document = export(project)
    assert findings(document) == [(f"user.p{number:05}", "username", "duplicate-identity") for number in range(12)]
    assert is_adopted_as_it_is(project)


def test_a_key_that_no_playbook_may_hold_becomes_one_that_finds_its_object_again(project: Project) -> None:
    filled(project, 4)
    live("accounts.User").filter(key="p00000").update(key="Ada L\u00f6w")
    live("accounts.User").filter(key="p00001").update(key="ADA low")
    live("employees.Department").filter(key="d000").update(key="../R&D")
    live("accounts.Group").filter(key="g000").update(key="Chor")
    document = export(project)
    names = list(contents(project.root / "playbooks"))
    assert names == ["departments.yaml", "groups.yaml", "people/r-d.yaml", "people.yaml"]
    text = (project.root / "playbooks/people.yaml").read_text("utf-8")
    assert text.count("  ada-low-") + (project.root / "playbooks/people/r-d.yaml").read_text().count("  ada-low-") == 2
    assert document["findings"] == []
    assert is_adopted_as_it_is(project)
    assert outcomes(export(project)) == {}
    project.apply()
    assert project.plan().plan.is_empty
    assert outcomes(export(project)) == {}


def test_who_has_such_a_key_and_nothing_else_to_be_known_by_is_left_out_with_what_refers_to_it(
    project: Project,
) -> None:
    filled(project, 4)
    live("employees.Department").filter(key="d000").update(key="R&D", code=None, name="\u202ax")
    document = export(project)
    assert ("department.r-d", None, "bad-key") in findings(document)
    assert ("user.p00001", "department", "unknown-reference") in findings(document)
    assert is_adopted_as_it_is(project)


def test_only_what_was_asked_for_is_written_or_taken_out(project: Project) -> None:
    filled(project, 3)
    export(project)
    live("accounts.Group").all().delete()
    live("employees.Employee").filter(user__key="p00002").update(office="Oslo")
    assert outcomes(export(project, selector="user.*")) == {"d000.yaml": "changed"}
    assert outcomes(export(project, selector="group")) == {"groups.yaml": "removed"}


def _not_a_playbook(folder: Path) -> None:
    (folder / "notes.yaml").write_text("just: mine\n", "utf-8")


def _broken(folder: Path) -> None:
    (folder / "departments.yaml").write_text("version: 1\ndepartments: [\n", "utf-8")


def _a_link(folder: Path) -> None:
    target = folder.parent / "outside.yaml"
    target.write_text("version: 1\n", "utf-8")
    (folder / "departments.yaml").symlink_to(target)


def _a_linked_folder(folder: Path) -> None:
    target = folder.parent / "outside"
    target.mkdir()
    (folder / "people").symlink_to(target)


def _a_folder_of_that_name(folder: Path) -> None:
    (folder / "departments.yaml").mkdir()


def _a_file_of_that_name(folder: Path) -> None:
    (folder / "people").write_text("mine", "utf-8")


@pytest.mark.parametrize(
    "prepare",
    [_not_a_playbook, _broken, _a_link, _a_linked_folder, _a_folder_of_that_name, _a_file_of_that_name],
)
def test_nothing_is_written_into_a_folder_that_holds_something_else(
    project: Project, prepare: Callable[[Path], None]
) -> None:
    filled(project, 3)
    folder = project.root / "out"
    folder.mkdir()
    prepare(folder)
    before = contents(project.root)
    with pytest.raises((PlaybookError, UsageError)):
        export(project, "out")
    assert contents(project.root) == before


def test_other_files_beside_the_playbooks_stay(project: Project) -> None:
    filled(project, 2)
    project.write("playbooks/README.md", "mine")
    project.write("playbooks/_draft.yaml", "mine: too")
    export(project)
    assert (project.root / "playbooks/README.md").read_text() == "mine"
    assert (project.root / "playbooks/_draft.yaml").read_text() == "mine: too"


def test_a_folder_outside_of_the_project_is_a_place_too(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    filled(project, 2)
    folder = tmp_path_factory.mktemp("elsewhere") / "new"
    project.session().export_to(None, folder)
    before = contents(folder)
    assert list(before) == ["departments.yaml", "groups.yaml", "people/d000.yaml", "people.yaml"]
    again = project.session().export_to(None, folder)
    assert outcomes(dict(again.document)) == {}


@pytest.mark.parametrize(
    ("error", "seen"), [(OSError(28, "No space left on device"), UsageError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
@pytest.mark.parametrize("broken", [1, 2, 3])
def test_where_one_file_can_not_be_put_in_place_all_old_ones_are_there(
    project: Project, monkeypatch: pytest.MonkeyPatch, broken: int, error: BaseException, seen: type[BaseException]
) -> None:
    filled(project, 4)
    export(project)
    before = contents(project.root / "playbooks")
    live("employees.Department").update(location="Oslo")
    live("employees.Employee").update(office="Oslo")
    live("accounts.Group").all().delete()
    calls = []
    original = os.replace

    def failing(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == broken:
            raise error
        original(self, target)
        return target

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(seen):
        export(project)
    assert contents(project.root / "playbooks") == before


def test_after_a_death_between_two_files_the_same_export_brings_the_rest_up_to_date(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(project, 4)
    export(project)
    books = project.root / "playbooks"
    before = contents(books)
    live("employees.Department").update(location="Oslo")
    live("employees.Employee").update(office="Oslo")
    export(project)
    whole = contents(books)
    for name, data in before.items():
        (books / name).write_bytes(data)
    calls = []
    original = os.replace

    def dying(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(5, "died")
        original(self, target)
        return target

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        patch.setattr("dani_playbook.language.folder._put_back", lambda folder, name: None)
        with pytest.raises(UsageError):
            export(project)
    assert contents(books) not in (before, whole)
    export(project)
    assert contents(books) == whole
