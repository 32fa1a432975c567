"""``dani binding suggest``: a draft that passes as it is, finds what is named plainly, and says what is left open."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from dani_playbook.core.binding import Birth, Joined, Key, Money, Part, Plain, Reference
from dani_playbook.core.errors import PlaybookError
from dani_playbook.language.documents import document_of
from dani_playbook.language.project import Limits
from dani_playbook.runner.bindings import parse_bindings
from dani_playbook.runner.registry import dictionary
from dani_playbook.runner.suggest import facts
from dani_playbook.runner.suggest.choices import mapped
from dani_playbook.runner.suggest.draft import drafts
from dani_playbook.runner.suggest.facts import Column, Model, Project
from dani_playbook.runner.suggest.match import likeness, tokens
from dani_playbook.runner.suggest.written import text_of
from tests.boot.project import Firm, begun
from tests.cli.program import dani

SPECS = dictionary().kinds


def text(name: str, **more: Any) -> Column:
    return Column(name=name, type=facts.TEXT, **more)


def link(name: str, to: str, **more: Any) -> Column:
    return Column(name=name, type=facts.RELATION, to=to, **more)


def model(label: str, *columns: Column, **more: Any) -> Model:
    return Model(label=label, columns={column.name: column for column in columns}, **more)


def project(*models: Model) -> Project:
    return Project(models={item.label: item for item in models})


STATES = (("exp", "Expected"), ("act", "Active"), ("gone", "Resigned"))
HR = project(
    model("org.Company", text("code", unique=True), text("title", unique=True)),
    model(
        "org.Department",
        text("name"),
        link("company", "org.Company", demanded=True),
        link("parent_department", "org.Department"),
        link("lead", "staff.Employee"),
        Column(name="archived", type=facts.BOOLEAN),
        together=(("company", "name"),),
    ),
    model(
        "staff.Employee",
        text("badge_id", unique=True),
        text("employee_first_name"),
        text("employee_last_name"),
        text("email", unique=True),
        text("phone"),
        text("mandant", demanded=True),
        text("state", choices=STATES),
        Column(name="is_active", type=facts.BOOLEAN),
        link("login", "auth.User", one_to_one=True, back="employee"),
        makes=frozenset({"self.login", "get_user_model"}),
        saves_itself=True,
        handlers=("staff.signals.beside",),
    ),
    model(
        "staff.EmployeeWorkInformation",
        link("employee", "staff.Employee", one_to_one=True, back="work_info", demanded=True),
        link("department_id", "org.Department"),
        link("reporting_manager_id", "staff.Employee"),
        Column(name="date_joining", type=facts.DATE),
        Column(name="salary_cents", type=facts.INTEGER),
        text("salary_currency"),
    ),
    model("staff.BonusPoint", link("employee", "staff.Employee", one_to_one=True, back="bonus")),
    model("pay.Contract", link("employee", "staff.Employee", protects=True)),
    model("staff.HistoricalEmployee", text("email"), text("employee_first_name")),
    model("auth.User", text("username", unique=True), text("email"), text("first_name"), is_login=True),
    model("mail.Team", text("name", unique=True), Column(name="people", type=facts.RELATIONS, to="staff.Employee")),
)


def drafted(found: Project) -> tuple[str, Any]:
    """The text, and what it reads back as: any draft must pass as it is."""
    written = text_of(*drafts(found, SPECS), "firm.settings", "../firm", "bindings.yaml")
    document, problems = document_of(written.encode(), "bindings.yaml", Limits())
    assert not problems
    assert document is not None
    return written, parse_bindings(document.content, "bindings.yaml", Path("/x"), dictionary()).bindings


def test_people_split_over_models_are_put_together() -> None:
    user = drafted(HR)[1].kinds["user"]
    assert user.model == "staff.Employee"
    assert user.parts == {
        "login": Part(model="auth.User", path="login", birth=Birth.SAVE),
        "work_info": Part(model="staff.EmployeeWorkInformation", link="employee"),
    }
    assert dict(user.fields) == {
        "employee_id": "badge_id",
        "email": Plain(columns=("email", "login.email")),
        "username": "login.username",
        "first_name": "employee_first_name",
        "last_name": "employee_last_name",
        "department": "work_info.department_id",
        "manager": "work_info.reporting_manager_id",
        "status": Plain(columns=("state",), values={"prehire": "exp", "active": "act", "left": "gone"}),
        "enabled": "is_active",
        "start_date": "work_info.date_joining",
        "work_phone": "phone",
        "salary": Money(minor="work_info.salary_cents", currency="work_info.salary_currency"),
    }
    assert user.key == Key(columns=("badge_id",))
    assert [child.model for child in user.blockers] == ["pay.Contract"]


def test_departments_and_groups_are_found_beside() -> None:
    kinds = drafted(HR)[1].kinds
    assert dict(kinds["department"].fields) == {
        "name": "name",
        "company": "company.title",
        "parent": "parent_department",
        "head": "lead",
        "status": Plain(columns=("archived",), values={"active": False, "closed": True}),
    }
    assert kinds["department"].key == Key(columns=("company.code", "name"))
    assert (kinds["group"].model, kinds["group"].fields["members"]) == ("mail.Team", "people")


def test_what_is_left_open_and_why_is_said() -> None:
    written = drafted(HR)[0]
    assert "# what runs when a row is saved: its own save(), staff.signals.beside" in written
    assert "# constants: {mandant: …}" in written
    assert "no value of theirs: leave, suspended" in written
    assert "# no place was found for: personal_email, preferred_name" in written


OLD = project(
    model(
        "hr.Org",
        text("company_code"),
        text("org_code"),
        text("title"),
        text("head_company"),
        text("head_number"),
        together=(("company_code", "org_code"),),
    ),
    model(
        "hr.Person",
        text("company_code"),
        text("staff_number"),
        text("name"),
        text("mail", unique=True),
        text("org_company"),
        text("org_code"),
        text("boss_number"),
        text("boss_company"),
        text("standing", demanded=True),
        together=(("company_code", "staff_number"),),
    ),
)


def test_natural_keys_and_joined_names_are_recognised_where_nothing_is_declared() -> None:
    written, found = drafted(OLD)
    user, department = found.kinds["user"], found.kinds["department"]
    assert user.key == Key(columns=("company_code", "staff_number"))
    joined = Joined(column="name", format="{first_name} {last_name}")
    assert (user.fields["first_name"], user.fields["last_name"]) == (joined, joined)
    assert user.fields["manager"] == Reference(
        columns=("boss_company", "boss_number"), target=("company_code", "staff_number")
    )
    assert user.fields["department"] == Reference(
        columns=("org_company", "org_code"), target=("company_code", "org_code")
    )
    assert department.fields["head"] == Reference(
        columns=("head_company", "head_number"), target=("company_code", "staff_number")
    )
    assert "# status: {column: standing, values: {…: …}}" in written


def test_a_label_can_not_break_out_of_its_comment() -> None:
    broken = (("x", "Odd\nkinds: {}"), ("act", "Active"))
    people = model("a.Person", text("email"), text("first_name"), text("state", choices=broken))
    written, found = drafted(project(people))
    assert "# no value of theirs: prehire, leave, suspended, left; no value of ours: Odd kinds: {}" in written
    assert list(found.kinds) == ["user"]


def test_a_kind_that_lacks_what_it_needs_is_named_and_not_bound() -> None:
    written, found = drafted(project(model("a.Department", text("name")), model("a.Worker", text("first_name"))))
    assert list(found.kinds) == ["department"]
    assert "# a.Worker looks like a user, but nothing there looks like email" in written


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("date_joining", "date joining"),
        ("DateJoining", "date joining"),
        ("HRPerson", "hr person"),
        ("field2", "field 2"),
    ],
)
def test_a_name_is_taken_apart(name: str, words: str) -> None:
    assert tokens(name) == tuple(words.split())


def test_the_likest_name_wins() -> None:
    words = ("start date", "hire date")
    ranked = ["start_date", "hire_date", "start_date_planned", "end_date"]
    assert sorted(ranked, key=lambda name: -likeness(words, name)) == ranked
    assert likeness(words, "end_date") == 0


def test_choices_are_paired_one_to_one() -> None:
    column = text("kind", choices=((1, "Permanent"), (2, "Part-time"), (3, "Volunteer")))
    found = mapped(SPECS["user"].fields["employment_type"], column)
    assert found is not None
    assert found.values == {"full_time": 1, "part_time": 2}
    assert found.theirs == ("Volunteer",)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    return begun(tmp_path_factory.mktemp("firm") / "repository")


@pytest.fixture
def firm(made: Firm, tmp_path: Path) -> Firm:
    return Firm(copytree(made.folder, tmp_path / "repository"))


FOREIGN = Path(__file__).parents[1] / "foreign"
FOUND = {
    "split": {
        "department": {"name", "company", "parent", "head", "cost_center", "status"},
        "user": {
            "employee_id", "email", "first_name", "last_name", "display_name", "work_phone", "status", "enabled",
            "department", "job_title", "manager", "employment_type", "office", "start_date", "end_date", "salary",
        },
        "group": {"name", "description", "members"},
    },
    "legacy": {
        "department": {"name", "code", "parent", "head"},
        "user": {
            "email", "first_name", "last_name", "work_phone", "department", "manager", "job_title", "start_date",
            "end_date", "salary",
        },
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "settings"), [("split", "company.settings"), ("legacy", "firm.settings")])
def test_a_draft_of_a_whole_system_finds_what_its_own_people_bound(name: str, settings: str, tmp_path: Path) -> None:
    folder = copytree(FOREIGN / name, tmp_path / name)
    made = dani(*f"binding suggest --settings {settings} --folder system --to draft.yaml".split(), folder=folder)
    assert made.code == 0, made.err
    drawn, own = (_bindings(folder / file).kinds for file in ("draft.yaml", "bindings.yaml"))
    for kind, names in FOUND[name].items():
        assert drawn[kind].model == own[kind].model
        assert names <= set(drawn[kind].fields)
        plain = [field for field in names if isinstance(own[kind].fields[field], str)]
        assert {field: drawn[kind].fields[field] for field in plain} == {
            field: own[kind].fields[field] for field in plain
        }


def _bindings(path: Path) -> Any:
    document, _ = document_of(path.read_bytes(), path.name, Limits())
    assert document is not None
    return parse_bindings(document.content, path.name, path.parent, dictionary()).bindings


LINE = "binding suggest --settings firm.settings --folder system"


def test_a_draft_of_a_real_project_is_written_once_and_plans_as_it_is(firm: Firm) -> None:
    made = firm.dani(f"{LINE} --to draft.yaml", FIRM_SECRET="of a test")
    assert made.code == 0, made.err
    drawn = (firm.folder / "draft.yaml").read_text("utf-8")
    firm.write("dani.yaml", "version: 1\nbindings: draft.yaml\n")
    told = firm.dani("plan --exit-code", FIRM_SECRET="of a test")
    assert (told.code, "username: it is missing, and people.Person.login must not be empty" in told.err) == (3, True)
    firm.edit("playbooks/all.yaml", "    first_name: Jo\n", "    first_name: Jo\n    username: jdoe\n")
    planned = firm.dani("plan --exit-code", FIRM_SECRET="of a test")
    assert planned.code == 2, planned.err
    again = firm.dani(f"{LINE} --to draft.yaml", FIRM_SECRET="of a test")
    assert (again.code, "exists already" in again.err) == (64, True)
    assert (firm.folder / "draft.yaml").read_text("utf-8") == drawn


def test_without_a_file_it_is_printed(firm: Firm) -> None:
    made = firm.dani(LINE, "thread mail", FIRM_SECRET="of a test")
    assert made.out.startswith("# A draft, made from the models of firm.settings.")
    assert firm.deeds == ["arguments migrate"]


def test_it_needs_settings_and_models_that_look_like_ours(firm: Firm) -> None:
    unnamed = firm.dani("binding suggest")
    assert (unnamed.code, "--settings" in unnamed.err) == (64, True)
    firm.edit("system/firm/settings.py", '"django.contrib.contenttypes", "django.contrib.auth", ', "")
    firm.edit("system/people/models.py", "class Person", "class Thing")
    firm.edit("system/people/models.py", "class Team", "class Pile")
    firm.edit("system/people/models.py", "ForeignKey(Team", "ForeignKey(Pile")
    ended = firm.dani(LINE, FIRM_SECRET="of a test")
    assert ended.code == 3
    assert "no model of this project looks like" in ended.err


def test_a_project_of_nothing_is_no_draft() -> None:
    assert drafts(project(), SPECS) == ([], [])
    assert PlaybookError.exit_code == 3
