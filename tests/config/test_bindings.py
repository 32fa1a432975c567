"""Bindings: what a file comes to, and every problem of it at its place."""

from dataclasses import replace
from pathlib import Path

import pytest

from dani_playbook.core.binding import (
    Actor,
    Birth,
    Blocker,
    Boot,
    Child,
    Identity,
    Joined,
    Key,
    Money,
    Part,
    Plain,
    Reference,
    Split,
    Step,
    Write,
)
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.problem import Problem
from dani_playbook.runner.bindings import BindingsFile
from dani_playbook.runner.config import read_config
from dani_playbook.runner.config_edit import settings
from dani_playbook.runner.ruling import settings_of
from tests.config.bindings import WHOLE


def read(folder: Path, text: str = WHOLE, name: str = "bindings.yaml") -> BindingsFile:
    (folder / "dani.yaml").write_text(f"version: 1\nbindings: {name}\n", "utf-8")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    found = read_config(folder, {}).bindings
    assert found is not None
    return found


def problems_of(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(PlaybookError) as caught:
        read(folder, text)
    return caught.value.problems


def test_a_file_says_how_the_project_is_started(tmp_path: Path) -> None:
    assert read(tmp_path, name="hr/bindings.yaml").bindings.boot == Boot(
        settings="company.settings",
        folder=str(tmp_path / "company"),
        arguments=("manage.py", "test"),
        environment={"COMPANY_SCHEDULER": "off"},
    )


def test_what_is_not_said_of_the_start_has_a_safe_default(tmp_path: Path) -> None:
    text = "version: 1\ndjango: {settings: a.b}\nkinds: {department: {model: a.B, key: k, fields: {name: name}}}\n"
    found = read(tmp_path, text).bindings
    assert found.boot.off == ("mail", "threads")
    assert found.boot.arguments == ("manage.py", "migrate")
    assert found.actor == Actor()
    assert found.kinds["department"].write is Write.SAVE
    assert found.kinds["department"].key == Key(columns=("k",), stored=True)


def test_a_file_says_where_each_field_is(tmp_path: Path) -> None:
    found = read(tmp_path).bindings
    assert found.actor == Actor(attribute="_changed_by", model="auth.User", field="username")
    assert found.kinds["department"].write is Write.BULK
    user = found.kinds["user"]
    joined = Joined(column="full_name", format="{last_name}, {first_name}")
    assert dict(user.fields) == {
        "employee_id": "badge_id",
        "email": Plain(columns=("email", "login.email"), fold=("login.username",)),
        "first_name": joined,
        "last_name": joined,
        "display_name": Plain(columns=("shown",), derived=True),
        "department": "work.department",
        "job_title": Split(columns=("title_a", "title_b"), separator=" / "),
        "manager": Reference(columns=("boss_company", "boss_no"), target=("company_code", "staff_no")),
        "employment_type": Plain(columns=("type",), values={"full_time": "F", None: ""}),
        "status": Plain(columns=("state",), values={"active": "A", "left": "X"}),
        "enabled": Plain(columns=("flag",), values={True: "1", False: "0"}),
        "start_date": "work.date_joining",
        "salary": Money(minor="work.cents", currency="work.currency"),
    }
    assert list(user.fields)[:4] == ["employee_id", "email", "first_name", "last_name"]


def test_a_file_says_what_writing_takes(tmp_path: Path) -> None:
    user = read(tmp_path).bindings.kinds["user"]
    assert user.parts == {
        "work": Part(model="people.WorkInformation", link="employee", path="", birth=Birth.SAVE),
        "login": Part(model="auth.User", link="", path="user"),
    }
    assert user.key == Key(columns=("badge_id",))
    assert (user.manager, user.where) == ("everyone", {"kind": "internal", "state__in": ["A", "X"]})
    assert user.identities == (Identity(field="employee_id"), Identity(field="email", folded=False))
    assert user.steps == (
        Step(fields=("employee_id", "email", "first_name", "last_name"), sets={"is_active": False}),
        Step(),
        Step(fields=("enabled",)),
    )
    assert user.constants == {"mandant": "100"}
    assert user.children == (Child(model="payroll.Contract", link="employee"),)
    blocker = Blocker(model="payroll.Contract", link="employee", says="an open contract", where={"state": "open"})
    assert user.blockers == (replace(blocker, deactivation=True),)
    assert not user.deletes


def test_rows_are_linked_by_columns_where_no_relation_is_declared(tmp_path: Path) -> None:
    text = WHOLE.replace("link: employee}]", "link: {columns: [company, no], refers to: [company, badge_id]}}]")
    (child,) = read(tmp_path, text).bindings.kinds["user"].children
    assert child == Child(model="payroll.Contract", link=("company", "no"), target=("company", "badge_id"))


def test_the_mapping_may_stand_in_dani_yaml_itself(tmp_path: Path) -> None:
    inline = "".join(f"  {line}\n" for line in WHOLE.splitlines())
    (tmp_path / "dani.yaml").write_text(f"version: 1\nbindings:\n{inline}", "utf-8")
    found = read_config(tmp_path, {}).bindings
    assert found is not None
    assert found.source("user", "start_date").short == "dani.yaml:33"


def test_an_environment_has_bindings_of_its_own(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "test.yaml").write_text(WHOLE.replace("company.settings", "company.testing"), "utf-8")
    with (tmp_path / "dani.yaml").open("a") as file:
        file.write("environments: {test: {bindings: test.yaml}}\n")
    found = read_config(tmp_path, {}, environment="test").bindings
    assert found is not None
    assert found.bindings.boot.settings == "company.testing"


def test_a_change_of_the_bindings_is_a_change_of_the_settings(tmp_path: Path) -> None:
    read(tmp_path)
    before = settings_of(read_config(tmp_path, {}))
    assert settings_of(read_config(tmp_path, {})) == before
    read(tmp_path, WHOLE.replace("write: bulk", "write: save"))
    assert settings_of(read_config(tmp_path, {})) != before


def test_the_list_of_settings_names_the_file_in_place_of_a_database(tmp_path: Path) -> None:
    read(tmp_path)
    listed = {name: (value, origin) for name, value, origin in settings(read_config(tmp_path, {}))}
    assert listed["bindings"] == ("bindings.yaml", "dani.yaml:2:11")
    assert "database" not in listed


def test_a_place_is_found_again(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert str(found.source("user", "start_date")) == "bindings.yaml:31:7"
    assert str(found.source("user", "office")) == "bindings.yaml:23:5"
    assert str(found.source("user")) == "bindings.yaml:14:3"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("bindings: ../other.yaml", "the file of the bindings must lie inside the project"),
        ("bindings: [a]", '"bindings" must be a text or a mapping'),
    ],
)
def test_the_setting_itself_may_be_wrong(tmp_path: Path, said: str, message: str) -> None:
    (tmp_path / "dani.yaml").write_text(f"version: 1\n{said}\n", "utf-8")
    with pytest.raises(PlaybookError) as caught:
        read_config(tmp_path, {})
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\nbindings: gone.yaml\n", "utf-8")
    with pytest.raises(PlaybookError, match=r"the bindings in gone\.yaml have problems") as caught:
        read_config(tmp_path, {})
    assert caught.value.problems[0].message.startswith("the file can't be read")


