"""A purge reaches everything: a life with a canary in every field, and no canary afterwards, whatever is searched."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from dani_playbook.runner.offline import Request
from dani_playbook.runner.registry import dictionary
from tests.cli.inside import call
from tests.runner.conftest import ENVIRON, SEES_ALL, Project

SPECIAL = {
    "salary": "8123457.91 EUR",
    "grade": "gradecanary1",
    "birth_date": "1931-07-19",
    "gender": "gendercanary1",
    "nationality": "nationcanary1",
    "marital_status": "maritalcanary1",
    "national_id": "nationalid771",
    "bank_account": "de89370400440532013177",
    "tax_id": "taxcanary771",
    "initial_password": "passcanary771",
}
FIELDS = {
    "employee_id": "empcanary771",
    "email": "mailcanary1@a.example",
    "personal_email": "privatecanary1@b.example",
    "username": "usercanary1",
    "first_name": "firstcanary1",
    "last_name": "lastcanary1",
    "preferred_name": "prefercanary1",
    "display_name": "displaycanary1",
    "job_title": "titlecanary1",
    "company": "companycanary1",
    "office": "officecanary1",
    "cost_center": "costcanary1",
    "work_phone": "+498912345671",
    "mobile": "+491578765431",
    "start_date": "2011-04-13",
    "original_start_date": "2003-05-17",
    "probation_end": "2011-10-29",
    "end_reason": "redundancy",
    "home_address": {"street": "streetcanary1", "city": "citycanary1", "country": "DE"},
    "emergency_contact": {"name": "contactcanary1", "phone": "+498955544431"},
    "spells": [{"start_date": "2003-05-17", "end_date": "2004-09-23"}],
    "time_zone": "Pacific/Kiritimati",
    "locale": "qd-QD",
    "usage_location": "KI",
    "employment_type": "part_time",
    "pay_period": "hour",
    "roles": ["auditor", "recruiter"],
    "status": "leave",
    "enabled": True,
    "department": "sales",
    "manager": "bob",
    "job": None,
    "hold": {"reason": "holdcanary1", "until": "2020-01-07"},
    "end_date": None,
}
SHARED = frozenset(
    {"redundancy", "KI", "DE", "part_time", "hour", "auditor", "recruiter", "leave", "sales", "bob", "2011-04-13"}
)
"""Words that others' lives have as well."""
NUMBER = (812345791).to_bytes(4, "big")
"""The salary as SQLite has it."""
SHOWN_BY_THE_PURGE = ("firstcanary", "lastcanary")


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value


CANARIES = sorted(
    {
        form
        for value in leaves([*SPECIAL.values(), *FIELDS.values()])
        for form in (value, value.replace("canary1", "canary2"))
        if value not in SHARED
    }
)


def forms(canary: str) -> Iterator[bytes]:
    """As it is, in UTF-16, in hexadecimal digits, and in base64 wherever it begins."""
    for text in {canary, canary.lower(), canary.upper()}:
        plain = text.encode()
        yield from (plain, text.encode("utf-16-le"), text.encode("utf-16-be"), plain.hex().encode())
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + plain)
            yield coded[4 if shift else 0 : -4]


NEEDLES = [(canary, form) for canary in CANARIES for form in dict.fromkeys(forms(canary)) if len(form) >= 5]


def found_in(data: bytes) -> set[str]:
    numbers = {"salary"} if NUMBER in data else set()
    return {canary for canary, form in NEEDLES if form in data} | numbers


def dumped(project: Project) -> bytes:
    """All rows of all tables."""
    rows = {
        table: [[_plain(value) for value in row] for row in rows] for table, rows in project.place.picture().items()
    }
    return json.dumps(rows, ensure_ascii=False, default=str).encode()


def _plain(value: Any) -> Any:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else value


def files(project: Project) -> bytes:
    """Every byte of the database's folder, where it is a file, and of the project's own."""
    folders = [project.root / ".dani"] + ([project.place.base] if project.place.vendor == "sqlite" else [])
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    assert any(path.name == "audit-head" for path in paths)
    return b"\n".join(path.read_bytes() for path in paths)


def opened(project: Project) -> bytes:
    """What the journal can still be made to say, with the project's key."""
    memory = project.session().memory
    entries = [entry for run in memory.runs() for entry in memory.entries(run.id)]
    told = [[entry.title, *map(_image, (entry.before, entry.after))] for entry in entries]
    return f"{told} {entries}".encode()


def _image(image: Any) -> dict[str, Any]:
    return {name: getattr(value, "reveal", lambda value=value: value)() for name, value in (image or {}).items()}


def playbook(*, key: str = "ada", moved: bool = False, ada: bool = True, **more: Any) -> str:
    users = {"bob": {"email": "bob@c.example", "first_name": "Bob", "department": "sales", "start_date": "2011-04-13"}}
    if ada:
        fields = {name: value for name, value in FIELDS.items() if value is not None}
        users[key] = {**fields, **{name: {"secret": f"env:{name.upper()}"} for name in SPECIAL}, **more}
    document = {
        "version": 1,
        "departments": {"sales": {"name": "Sales"}, "law": {"name": "Law"}},
        "users": users,
        "groups": {"all": {"name": "All", "members": [key, "bob"] if ada else ["bob"]}},
    }
    return json.dumps(document | ({"moved": [{"from": "user.ada", "to": "user.ida"}]} if moved else {}))


def applied(project: Project, text: str) -> str:
    project.write("playbooks/a.json.yaml", text)
    session = project.session()
    session.environ = {**session.environ, **{name.upper(): value for name, value in SPECIAL.items()}}
    raises = {"leavers": 9, "memberships": 9}
    return str(session.apply(session.plan(Request(raises=raises, reason="a whole life"))).document["run"]["id"])


