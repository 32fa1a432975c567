"""Forgetting a person: on what terms, what goes, what stays, and that it can't come back."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import DaniError, LiveLocked, PlanRefused, PlaybookError, UsageError
from dani_playbook.runner.auditing import audit_list, audit_verify
from dani_playbook.runner.offline import Request
from dani_playbook.runner.purging import plan_purge
from tests.databases import Place
from tests.runner.conftest import SEES_ALL, Project

HEAD = "version: 1\ndepartments:\n  sales: {name: Sales}\nusers:\n"
BOB = "  bob: {email: bob@a.example, first_name: Bob, department: sales, start_date: 2020-01-01}\n"
ADA = "  ada: {email: ada@a.example, first_name: Ada, last_name: Lovelace, department: sales, start_date: 2020-01-01"
MOBILE = ", mobile: '+49301234567'"
LEFT = ", end_date: 2026-06-30"
LATER = datetime(2027, 3, 1, 9, tzinfo=UTC)
REASON = "request 4711"


def applied(project: Project, text: str, **rest: Any) -> str:
    project.write("playbooks/a.yaml", text)
    session = project.session()
    run = session.apply(session.plan(Request(**rest))).document["run"]
    return str(run["id"]) if run else ""


def life(project: Project) -> list[str]:
    """Ada is hired, gets a phone, leaves, and is no longer declared; gives the runs."""
    runs = [
        applied(project, f"{HEAD}{BOB}{ADA}}}\n"),
        applied(project, f"{HEAD}{BOB}{ADA}{MOBILE}}}\n"),
        applied(project, f"{HEAD}{BOB}{ADA}{MOBILE}{LEFT}}}\n"),
        applied(project, f"{HEAD}{BOB}"),
    ]
    return [run for run in runs if run]


def purged(project: Project, address: str = "user.ada", reason: str = REASON) -> Mapping[str, Any]:
    session = project.revealing()
    return session.apply(plan_purge(session, address, reason)).document


def refused(project: Project, address: str = "user.ada", reason: str = REASON) -> dict[str, str]:
    """Codes and messages of all that stands against it."""
    with pytest.raises(PlanRefused) as caught:
        plan_purge(project.revealing(), address, reason)
    return {problem.code: f"{problem.message} | {problem.hint}" for problem in caught.value.problems}


def test_who_left_is_purged_and_the_chain_still_verifies(project: Project) -> None:
    runs = life(project)
    document = purged(project)
    assert (document["outcome"], document["run"]["summary"]["remove"]) == ("succeeded", 1)
    assert list(project.export()["resources"]) == ["department.sales", "user.bob"]
    found = audit_verify(project.session())
    assert (found.exit_code, found.document["runs"]) == (0, len(runs) + 1)
    (row,) = audit_list(project.session(), action="purged").document["rows"]
    assert row["object"] == "user.ada"
    assert row["run"] == document["run"]["id"]
    assert row["detail"] == {
        "reason": REASON,
        "names": 1,
        "entries": len(runs) + 1,
        "keys": 1,
        "sessions": 0,
        "api_keys": 0,
    }
    assert project.plan().plan.is_empty


def live_people() -> Any:
    from dani_playbook.hris.employees.models import Employee

    return Employee.objects


def account(key: str) -> Any:
    from dani_playbook.hris.accounts.models import User

    return User.objects.get(key=key)


def declare(project: Project) -> None:
    project.write("playbooks/a.yaml", f"{HEAD}{BOB}{ADA}{MOBILE}{LEFT}}}\n")


def manage(project: Project) -> None:
    live_people().filter(user__key="bob").update(manager=account("ada"))


def head(project: Project) -> None:
    from dani_playbook.hris.employees.models import Department

    Department.objects.update(head=account("ada"))


def hold(project: Project) -> None:
    live_people().filter(user__key="ada").update(hold={"reason": "case 12"})


def hold_for_a_while(project: Project) -> None:
    live_people().filter(user__key="ada").update(hold={"reason": "case 12", "until": "2026-11-23"})


def come_back(project: Project) -> None:
    live_people().filter(user__key="ada").update(status="active")


def leave_lately(project: Project) -> None:
    live_people().filter(user__key="ada").update(end_date="2026-08-26")


def keep_longer(project: Project) -> None:
    setting(project, "retention: {user: 3650}")


def setting(project: Project, line: str) -> None:
    text = (project.root / "dani.yaml").read_text("utf-8")
    project.write("dani.yaml", f"{text}{line}\n")


def protect(project: Project) -> None:
    setting(project, "protected: [user.ada]")


def freeze(project: Project) -> None:
    setting(project, "freezes: [{from: 2026-11-20, until: 2026-12-01, why: payroll}]")


def be_running(project: Project) -> None:
    from dani_playbook.state.models import Run

    newest = Run.objects.first()
    newest.pk, newest.run_id, newest.state = None, "running", "executing"
    newest.save()


def have_a_step_open(project: Project) -> None:
    from dani_playbook.state.models import Run, Step

    Step.objects.create(run=Run.objects.first(), position=0, kind="user", key="ada", state="sent", idempotency_key="k")


def be_named(project: Project) -> None:
    project.write("playbooks/b.yaml", "version: 1\ngroups:\n  all: {name: All, members: {add: [ada]}}\n")


def be_named_later(project: Project) -> None:
    text = "version: 1\ngroups:\n  all: {name: All, upcoming: {2027-01-01: {owners: [ada]}}}\n"
    project.write("playbooks/b.yaml", text)


AGAINST: list[tuple[Callable[[Project], None], str, str]] = [
    (declare, "declared", "is declared, so the next apply would create the person anew"),
    (manage, "referred-to", "can't be deleted: user.bob still refers to it"),
    (head, "referred-to", "can't be deleted: department.sales still refers to it"),
    (be_named, "referred-to", "group.all still names user.ada as members"),
    (be_named_later, "referred-to", "group.all still names user.ada as owners"),
    (hold, "on-hold", "user.ada is under a legal hold"),
    (hold_for_a_while, "on-hold", "user.ada is under a legal hold"),
    (come_back, "still-here", "hasn't left"),
    (leave_lately, "retention", "is kept until 2026-11-24: retention is 90 days from 2026-08-26"),
    (keep_longer, "retention", "is kept until 2036-06-27"),
    (protect, "protected", "is protected in dani.yaml"),
    (freeze, "frozen", "frozen until 2026-12-01: payroll"),
    (have_a_step_open, "unfinished", "may be touched by run"),
]


@pytest.mark.parametrize(("do", "code", "message"), AGAINST, ids=[do.__name__ for do, _, _ in AGAINST])
def test_what_stands_against_it_is_said(
    project: Project, do: Callable[[Project], None], code: str, message: str
) -> None:
    life(project)
    do(project)
    found = refused(project)
    assert list(found) == [code]
    assert message in found[code]
    assert "user.ada" in project.export()["resources"]


GUARDS: list[tuple[str, Callable[[Project], None]]] = [
    ("_declared", declare),
    ("_declared", be_named),
    ("_kept", leave_lately),
    ("_unfinished", have_a_step_open),
    ("broken_rules", hold),
    ("protected", protect),
    ("frozen", freeze),
    ("in_force", come_back),
]


@pytest.mark.parametrize(("guard", "do"), GUARDS, ids=[f"{guard}-{do.__name__}" for guard, do in GUARDS])
def test_without_its_guard_it_would_happen(
    project: Project, monkeypatch: pytest.MonkeyPatch, guard: str, do: Callable[[Project], None]
) -> None:
    life(project)
    do(project)
    monkeypatch.setattr(f"dani_playbook.engine.purge.{guard}", lambda *arguments: ())
    monkeypatch.setattr(f"dani_playbook.engine.apply.{guard}", lambda *arguments: (), raising=False)
    assert purged(project)["outcome"] == "succeeded"
    assert "user.ada" not in project.export()["resources"]


def test_without_its_guard_a_rollback_would_meet_what_it_cannot_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = life(project)[0]
    purged(project)
    monkeypatch.setattr("dani_playbook.engine.rollback._unreadable", lambda purged: [])
    assert "user.ada" not in {str(item.address) for item in project.session().rollback(run).plan.skipped}


def test_a_run_that_died_is_closed_and_stands_in_nobodys_way(project: Project) -> None:
    life(project)
    be_running(project)
    assert purged(project)["outcome"] == "succeeded"
    assert project.session().memory.unfinished() == []


def test_all_that_stands_against_it_is_said_together(project: Project) -> None:
    life(project)
    for do in (declare, manage, hold, leave_lately, protect, freeze, have_a_step_open):
        do(project)
    assert set(refused(project)) == {
        "declared",
        "referred-to",
        "on-hold",
        "retention",
        "protected",
        "frozen",
        "unfinished",
    }


@pytest.mark.parametrize("end", ["2026-08-25", "2020-01-01"])
def test_when_retention_is_over_the_way_is_free(project: Project, end: str) -> None:
    life(project)
    live_people().filter(user__key="ada").update(end_date=end)
    assert purged(project)["outcome"] == "succeeded"


def test_without_an_end_date_the_run_of_the_leaving_counts(project: Project) -> None:
    applied(project, f"{HEAD}{BOB}{ADA}}}\n")
    applied(project, f"{HEAD}{BOB}")
    assert "is kept until" in refused(project)["retention"]
    session = project.revealing(LATER)
    assert session.apply(plan_purge(session, "user.ada", REASON)).document["outcome"] == "succeeded"


def test_who_left_nobody_knows_when_is_kept(project: Project) -> None:
    applied(project, f"{HEAD}{BOB}{ADA}}}\n")
    live_people().filter(user__key="ada").update(status="left")
    applied(project, f"{HEAD}{BOB}")
    assert "a day that nobody knows" in refused(project)["retention"]
    setting(project, "retention: {user: 0}")
    assert purged(project)["outcome"] == "succeeded"


def test_nobody_purges_themselves(project: Project) -> None:
    life(project)
    session = project.session()
    session.identity = replace(SEES_ALL, name="user.ada", account=Address("user", "ada"))
    with pytest.raises(PlanRefused) as caught:
        plan_purge(session, "user.ada", REASON)
    assert [problem.code for problem in caught.value.problems] == ["own-account"]


@pytest.mark.parametrize("reason", ["asked by ADA@a.example", "Lovelace wrote", "call +49301234567"])
def test_a_reason_that_tells_of_the_person_is_refused(project: Project, reason: str) -> None:
    life(project)
    assert list(refused(project, reason=reason)) == ["reason-tells"]


@pytest.mark.parametrize(
    ("address", "error", "words"),
    [
        ("user.eve", PlaybookError, "neither the live system nor the journal knows user.eve"),
        ("nobody.x", PlaybookError, "no kind is called nobody"),
        ("department.sales", PlanRefused, "can't be purged"),
    ],
)
def test_nobody_else_can_be_purged(project: Project, address: str, error: type[DaniError], words: str) -> None:
    life(project)
    with pytest.raises(error, match=words):
        plan_purge(project.revealing(), address, REASON)


def test_a_purge_needs_a_reason(project: Project) -> None:
    with pytest.raises(UsageError, match="without a reason"):
        plan_purge(project.revealing(), "user.ada", " ")


def test_memberships_go_with_the_person(project: Project) -> None:
    from dani_playbook.hris.accounts.models import Group

    life(project)
    group = Group.objects.create(key="all", name="All")
    group.members.set([account("ada"), account("bob")])
    group.owners.set([account("ada")])
    document = purged(project)
    assert [change["address"] for change in document["plan"]["changes"]] == ["group.all", "user.ada"]
    assert {change["reversible"] for change in document["plan"]["changes"]} == {False}
    assert list(group.members.values_list("key", flat=True)) == ["bob"]
    assert not group.owners.exists()


def sign_in(account: str) -> None:
    from dani_playbook.state.models import AccessSession

    times = dict.fromkeys(("created_at", "seen_at", "expires_at"), LATER)
    AccessSession.objects.create(token_hash=account, account=account, **times)


def signed_in() -> list[str]:
    from dani_playbook.state.models import AccessSession

    return list(AccessSession.objects.values_list("account", flat=True))


def test_all_names_of_a_person_go_and_another_of_the_same_name_stays(project: Project) -> None:
    old = f"{HEAD}{BOB}{ADA}{LEFT}}}\n"
    applied(project, old)
    applied(project, old.replace("  ada:", "  ida:") + "moved: [{from: user.ada, to: user.ida}]\n")
    other = ADA.replace("ada@", "ada2@").replace("Lovelace", "Other")
    applied(project, f"{HEAD}{BOB}{other}}}\n")
    with pytest.raises(PlaybookError, match="neither"):
        plan_purge(project.revealing(), "user.zoe", REASON)
    sign_in("user.ada")
    sign_in("user.ida")
    document = purged(project, "user.ida")
    assert signed_in() == ["user.ada"]
    assert any("user.ada, user.ida" in finding["message"] for finding in document["plan"]["warnings"])
    history = project.session().memory.history(Address("user", "ada"))
    assert {entry.purged for _, entry in history if entry.title == ""} == {True}
    assert [entry.title for _, entry in history if not entry.purged] == ["Ada Other"]
    assert len(history) == 5


def test_who_has_another_name_now_is_purged_under_that(project: Project) -> None:
    old = f"{HEAD}{BOB}{ADA}{LEFT}}}\n"
    applied(project, old)
    applied(project, old.replace("  ada:", "  ida:") + "moved: [{from: user.ada, to: user.ida}]\n")
    applied(project, f"{HEAD}{BOB}")
    with pytest.raises(PlaybookError, match="user.ada is called user.ida now"):
        plan_purge(project.revealing(), "user.ada", REASON)


def test_who_was_deleted_before_is_forgotten_too(project: Project) -> None:
    life(project)
    live_people().filter(user__key="ada").delete()
    account("ada").delete()
    document = purged(project)
    assert [change["verb"] for change in document["plan"]["changes"]] == ["release"]
    assert all(entry.purged for _, entry in project.session().memory.history(Address("user", "ada")))
    assert audit_verify(project.session()).exit_code == 0


def test_of_who_was_deleted_under_a_hold_the_journal_is_kept(project: Project) -> None:
    held = f"{ADA}{LEFT}, hold: {{reason: case 12}}"
    applied(project, f"{HEAD}{BOB}{held}}}\n")
    live_people().filter(user__key="ada").delete()
    account("ada").delete()
    project.write("playbooks/a.yaml", f"{HEAD}{BOB}")
    assert list(refused(project)) == ["on-hold"]


def test_state_absent_may_stay_in_the_playbook(project: Project) -> None:
    life(project)
    absent = f"{HEAD}{BOB}  ada: {{state: absent}}\n"
    project.write("playbooks/a.yaml", absent)
    purged(project)
    assert project.plan().plan.is_empty


def test_a_run_with_a_purged_person_is_taken_back_without_them(project: Project) -> None:
    run = life(project)[0]
    office = applied(project, f"{HEAD}{BOB.replace('sales,', 'sales, office: Berlin,')}")
    purged(project)
    back = project.session().rollback(run)
    skipped = {str(item.address): item.message for item in back.plan.skipped}
    assert skipped["user.ada"] == "was purged, its before-image can't be read"
    assert not [change for change in back.plan.changes if change.address.key == "ada"]
    project.rollback(office)
    assert "user.ada" not in project.export()["resources"]


def test_a_deletion_of_who_was_purged_since_brings_nobody_back(project: Project) -> None:
    life(project)
    setting(project, "removal: {user: delete}")
    gone = applied(
        project, f"{HEAD}{BOB}  ada: {{state: absent}}\n", raises={"leavers": 9}, reason="they left long ago"
    )
    assert "user.ada" not in project.export()["resources"]
    setting(project, "retention: {user: 0}")
    purged(project)
    session = project.session()
    planned = session.rollback(gone)
    assert session.apply(planned).exit_code == 7
    assert "user.ada" not in project.export()["resources"]


def test_the_run_of_a_purge_cannot_be_taken_back(project: Project) -> None:
    life(project)
    run = purged(project)["run"]["id"]
    with pytest.raises(PlanRefused, match=f"run {run} purged user.ada, and that can't be taken back"):
        project.session().rollback(run)


def test_a_purge_that_fails_forgets_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state import forgetting

    life(project)

    def broken(using: str, subject: Any) -> None:
        raise OSError

    monkeypatch.setattr(forgetting, "forget", broken)
    with pytest.raises(DaniError):
        purged(project)
    assert "user.ada" in project.export()["resources"]
    assert not any(entry.purged for _, entry in project.session().memory.history(Address("user", "ada")))


def test_a_purge_that_was_cut_off_is_finished_by_calling_it_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dani_playbook.state import forgetting

    tidied: list[str] = []

    def locked(using: str, tables: Any) -> None:
        tidied.append(using)
        raise LiveLocked("no")

    life(project)
    with monkeypatch.context() as patched:
        patched.setattr(forgetting, "tidy", locked)
        with pytest.raises(LiveLocked, match="user.ada is purged, but"):
            purged(project)
    document = purged(project)
    assert (document["outcome"], document["run"]) == ("nothing", None)
    assert tidied == ["default"]
    assert len(audit_list(project.session(), action="purged").document["rows"]) == 1


@contextmanager
def reader(place: Place) -> Iterator[None]:
    """Another program that reads, and doesn't end."""
    from django.db import connection

    other: Any
    if place.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")
        other = sqlite3.connect(place.base / ".dani/hris.sqlite3", isolation_level=None)
    else:
        other = import_module("psycopg").connect(place.url, autocommit=True)
    try:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM accounts_user").fetchone()
        yield
    finally:
        other.close()
        connection.close()


