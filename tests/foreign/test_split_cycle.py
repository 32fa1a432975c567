"""What only the first foreign project has: side rows, an order of writes that decides, a history, blockers."""

import pytest

from tests.foreign.declared import declared, is_to_come, pay_minor
from tests.foreign.projects import Project
from tests.foreign.test_cycle import change, changed, settled, verbs

CONTRACTS = (
    "SELECT badge_id, wage, payroll_contract.start_date, department, payroll_contract.state FROM payroll_contract "
    "JOIN people_employee ON people_employee.id = employee_id ORDER BY badge_id"
)
NETZE = "playbooks/people/faro-netze.yaml"


def contracts(project: Project) -> dict[str, tuple[str, ...]]:
    return {badge: tuple(map(str, rest)) for badge, *rest in project.sql(CONTRACTS)}


def test_every_contract_says_what_was_declared(take) -> None:
    split = take("split", "applied")
    departments = declared(split, "departments")
    wanted = {
        it["employee_id"]: (
            str(pay_minor(split, it)),
            str(it["start_date"]),
            departments[it["department"]]["name"],
            "draft",
        )
        for it in declared(split, "users").values()
        if not is_to_come(it)
    }
    assert contracts(split) == wanted


def test_who_is_to_come_has_a_contract_from_the_first_day_on(take) -> None:
    split = take("split", "applied")
    assert "F-0030" not in contracts(split)
    change(split, NETZE, "ida.sorensen", {"start_date": "2024-03-01", "department": "metering"})
    split.dani("apply", "--approve")
    assert contracts(split)["F-0030"] == ("372500", "2024-03-01", "Zähler & Daten", "draft")
    assert verbs(split.dani("plan", "--exit-code")) == {}


def test_every_row_of_the_history_names_the_actor(take) -> None:
    split = take("split", "applied")
    assert split.sql("SELECT DISTINCT who FROM people_historicalemployee") == [("tester",)]


def test_every_person_has_the_rows_that_the_system_makes(take) -> None:
    split = take("split", "applied")
    for table in ("people_employee", "people_workinformation", "people_bonuspoint", "auth_user"):
        assert split.sql(f"SELECT count(*) FROM {table}") == [(30,)]
    assert split.sql("SELECT count(*) FROM auth_user WHERE username <> lower(email)") == [(0,)]


def test_the_joined_name_follows_the_names(take) -> None:
    split = take("split", "applied")
    change(split, NETZE, "hinrich.ehlers", {"last_name": "Äpfelkamp"})
    split.dani("apply", "--approve")
    assert split.sql("SELECT full_name FROM people_employee WHERE badge_id = 'F-0011'") == [("Hinrich Äpfelkamp",)]


def gone(split: Project) -> None:
    """Nobody declares this person any more, and who isn't declared is deleted."""
    path = split.folder / "dani.yaml"
    path.write_text(path.read_text("utf-8") + "removal: {user: delete}\n", "utf-8")
    change(split, NETZE, "mirela.stoica", {"state": "absent"})


def test_an_open_contract_keeps_a_person_from_being_deleted(take) -> None:
    split = take("split", "applied")
    gone(split)
    split.sql("UPDATE payroll_contract SET state = 'open'")
    before = split.people()
    plan = split.dani("plan", code=4)
    (blocker,) = plan["blockers"]
    assert (blocker["code"], blocker["address"]) == ("removal-blocked", "user.mirela.stoica")
    assert "an open payroll contract" in blocker["message"]
    refused = split.said("apply", "--approve")
    assert refused.code == 4
    assert "an open payroll contract" in refused.out + refused.err
    assert split.people() == before


def test_a_draft_goes_along_with_whom_it_was_made_for(take) -> None:
    split = take("split", "applied")
    gone(split)
    assert verbs(split.dani("plan")) == {"remove": 1}
    split.dani("apply", "--approve")
    for table in ("people_employee", "people_workinformation", "people_bonuspoint", "auth_user"):
        assert split.sql(f"SELECT count(*) FROM {table}") == [(29,)], table
    assert "F-0012" not in contracts(split)
    assert split.sql("SELECT change, who FROM people_historicalemployee ORDER BY id DESC LIMIT 1") == [("-", "tester")]


def test_the_same_name_in_two_companies_is_two_departments(take) -> None:
    split = take("split", "applied")
    assert split.sql("SELECT count(DISTINCT company_id) FROM org_department WHERE name = 'Service'") == [(2,)]


