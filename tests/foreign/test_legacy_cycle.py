"""What only the second foreign project has: codes in the place of relations, padded columns, names in one column."""

from datetime import UTC, datetime, timedelta

from tests.foreign.declared import declared, is_to_come, pay_minor
from tests.foreign.projects import Project
from tests.foreign.test_cycle import change, changed, verbs

WORKS = "playbooks/people/works.yaml"
ROWS = (
    'SELECT "BUKRS", "PERNR", "NACHN", "ORG_BUKRS", "ORGKZ", "CHEF_BUKRS", "CHEF_PERNR", "GEHALT", "STAT", "AKTIV" '
    'FROM "T_PERS"'
)
FIRMS = {"Wanderwerk Handel": "1000", "Wanderwerk Werke": "2000"}


def rows(legacy: Project) -> dict[tuple[str, str], tuple[str, ...]]:
    """Without the padding, which is SQLite's and PostgreSQL's own affair."""
    found = [[str(it).rstrip() for it in row] for row in legacy.sql(ROWS)]
    return {(row[0], row[1]): tuple(row[2:]) for row in found}


def test_every_row_says_what_was_declared(take) -> None:
    legacy = take("legacy", "applied")
    people, departments = declared(legacy, "users"), declared(legacy, "departments")
    wanted = {}
    for it in people.values():
        department = departments[it["department"]]
        boss = people[it["manager"]]["employee_id"].split("-") if "manager" in it else ["", ""]
        wanted[tuple(it["employee_id"].split("-"))] = (
            f"{it['last_name']}, {it['first_name']}",
            FIRMS[department["company"]],
            department["code"],
            *boss,
            str(pay_minor(legacy, it)),
            *(("0", "0") if is_to_come(it) else ("3", "1")),
        )
    assert rows(legacy) == wanted


def test_what_the_target_demands_is_filled(take) -> None:
    legacy = take("legacy", "applied")
    assert legacy.sql('SELECT DISTINCT "MANDT" FROM "T_PERS"') == [("100",)]
    assert legacy.sql('SELECT DISTINCT "MANDT" FROM "T_ORG"') == [("100",)]
    assert [str(it)[:5] for (it,) in legacy.sql('SELECT DISTINCT "EINTR_ZEIT" FROM "T_PERS"')] == ["08:00"]


def test_every_row_names_who_wrote_it(take) -> None:
    legacy = take("legacy", "applied")
    assert legacy.sql('SELECT DISTINCT "AENAM" FROM "T_PERS"') == [("tester",)]


def test_one_code_in_two_companies_is_two_departments(take) -> None:
    legacy = take("legacy", "applied")
    change(legacy, WORKS, "kwame.ofori", {"department": "works-lead"})
    assert changed(legacy.dani("plan")) == {"user.kwame.ofori": {"department"}}
    legacy.dani("apply", "--approve")
    (found,) = legacy.sql("""SELECT "ORG_BUKRS", "ORGKZ" FROM "T_PERS" WHERE "MAIL" LIKE 'kwame.ofori%'""")
    assert [it.rstrip() for it in found] == ["2000", "LEITUNG"]


def test_a_code_that_leads_nowhere_blocks_whom_it_concerns_alone(take) -> None:
    legacy = take("legacy", "applied")
    legacy.sql("""UPDATE "T_PERS" SET "ORGKZ" = 'NOWHERE' WHERE "MAIL" LIKE 'kwame.ofori%'""")
    plan = legacy.dani("plan", code=4)
    assert [it["address"] for it in plan["blockers"]] == ["user.kwame.ofori"]


def gone(legacy: Project) -> None:
    path = legacy.folder / "dani.yaml"
    path.write_text(path.read_text("utf-8") + "removal: {user: delete}\n", "utf-8")
    change(legacy, WORKS, "deniz.kurt", {"state": "absent"})


def test_a_loan_keeps_a_person_from_being_deleted(take) -> None:
    legacy = take("legacy", "applied")
    gone(legacy)
    number = declared(legacy, "users")["deniz.kurt"]["employee_id"].partition("-")[2]
    legacy.sql("""INSERT INTO "T_DARL" VALUES ('1000', 'D1', ?, '0'), ('2000', 'D2', ?, '1')""", number, number)
    assert verbs(legacy.dani("plan")) == {"remove": 1}
    legacy.sql("""INSERT INTO "T_DARL" VALUES ('2000', 'D3', ?, '0')""", number)
    before = legacy.people()
    (blocker,) = legacy.dani("plan", code=4)["blockers"]
    assert (blocker["code"], blocker["address"]) == ("removal-blocked", "user.deniz.kurt")
    assert legacy.said("apply", "--approve").code == 4
    assert legacy.people() == before


def test_who_is_not_declared_any_more_is_deleted_where_nothing_is_owed(take) -> None:
    legacy = take("legacy", "applied")
    gone(legacy)
    run = legacy.dani("apply", "--approve")["run"]["id"]
    assert legacy.sql('SELECT count(*) FROM "T_PERS"') == [(29,)]
    legacy.dani("rollback", run, "--approve")
    assert legacy.sql('SELECT count(*) FROM "T_PERS"') == [(30,)]


def test_a_name_that_holds_the_separator_is_told_at_its_place(take) -> None:
    legacy = take("legacy")
    change(legacy, WORKS, "deniz.kurt", {"last_name": "Kürt, Doktor"})
    ended = legacy.said("plan")
    assert ended.code != 0
    assert f"{WORKS}:" in ended.out + ended.err


def test_what_dani_remembers_is_in_utc_where_the_project_keeps_local_times(take) -> None:
    legacy = take("legacy", "applied")
    (run,) = legacy.dani("runs")["runs"]
    assert timedelta() <= datetime.now(UTC) - datetime.fromisoformat(run["started_at"]) < timedelta(hours=3)
    legacy.dani("audit", "verify")
