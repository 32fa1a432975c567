"""A saved plan is applied once, as it was saved, to what it was made for; everything else is refused before a write."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dani_playbook.core.errors import DaniError, Denied, PlanRefused, PlanStale, PlaybookError, UsageError
from dani_playbook.core.values import canonical_text
from dani_playbook.engine import admit
from dani_playbook.runner import saving
from dani_playbook.runner import seal as sealing
from dani_playbook.runner.offline import Request
from dani_playbook.runner.seal import Seal
from dani_playbook.runner.session import Session
from tests.conftest import Figure
from tests.runner.conftest import Project

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = bytes.fromhex("ab" * 32)
MOBILE = "+4915112345678"
PEOPLE = f"""version: 1
departments:
  sales: {{name: Sales}}
  research: {{name: Research}}
users:
  ada:
    email: ada@a.example
    first_name: Ada
    department: sales
    start_date: 2020-01-01
    mobile: "{MOBILE}"
  bob: {{email: bob@a.example, first_name: Bob, department: sales, start_date: 2020-01-01}}
settings:
  label: {{name: label, value: one}}
"""
NAME = "change.plan"


def saved(project: Project, text: str = PEOPLE, at: datetime = NOW, **asked: Any) -> Path:
    """A plan of ``text`` in a file."""
    project.write("playbooks/a.yaml", text)
    session, path = project.session_at(at), project.root / NAME
    session.save(session.plan(Request(**asked)), path, overwrite=True)
    return path


def carry_out(project: Project, path: Path, at: datetime = LATER) -> str:
    session = project.session_at(at)
    return str(session.apply(session.saved(path)).document["run"]["id"])


def refused(project: Project, path: Path, at: datetime = LATER) -> list[str]:
    """The codes with which an apply is refused; nothing of it is written."""
    before = live(project)
    with pytest.raises(PlanRefused) as error:
        carry_out(project, path, at)
    assert live(project) == before
    return [problem.code for problem in error.value.problems]


def live(project: Project) -> Any:
    session = project.revealing()
    return session.export(reveal=True).document, dict(session.memory.inventory())


def renamed(project: Project, at: datetime = NOW) -> Path:
    """People are there, and a saved plan moves Ada to research."""
    saved(project, PEOPLE, at - timedelta(hours=2))
    carry_out(project, project.root / NAME, at - timedelta(hours=1))
    return saved(project, PEOPLE.replace("department: sales\n", "department: research\n"), at)


def test_what_was_saved_is_what_is_applied(project: Project) -> None:
    path = saved(project)
    session = project.session_at(LATER)
    direct = session.plan(Request())
    planned = session.saved(path)
    assert planned.plan.digest == direct.plan.digest
    assert planned.plan.changes == direct.plan.changes
    assert {**planned.result.document, "saved": None, "paths": None} == {
        **direct.result.document,
        "saved": None,
        "paths": None,
    }
    session.apply(planned)
    assert project.session().plan(Request()).plan.is_empty


def test_a_saved_plan_is_used_once(project: Project) -> None:
    path = renamed(project)
    run = carry_out(project, path)
    project.rollback(run)
    assert refused(project, path) == ["used"]


def test_the_same_plan_saved_anew_can_be_used(project: Project) -> None:
    path = renamed(project)
    project.rollback(carry_out(project, path))
    session = project.session_at(LATER)
    session.save(session.plan(Request()), path, overwrite=True)
    assert carry_out(project, path, LATER + timedelta(minutes=1))


def test_a_run_that_failed_leaves_the_plan_for_another_try(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = renamed(project)
    session = project.session_at(LATER)
    planned = session.saved(path)
    with monkeypatch.context() as patch:
        patch.setattr(session.live, "write", lambda changes, ids: 1 / 0)
        with pytest.raises(DaniError):
            session.apply(planned)
    assert carry_out(project, path)


def test_nothing_masked_stands_in_the_file_and_all_of_it_comes_out_again(project: Project) -> None:
    path = saved(project)
    data = path.read_bytes()
    for form in (MOBILE, MOBILE[1:], MOBILE.encode().hex(), json.dumps(MOBILE)):
        assert form.encode() not in data
    assert path.stat().st_mode & 0o777 == 0o600
    carry_out(project, path)
    assert live(project)[0]["resources"]["user.ada"]["mobile"] == MOBILE


def opened(data: bytes) -> Any:
    return Seal(KEY).open(data, NAME)


def sealed(payload: Any, key: bytes = KEY) -> bytes:
    return b"".join(Seal(key).close([canonical_text(payload).encode()]))


def plans(project: Project, count: int) -> list[bytes]:
    """Sealed files of different plans."""
    found = []
    for number in range(count):
        text = f"version: 1\nsettings:\n  s{number}: {{name: s{number}, value: v{number}}}\n"
        found.append(saved(project, text).read_bytes())
    return found


def test_a_flip_of_any_bit_is_refused(project: Project, figure: Figure) -> None:
    random, tried = Random(4), 0
    for data in plans(project, 20):
        for place in range(len(data)):
            changed = bytearray(data)
            changed[place] ^= 1 << random.randrange(8)
            with pytest.raises((PlaybookError, Denied)):
                opened(bytes(changed))
            tried += 1
    figure("bit flips of 20 saved plans, all refused", tried)
    assert tried > 1000


@pytest.mark.parametrize(
    "meddle",
    [
        lambda one, other: one[:-1],
        lambda one, other: one + b"\n",
        lambda one, other: one + b" ",
        lambda one, other: b"\xef\xbb\xbf" + one,
        lambda one, other: b"",
        lambda one, other: one.split(b"\n")[0] + b"\n" + other.split(b"\n")[1] + b"\n",
        lambda one, other: one.split(b"\n")[0] + b"\n",
        lambda one, other: one.replace(b'":', b'": '),
        lambda one, other: one.replace(b'"restore', b'"re\\u0073tore') if b'"restore' in one else one[1:],
        lambda one, other: json.dumps(json.loads(one.split(b"\n")[0])).encode() + b"\n" + one.split(b"\n")[1] + b"\n",
        lambda one, other: one.replace(b'"format"', b'"x":1,"format"'),
        lambda one, other: one.replace(b'"value"', b'"Value"'),
        lambda one, other: one.replace(b"\n", b"\r\n"),
        lambda one, other: b"[" * 100_000 + b"\n{}\n",
        lambda one, other: b'{"dani":1}\n{}\n',
        lambda one, other: bytes(reversed(one)),
    ],
)
def test_a_file_that_was_put_together_otherwise_is_refused(
    project: Project, meddle: Callable[[bytes, bytes], bytes]
) -> None:
    one, other = plans(project, 2)
    changed = meddle(one, other)
    assert changed != one
    with pytest.raises((PlaybookError, Denied)):
        opened(changed)


def test_an_edit_with_a_digest_made_anew_is_refused(project: Project) -> None:
    payload = json.loads(saved(project).read_bytes().split(b"\n")[0])
    payload["plan"]["changes"][0]["title"] = "Somebody else"
    payload["plan"]["digest"] = "0" * 64
    with pytest.raises(Denied, match="another project key"):
        opened(sealed(payload, b"x" * 32))


def test_without_the_look_at_the_seal_a_changed_plan_would_be_applied(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(project)
    path.write_bytes(path.read_bytes().replace(b'"label"', b'"lapel"'))
    with pytest.raises(PlaybookError):
        project.session_at(LATER).saved(path)
    monkeypatch.setattr(sealing.hmac, "compare_digest", lambda one, other: True)
    payload = opened(path.read_bytes())
    assert any(change["address"] == "setting.label" for change in payload["plan"]["changes"]) or "lapel" in str(payload)


def test_an_encrypted_value_taken_from_another_plan_does_not_open(project: Project) -> None:
    one = json.loads(saved(project).read_bytes().split(b"\n")[0])
    other = json.loads(saved(project).read_bytes().split(b"\n")[0])
    one["hidden"] = other["hidden"]
    path = project.root / NAME
    path.write_bytes(sealed(one))
    with pytest.raises(PlaybookError, match="can't be read"):
        project.session_at(LATER).saved(path)


def test_a_plan_for_another_database_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = renamed(project)
    session = project.session_at(LATER)
    planned = session.saved(path)
    monkeypatch.setattr(session.live, "identity", "another")
    with pytest.raises(PlanStale) as error:
        session.apply(planned)
    assert [problem.code for problem in error.value.problems] == ["other-system"]


def test_a_plan_is_refused_where_the_database_went_back(project: Project) -> None:
    path = renamed(project)
    project.empty()
    project.write("playbooks/a.yaml", PEOPLE)
    project.apply()
    assert "restored" in refused(project, path)


def test_a_plan_is_refused_where_the_database_went_back_and_on_another_way(project: Project) -> None:
    path = renamed(project)
    project.empty()
    for value in ("one", "two", "three", "four"):
        project.write("playbooks/a.yaml", PEOPLE.replace("value: one", f"value: {value}"))
        project.apply()
    assert "restored" in refused(project, path)


TIMES = [
    (timedelta(hours=71), []),
    (timedelta(hours=72), ["expired"]),
    (timedelta(days=400), ["expired"]),
    (-timedelta(minutes=4), []),
    (-timedelta(hours=2), ["clock"]),
]


@pytest.mark.parametrize(("after", "codes"), TIMES)
def test_a_plan_has_its_time(project: Project, after: timedelta, codes: list[str]) -> None:
    path = renamed(project)
    if codes:
        assert refused(project, path, NOW + after) == codes
    else:
        assert carry_out(project, path, NOW + after)


def test_a_plan_whose_day_is_over_is_refused(project: Project) -> None:
    text = PEOPLE + "  other: {name: other, upcoming: {2026-11-25: {value: x}}, value: y}\n"
    path = saved(project, text)
    assert refused(project, path, NOW + timedelta(days=2)) == ["date-crossed"]
    assert carry_out(project, path, NOW + timedelta(days=1))


def test_a_day_that_has_come_in_one_office_counts(project: Project) -> None:
    with (project.root / "dani.yaml").open("a") as file:
        file.write("offices: {Auckland: Pacific/Auckland}\n")
    text = PEOPLE + "  other: {name: other, upcoming: {2026-11-24: {value: x}}, value: y}\n"
    path = saved(project, text, NOW)
    assert refused(project, path, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)) == ["date-crossed"]


def test_a_plan_as_of_a_named_day_crosses_none(project: Project) -> None:
    text = PEOPLE + "  other: {name: other, upcoming: {2026-11-25: {value: x}}, value: y}\n"
    path = saved(project, text, at=NOW)
    session = project.session_at(NOW)
    session.save(session.plan(Request(at=NOW.date())), path, overwrite=True)
    assert carry_out(project, path, NOW + timedelta(days=2))


@pytest.mark.parametrize(
    "line",
    ["limits: {leavers: {number: 9}}", "protected: [user.bob]", "removal: {user: delete}", "approvals: {hours: 5}"],
)
def test_a_plan_made_under_other_settings_is_refused(project: Project, line: str) -> None:
    path = renamed(project)
    with (project.root / "dani.yaml").open("a") as file:
        file.write(f"{line}\n")
    assert refused(project, path) == ["other-settings"]


def test_a_freeze_that_began_since_stops_the_plan(project: Project) -> None:
    with (project.root / "dani.yaml").open("a") as file:
        file.write('freezes: [{from: "2026-11-24", until: "2026-11-27", why: payroll}]\n')
    project.write("playbooks/a.yaml", PEOPLE)
    path = renamed(project)
    assert refused(project, path, NOW + timedelta(days=1)) == ["frozen"]


def meddle(project: Project, key: str, **fields: Any) -> None:
    """Somebody writes past dani."""
    from dani_playbook.hris.accounts.models import User
    from dani_playbook.hris.employees.models import Department, Employee

    department = fields.pop("department", None)
    if department:
        fields["department"] = Department.objects.get(key=department)
    mine = Employee.objects.filter(user__key=key)
    if "first_name" in fields:
        User.objects.filter(key=key).update(**fields)
    else:
        mine.update(**fields)


def test_a_touched_field_that_moved_is_told_with_both_sides(project: Project) -> None:
    path = renamed(project)
    from dani_playbook.hris.employees.models import Department

    Department.objects.create(key="legal", name="Legal", name_folded="|legal")
    meddle(project, "ada", department="legal")
    with pytest.raises(PlanStale) as error:
        carry_out(project, path)
    assert [(str(m.address), m.name, m.planned, m.now, m.wanted) for m in error.value.moved] == [
        ("user.ada", "department", "sales", "legal", "research")
    ]


def test_untouched_neighbours_may_move(project: Project) -> None:
    path = renamed(project)
    meddle(project, "ada", job_title="Poet")
    meddle(project, "bob", first_name="Rob")
    other = PEOPLE.replace("value: one", "value: two")
    project.write("playbooks/a.yaml", other)
    session = project.session_at(LATER)
    session.apply(session.plan(Request(targets=("setting.label",))))
    assert carry_out(project, path)


@contextmanager
def without(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(admit, name, lambda *args: iter(()))
        yield


@pytest.mark.parametrize("guard", ["_by_time", "_by_history"])
def test_without_the_guard_an_expired_or_used_plan_would_be_applied(
    project: Project, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    path = renamed(project)
    at = NOW + timedelta(days=9)
    if guard == "_by_history":
        project.rollback(carry_out(project, path))
        at = LATER
    assert refused(project, path, at)
    with without(monkeypatch, guard):
        if guard == "_by_time":
            assert carry_out(project, path, at)
        else:
            with pytest.raises(Exception, match="UNIQUE|unique|refused|already"):
                carry_out(project, path, at)


def test_two_that_use_one_plan_at_the_same_moment_are_told_apart_by_the_database(project: Project) -> None:
    path = renamed(project)
    session: Session = project.session_at(LATER)
    from django.db.transaction import atomic

    plan_id = session.saved(path).plan.origin.plan_id  # type: ignore[union-attr]
    with atomic():
        session.memory.use("d", "first", LATER, plan_id)
    assert refused(project, path) == ["used"]


def test_a_plan_that_could_not_be_read_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST_BYTES", 10)
    with pytest.raises(UsageError, match="larger than any plan may be, 11 bytes"):
        saving.write_plan(tmp_path / "a.plan", [b"x" * 5, b"x" * 6], overwrite=False)
    assert list(tmp_path.iterdir()) == []
    saving.write_plan(tmp_path / "a.plan", [b"x" * 5, b"x" * 5], overwrite=False)
    assert saving.read_plan(tmp_path / "a.plan") == b"x" * 10