def test_who_is_hidden_by_the_default_manager_is_neither_created_again_nor_lost(take) -> None:
    split = take("split", "applied")
    change(split, NETZE, "hinrich.ehlers", {"end_date": "2021-06-30"})
    split.dani("apply", "--approve")
    assert split.sql("SELECT state, is_active FROM people_employee WHERE badge_id = 'F-0011'") in [
        [("L", 0)],
        [("L", False)],
    ]
    assert split.sql("SELECT is_active FROM auth_user WHERE username LIKE 'hinrich%'")[0][0] in (0, False)
    assert verbs(split.dani("plan", "--exit-code")) == {}


def test_one_email_is_in_all_its_columns(take) -> None:
    split = take("split", "applied")
    change(split, NETZE, "kaito.arimura", {"email": "K.Arimura@faro.example"})
    assert changed(split.dani("plan")) == {"user.kaito.arimura": {"email"}}
    split.dani("apply", "--approve")
    found = split.sql(
        "SELECT people_employee.email, auth_user.email, username FROM people_employee "
        "JOIN auth_user ON auth_user.id = user_id WHERE badge_id = 'F-0013'"
    )
    assert found == [("k.arimura@faro.example",) * 3]


def test_columns_that_disagree_block_whom_they_concern_alone(take) -> None:
    split = take("split", "applied")
    split.sql("UPDATE auth_user SET email = 'other@faro.example' WHERE username LIKE 'kaito%'")
    plan = split.dani("plan", code=4)
    assert [it["address"] for it in plan["blockers"]] == ["user.kaito.arimura"]
    assert "other@" not in str(plan)


def test_columns_that_disagree_are_told_by_an_export_and_what_files_say_of_them_stays(take) -> None:
    split = take("split", "applied")
    split.dani("export", "--to", "exported")
    before = {path: path.read_text("utf-8") for path in (split.folder / "exported").rglob("*.yaml")}
    split.sql("UPDATE auth_user SET email = 'other@faro.example' WHERE username LIKE 'kaito%'")
    for again in range(2):
        told = split.dani("export", "--to", "exported", code=7)
        assert [(it["code"], it["address"], it["field"]) for it in told["findings"]] == [
            ("unreadable", "user.kaito.arimura", "email")
        ], again
        assert {path: path.read_text("utf-8") for path in before} == before
    assert "other@" not in str(told)
    assert split.dani("drift")["items"] == []


BROKEN = """
from django.db.models.signals import post_save
from django.dispatch import receiver
from people.models import Employee

@receiver(post_save, sender=Employee)
def broken(instance, **_):
    if instance.badge_id == "F-0021":
        raise RuntimeError(f"no locker for {instance.first_name}")
"""


@pytest.mark.parametrize("raised", ["RuntimeError", "SystemExit"])
def test_a_handler_that_fails_halfway_leaves_nothing(take, raised) -> None:
    split = take("split")
    file = split.system / "people/signals.py"
    file.write_text(file.read_text("utf-8") + BROKEN.replace("RuntimeError", raised), "utf-8")
    before = settled(split)
    ended = split.said("apply", "--approve")
    assert ended.code == 8, ended.err
    assert "Traceback" not in ended.err
    assert raised in ended.err
    assert "people.Employee" in ended.err
    assert "locker" not in ended.out + ended.err
    assert "Āroha" not in ended.err
    assert split.people() | settled(split) == before | {"people_historicalemployee": []}
    assert split.mail == ""


AFTERWARDS = """
from django.db import transaction

@receiver(post_save, sender=Employee)
def afterwards(instance, created, **_):
    def tell():
        if instance.badge_id == "F-0021":
            raise RuntimeError(f"no locker for {instance.first_name}")
        with open("told.txt", "a") as told:
            told.write(instance.badge_id + " ")

    if created:
        transaction.on_commit(tell)
"""


def test_a_handler_that_fails_behind_the_commit_is_told_and_keeps_no_other_from_its_work(take) -> None:
    split = take("split")
    file = split.system / "people/signals.py"
    file.write_text(file.read_text("utf-8") + BROKEN.partition("@")[0] + AFTERWARDS, "utf-8")
    ended = split.said("apply", "--approve")
    assert ended.code == 7, ended.err
    (run,) = split.dani("runs")["runs"]
    assert f"run {run['id']} was carried out, but what the live system does after a commit failed" in ended.err
    assert "1 × RuntimeError" in ended.err
    assert "locker" not in ended.out + ended.err
    (told,) = split.folder.rglob("told.txt")
    assert len(told.read_text("utf-8").split()) == 29
    assert run["state"] == "succeeded"
    assert split.dani("plan", "--exit-code")["changes"] == []


def test_threads_are_held_back_where_the_arguments_alone_would_start_them(take) -> None:
    split = take("split")
    split.edit("bindings.yaml", "arguments: [manage.py, migrate]", "arguments: [manage.py, runserver]")
    before = split.people()
    ended, did = split.watched("plan")
    assert (ended.code, did.deeds["thread"]) == (0, 0), ended.err
    assert split.people() == before