@pytest.mark.parametrize(
    ("line", "environ", "where"),
    [
        ("database: sqlite:///x.sqlite3\n", {}, r"dani\.yaml:\d+:11"),
        ("", {"DANI_DATABASE": "sqlite:///x.sqlite3"}, "DANI_DATABASE"),
    ],
)
def test_two_databases_are_one_too_many(tmp_path: Path, line: str, environ: dict[str, str], where: str) -> None:
    read(tmp_path)
    with (tmp_path / "dani.yaml").open("a") as file:
        file.write(line)
    with pytest.raises(PlaybookError, match=f"^{where} names a database, and a project with bindings: has one"):
        read_config(tmp_path, environ)


BROKEN = [
    (
        "key: {made from: [badge_id]}",
        "key: badge_id",
        "two-fields",
        "employee_id: badge",
        "badge_id holds the key already",
    ),
    ("link: employee, where", "link: employee, part: wok, where", "unknown-part", "", 'did you mean "work"?'),
    (
        "link: employee, where",
        "link: {columns: [a, b], refers to: [badge_id]}, where",
        "bad-binding",
        "",
        "2 columns can't hold 1",
    ),
    ("  user:\n", "  usr:\n", "unknown-kind", "", 'did you mean "user"?'),
    ("start_date: work", "start_dat: work", "unknown-field", "", 'did you mean "start_date"?'),
    ("state__in: [A, X]}", "state__in: [A, X]", "yaml-syntax", "key: {made from: [badge", "is missing"),
    ("write: bulk", "write: bulky", "bad-setting", "", 'did you mean "bulk"?'),
    ("manager: everyone", "managr: everyone", "unknown-setting", "", 'did you mean "manager"?'),
    ("settings: company.settings", "settings: company/settings", "bad-setting", "", "is not written as it should be"),
    (
        "employee_id: badge_id",
        "employee_id: login.email",
        "two-fields",
        "email: {columns",
        "login.email holds employee_id already",
    ),
    ("start_date: work.date_joining", "username: login.username", "two-fields", "", "holds email already"),
    ("constants: {mandant:", "constants: {flag:", "two-fields", "", "flag holds enabled already"),
    ("column: full_name", "column: flag", "two-fields", "", "flag holds enabled already"),
    (
        "      start_date: work.date_joining",
        "      first_name: first",
        "two-places",
        "column: full_name",
        "a place of its own",
    ),
    ("{first_name}", "{last_name}", "two-places", "", "twice in one"),
    ("{first_name}", "{frst_name}", "unknown-field", "", 'did you mean "first_name"?'),
    ("{first_name}", "{start_date}", "two-places", "column: full_name", "a place of its own"),
    ("{first_name}", "{roles}", "bad-place", "", "roles is no text"),
    ("fields: [enabled]", "fields: [enabledd]", "unknown-field", "", 'did you mean "enabled"?'),
    ("fields: [enabled]", "fields: [office]", "missing-place", "", "office is written in this step"),
    ("fields: [enabled]", "fields: [display_name]", "bad-binding", "", "is derived"),
    ("fields: [enabled]", "fields: [email]", "bad-binding", "", "in an earlier step already"),
    (
        "      - {}\n",
        "      - {fields: [status]}\n",
        "bad-binding",
        "    create:",
        "no step writes department, employment_type",
    ),
    ("- {fields: [enabled]}", "- {}", "bad-binding", "", "only one step"),
    ("active: A", "actve: A", "unknown-choice", "", 'did you mean "active"?'),
    ("left: X", "left: A", "bad-place", "", "can't be told apart again"),
    ('"true": "1"', 'yes: "1"', "unknown-choice", "", "is no choice of enabled"),
    ("department: work.department", "department: {column: d, values: {a: b}}", "bad-place", "", "no values to map"),
    ("refers to: [company_code, staff_no]", "refers to: [staff_no]", "bad-place", "", "2 columns here can't hold 1"),
    ("start_date: work.date_joining", "start_date: {column: a, refers to: [b]}", "bad-place", "", "refers to nothing"),
    ("minor: work.cents, currency: work.currency", "minor: work.cents", "bad-place", "", "salary lacks currency"),
    ("salary: {minor: work.cents, currency: work.currency}", "salary: wage", "bad-place", "", "with a currency"),
    ("start_date: work.date_joining", "grade: {minor: a, currency: b}", "bad-place", "", "no amount of money"),
    ("derived: true", "split at: x", "bad-place", "", 'can\'t stand beside "split at"'),
    ("column: shown, derived", "column: shown, columns: [a], derived", "bad-place", "", "column or columns"),
    ("column: shown, derived", "derived", "bad-place", "", "display_name lacks its column"),
    ("identity: [employee_id", "identity: [employe_id", "unknown-field", "", 'did you mean "employee_id"?'),
    ("identity: [employee_id", "identity: [username", "missing-place", "", "username identifies"),
    ("link: employee, born: save", "born: save", "bad-binding", "", "work says no way to it"),
    ("path: user", "path: user, owner: wrk", "unknown-part", "", 'did you mean "work"?'),
    ("link: employee}]", "link: employee, part: wok}]", "unknown-part", "", 'did you mean "work"?'),
    (
        "      email: {columns: [email, login.email], fold: [login.username]}\n",
        "",
        "missing-place",
        "    fields:\n      employee_id",
        "needs email",
    ),
    ("model: auth.User, field: username", "model: auth.User", "bad-binding", "", "go together"),
    ("attribute: _changed_by, ", "", "bad-binding", "", "either called or set"),
]