def test_files_that_others_use_are_tidied_later(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state import forgetting

    whole = forgetting.tidy

    def tidy(using: str, tables: Iterable[str]) -> None:
        with reader(project.place):
            whole(using, tables)

    life(project)
    monkeypatch.setattr(forgetting, "_WAIT_S", 1)
    with monkeypatch.context() as patched:
        patched.setattr(forgetting, "tidy", tidy)
        with pytest.raises(LiveLocked, match="user.ada is purged, but"):
            purged(project)
    assert "user.ada" not in project.export()["resources"]
    assert purged(project)["outcome"] == "nothing"


def test_sign_ins_keys_and_the_log_of_the_admin_go_too(project: Project) -> None:
    from django.contrib.admin.models import LogEntry
    from django.contrib.auth.models import Group
    from django.contrib.contenttypes.models import ContentType

    from dani_playbook.state.models import AccessSession, ApiKey

    life(project)
    ada, bob = account("ada"), account("bob")
    times = dict.fromkeys(("created_at", "expires_at"), LATER)
    for who in ("user.ada", "user.bob"):
        AccessSession.objects.create(token_hash=who, account=who, seen_at=LATER, **times)
        ApiKey.objects.create(key_id=who, account=who, name=who, **times)
    ada.groups.add(Group.objects.create(name="staff"))
    people = ContentType.objects.get_for_model(type(ada))
    for by, about in ((bob, ada), (ada, bob), (bob, bob)):
        LogEntry.objects.create(user=by, content_type=people, object_id=about.pk, object_repr=str(about), action_flag=2)
    document = purged(project)
    assert any("1 sign-in and 1 API key end" in item["message"] for item in document["plan"]["warnings"])
    for model in (AccessSession, ApiKey):
        assert list(model.objects.values_list("account", flat=True)) == ["user.bob"]
    assert list(LogEntry.objects.values_list("object_repr", flat=True)) == ["Bob"]


def test_rows_from_before_people_were_sealed_as_a_whole_are_emptied(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dani_playbook.state import memory
    from dani_playbook.state.models import Entry

    with monkeypatch.context() as patched:
        patched.setattr(memory, "frozenset", lambda kinds: frozenset(), raising=False)
        life(project)
    assert Entry.objects.filter(kind="user", key="ada").exclude(before="", after="").exists()
    purged(project)
    rows = str(list(Entry.objects.filter(key="ada").values()))
    assert "Lovelace" not in rows
    assert "ada@a.example" not in rows
    assert all(entry.purged for _, entry in project.session().memory.history(Address("user", "ada")))


def test_a_reason_that_tells_what_many_share_is_fine(project: Project) -> None:
    life(project)
    assert purged(project, reason="left sales, request 4711, end date passed")["outcome"] == "succeeded"


def test_what_people_wrote_of_the_person_is_emptied_where_it_can_be_and_told_where_not(project: Project) -> None:
    from dani_playbook.state.models import Run

    life(project)
    session = project.revealing()
    session.said_reason = "Mrs Lovelace asked"
    session.export(reveal=True)
    Run.objects.filter(pk=Run.objects.last().pk).update(reason="for LOVELACE")
    Run.objects.filter(pk=Run.objects.first().pk).update(failure="ada@a.example is taken")
    session = project.revealing()
    planned = plan_purge(session, "user.ada", REASON)
    assert [item.message for item in planned.plan.warnings if item.code == "stays"] == [
        "row 9 of the audit trail tells something of the person in its reason, and can't be changed"
    ]
    session.apply(planned)
    assert set(Run.objects.exclude(reason="").values_list("reason", flat=True)) == {"‹purged›"}
    assert set(Run.objects.exclude(failure="").values_list("failure", flat=True)) == {"‹purged›"}
    assert audit_verify(project.session()).exit_code == 0


def test_a_purge_takes_the_same_statements_however_many_people_there_are(project: Project) -> None:
    from tests.live.test_statements import counted

    def statements(people: int) -> int:
        project.empty()
        more = "".join(f"  p{n}: {{email: p{n}@a.example, first_name: P, department: sales}}\n" for n in range(people))
        applied(project, f"{HEAD}{BOB}{more}{ADA}{LEFT}}}\n")
        applied(project, f"{HEAD}{BOB}{more}")
        with counted() as found:
            purged(project)
        return len(found)

    few = statements(3)
    assert statements(60) <= few