def changed_again(text: str) -> str:
    return text.replace("canary1", "canary2")


def lived(project: Project) -> list[str]:
    """Hired, changed in every field, moved, transferred, looked at, a run that failed, one taken back, and gone."""
    runs = [applied(project, playbook())]
    again = applied(project, changed_again(playbook()))
    runs += [again, project.rollback(again)]
    runs.append(applied(project, playbook(key="ida", moved=True)))
    runs.append(applied(project, playbook(key="ida", department="law")))
    fail(project)
    session = project.revealing()
    session.plan(Request(reveal=True))
    session.export(reveal=True)
    session.run(runs[0], reveal=True)
    runs.append(
        applied(project, playbook(key="ida", department="law", end_date="2026-06-30", status="left", enabled=False))
    )
    runs.append(applied(project, playbook(ada=False)))
    return runs


def fail(project: Project) -> None:
    """A run whose person is changed behind its back."""
    from dani_playbook.hris.accounts.models import User

    session = project.session()
    project.write("playbooks/a.json.yaml", playbook(key="ida", department="law", username="failcanary1"))
    planned = session.plan(Request())
    User.objects.filter(key="ida").update(username="usercanary2")
    with pytest.raises(Exception, match="moved since"):
        session.apply(planned)


@pytest.fixture(autouse=True)
def somebody_who_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever calls is signed in with the role admin."""
    identified = "dani_playbook.runner.opened.identify"
    monkeypatch.setattr(identified, lambda session: replace(SEES_ALL, signed_in_at=session.now))


def called(project: Project, *arguments: str) -> bytes:
    ended = call("-C", str(project.root), *arguments, environ=ENVIRON | {"DANI_ACTOR": "tester"})
    assert ended.code != 1
    return f"{ended.out}\n{ended.err}".encode()


REVEALING = ("--reveal", "--force-reveal", "--reason", "why")


def outputs(project: Project, runs: Sequence[str]) -> bytes:
    """Everything that can be asked, with and without --reveal, in every format."""
    asked = [["runs"], ["plan"], ["drift"], ["audit", "list"], ["audit", "export"], ["audit", "verify"], ["export"]]
    asked += [
        ["timeline"],
        ["explain", "user.ada"],
        ["explain", "user.ida"],
        ["explain", "user.ida.mobile"],
        ["doctor"],
    ]
    asked += [
        ["audit", "list", "--object", "user.ida"],
        *(["show", run] for run in runs),
        *(["rollback", run] for run in runs),
    ]
    asked += [["user", "purge", "user.ada", "--reason", "again"]]
    told = [called(project, *line) for line in asked]
    told += [called(project, *line, "--format", form) for line in asked for form in ("json", "markdown")]
    told += [called(project, *line, *REVEALING, "--format", "json") for line in asked]
    return b"\n".join(told)


def test_every_field_of_a_person_has_a_canary() -> None:
    assert set(dictionary().kinds["user"].fields) == set(SPECIAL) | set(FIELDS)
    assert len(CANARIES) >= 50


def test_after_a_purge_nothing_of_a_person_is_found_anywhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    runs = lived(project)
    assert len(found_in(opened(project))) > 45, "the journal could be read before"
    assert len(found_in(dumped(project))) > 20
    if project.place.vendor == "sqlite":
        assert "salary" in found_in(files(project))
    told = called(project, "user", "purge", "user.ida", "--reason", "request 4711", "--approve")
    assert b"can't be taken back" in told
    assert not {word for word in found_in(told) if not word.startswith(SHOWN_BY_THE_PURGE)}
    assert found_in(dumped(project)) == set()
    assert found_in(files(project)) == set()
    assert found_in(opened(project)) == set()
    everything = outputs(project, runs)
    assert found_in(everything) == set()
    assert everything.count("‹purged›".encode()) > 20
    assert b"audit trail is whole" in everything


def no_forgetting(monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state import forgetting

    monkeypatch.setattr(forgetting, "forget", forgetting.what_goes)


def test_without_destroying_the_key_the_journal_would_tell(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    lived(project)
    no_forgetting(monkeypatch)
    called(project, "user", "purge", "user.ida", "--reason", "request 4711", "--approve")
    assert found_in(dumped(project)) == set()
    assert len(found_in(opened(project))) > 45


@pytest.fixture
def careless(project: Project) -> Iterator[Project]:
    """SQLite that leaves deleted bytes where they are; how it does that otherwise is decided where it is built."""
    from django.db import connection

    assert project.session().database
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = OFF")
    yield project
    connection.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_bytes_that_were_left_lying_are_taken_away(careless: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state import forgetting

    monkeypatch.chdir(careless.root)
    lived(careless)
    with monkeypatch.context() as patched:
        patched.setattr(forgetting, "tidy", lambda using, tables: None)
        patched.setattr(forgetting, "shred", lambda using: None)
        called(careless, "user", "purge", "user.ida", "--reason", "request 4711", "--approve")
    assert len(found_in(files(careless))) > 10
    called(careless, "user", "purge", "user.ida", "--reason", "request 4711", "--approve")
    assert found_in(files(careless)) == set()


def test_without_sealing_people_as_a_whole_names_would_stay(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state import forgetting, memory

    monkeypatch.chdir(project.root)
    monkeypatch.setattr(memory, "frozenset", lambda kinds: frozenset(), raising=False)
    monkeypatch.setattr(forgetting, "_empty_old_rows", lambda using, subject: None)
    lived(project)
    called(project, "user", "purge", "user.ida", "--reason", "request 4711", "--approve")
    assert {"mailcanary1@a.example", "lastcanary2"} <= found_in(dumped(project))