@pytest.mark.parametrize(("before", "after", "code", "where", "message"), BROKEN)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, code: str, where: str, message: str
) -> None:
    assert before in WHOLE
    text = WHOLE.replace(before, after)
    index = (
        text.index(where)
        if where
        else next(i for i, (one, other) in enumerate(zip(WHOLE, text, strict=False)) if one != other)
    )
    found = problems_of(tmp_path, text)
    line = text.count("\n", 0, index) + 1
    told = [(problem.code, problem.source and problem.source.line) for problem in found]
    assert (code, line) in told, found
    assert any(message in problem.message for problem in found if problem.code == code), found


def test_a_reference_needs_the_kind_that_it_leads_to(tmp_path: Path) -> None:
    start, end = WHOLE.index("  department:"), WHOLE.index("  user:")
    (found,) = problems_of(tmp_path, WHOLE[:start] + WHOLE[end:])
    assert (found.code, str(found.source)) == ("unbound-kind", "bindings.yaml:24:7")


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace("start_date:", "start_dat:").replace("left: X", "left: A").replace("path: user", "owner: x")
    assert [problem.code for problem in problems_of(tmp_path, text)] == [
        "bad-binding", "unknown-part", "bad-place", "bad-place", "unknown-field",
    ]  # fmt: skip
