"""The full cycle on two foreign projects: looked at, filled, changed from outside, put back, taken back."""

import pytest

from tests.foreign.projects import Project

QUIET = ("thread", "mail", "fork")
HISTORY = ("people_historicalemployee",)
PEOPLE = 30
DEPARTMENTS = {"split": 8, "legacy": 7}
GROUPS = {"split": 2, "legacy": 0}


def verbs(plan) -> dict[str, int]:
    return {name: number for name, number in plan["summary"].items() if number and name != "unchanged"}


def changed(plan) -> dict[str, set[str]]:
    return {it["address"]: {field["name"] for field in it["fields"]} for it in plan["changes"]}


def settled(project: Project) -> dict[str, list[str]]:
    """The system's rows without what only grows: history, and the stamps of the last writer."""
    rows = project.people(HISTORY)
    if project.name == "legacy":
        rows["T_PERS"] = [str(it) for it in project.sql(f'SELECT {STAMPLESS} FROM "T_PERS" ORDER BY "BUKRS", "PERNR"')]
    return rows


STAMPLESS = (
    '"SATZ_ID", "MANDT", "BUKRS", "PERNR", "NACHN", "MAIL", "TEL", "ORG_BUKRS", "ORGKZ", "CHEF_BUKRS", "CHEF_PERNR", '
    '"STELLE", "BESCH", "EINTR", "EINTR_ZEIT", "AUSTR", "KST", "KSTU", "GEHALT", "WAERS", "STAT", "AKTIV"'
)


@pytest.mark.parametrize("state", ["seeded", "applied"])
def test_a_binding_fits_its_project(take, foreign, state) -> None:
    project = take(foreign, state)
    before = project.people()
    ended, did = project.watched("binding", "check")
    assert ended.code == 0, ended.out + ended.err
    assert project.people() == before
    assert [did.deeds[name] for name in QUIET] == [0, 0, 0]
    assert project.mail == ""


@pytest.mark.parametrize("state", ["ready", "applied"])
def test_a_plan_changes_no_row_starts_no_thread_and_sends_no_mail(take, foreign, state) -> None:
    project = take(foreign, state)
    project.dani("plan")
    before = project.picture()
    ended, did = project.watched("plan")
    assert ended.code == 0, ended.out + ended.err
    assert project.picture() == before
    assert [did.deeds[name] for name in QUIET] == [0, 0, 0]
    assert project.mail == ""


def test_everything_is_created_and_the_second_plan_is_empty(take, foreign) -> None:
    project = take(foreign, "applied")
    assert verbs(project.dani("plan", "--exit-code")) == {}
    (run,) = project.dani("runs")["runs"]
    assert run["summary"]["create"] == PEOPLE + DEPARTMENTS[foreign] + GROUPS[foreign]
    assert project.mail == ""


def test_an_apply_starts_no_thread_and_sends_no_mail(take, foreign) -> None:
    project = take(foreign)
    ended, did = project.watched("apply", "--approve")
    assert ended.code == 0, ended.out + ended.err
    assert [did.deeds[name] for name in QUIET] == [0, 0, 0]
    assert project.mail == ""


def test_the_first_run_taken_back_leaves_every_table_as_it_was(take, foreign) -> None:
    project = take(foreign)
    before = settled(project)
    run = project.dani("apply", "--approve")["run"]["id"]
    assert settled(project) != before
    project.dani("rollback", run, "--approve")
    assert settled(project) == before


DRIFTS = {
    "split": (
        (
            "UPDATE people_workinformation SET office = 'Elsewhere' WHERE employee_id = (SELECT id FROM people_employee "
            "WHERE badge_id = 'F-0007')"
        ),
        "UPDATE people_employee SET last_name = 'Married', full_name = 'Zeynep Married' WHERE badge_id = 'F-0007'",
        "UPDATE org_department SET name = 'Renamed' WHERE name = 'Ventas'",
    ),
    "legacy": (
        """UPDATE "T_PERS" SET "NACHN" = 'Married, Marko', "STELLE" = 'Elsewhere' WHERE "MAIL" LIKE 'marko.vrban@%'""",
        """UPDATE "T_ORG" SET "BEZ" = 'Renamed' WHERE "ORGKZ" LIKE 'LAGER%'""",
    ),
}
DRIFTED = {
    "split": {"user.zeynep.aksoy": {"last_name"}, "department.sales": {"name"}},
    "legacy": {"user.marko.vrban": {"last_name", "job_title"}, "department.store": {"name"}},
}


def test_what_others_changed_is_told_and_put_back(take, foreign) -> None:
    project = take(foreign, "applied")
    before = settled(project)
    for statement in DRIFTS[foreign]:
        project.sql(statement)
    assert project.dani("drift", "--exit-code", code=2)["items"]
    assert changed(project.dani("plan")) == DRIFTED[foreign]
    project.dani("apply", "--approve")
    after = settled(project)
    if foreign == "split":  # nobody declared an office
        project.sql("UPDATE people_workinformation SET office = '' WHERE office = 'Elsewhere'")
        after = settled(project)
    assert after == before


SOMEBODY = {"split": ("faro-netze", "sade.olabode"), "legacy": ("works", "kwame.ofori")}
DISABLED = {
    "split": "UPDATE people_employee SET is_active = ? WHERE badge_id = 'F-0010'",
    "legacy": """UPDATE "T_PERS" SET "AKTIV" = ? WHERE "MAIL" = 'kwame.ofori@wanderwerk.example'""",
}
LOGIN = "UPDATE auth_user SET is_active = ? WHERE username = 'sade.olabode@faro.example'"


def test_who_was_disabled_by_others_is_enabled_only_on_request(take, foreign) -> None:
    project = take(foreign, "applied")
    before, off = settled(project), False if foreign == "split" else "0"
    project.sql(DISABLED[foreign], off)
    if foreign == "split":
        project.sql(LOGIN, off)
    plan = project.dani("plan")
    who = f"user.{SOMEBODY[foreign][1]}"
    assert (plan["changes"], [it["address"] for it in plan["held"]]) == ([], [who])
    project.dani("apply", "--approve", "--restore", who)
    assert settled(project) == before


CHANGES = {
    "transfer": {"department": {"split": "metering", "legacy": "store"}},
    "title": {"job_title": "Engineer"},
    "leaver": {"end_date": "2021-06-30"},
    "manager": {"manager": None},
    "rename": {"first_name": "Ƒolá", "email": "new.address@firm.example"},
}
CHANGED = {
    "split": ("faro-netze", ("sade.olabode", "aleksy.wrona", "hinrich.ehlers", "noura.alsabah", "lan.pham")),
    "legacy": ("works", ("kwame.ofori", "marko.vrban", "siri.tangen", "jozef.sikora", "thuy.le")),
}


def test_changes_are_written_and_taken_back(take, foreign) -> None:
    project = take(foreign, "applied")
    before, wanted = settled(project), {}
    file, people = CHANGED[foreign]
    for (what, fields), key in zip(CHANGES.items(), people, strict=True):
        said = {name: value[foreign] if isinstance(value, dict) else value for name, value in fields.items()}
        wanted[f"user.{key}"] = change(project, f"playbooks/people/{file}.yaml", key, said)
        wanted[f"user.{key}"] |= {"status", "enabled"} if what == "leaver" else set()
    assert changed(project.dani("plan")) == wanted
    run = project.dani("apply", "--approve")["run"]["id"]
    assert verbs(project.dani("plan", "--exit-code")) == {}
    assert settled(project) != before
    project.dani("rollback", run, "--approve")
    assert settled(project) == before


def change(project: Project, file: str, key: str, fields) -> set[str]:
    """Writes fields into a playbook; gives their names."""
    from ruamel.yaml import YAML

    yaml, path = YAML(), project.folder / file
    content = yaml.load(path)
    content["users"][key].update(fields)
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
    return set(fields)


def test_an_export_of_what_was_applied_is_planned_as_nothing(take, foreign) -> None:
    project = take(foreign, "applied")
    project.said("export", "--to", "exported")
    plan = project.dani("plan", "exported")
    assert {verb: number for verb, number in verbs(plan).items() if verb != "release"} == {}


def test_who_is_there_already_is_adopted_and_left_as_is(take, foreign) -> None:
    project = take(foreign, "seeded")
    before = project.people()
    ended = project.said("export", "--to", "exported")
    assert ended.code == 0, ended.err
    plan = project.dani("plan", "exported", "--exit-code")
    assert set(verbs(plan)) == {"adopt"}
    assert plan["people"]["total"] == 200
    project.dani("apply", "exported", "--approve")
    assert project.people() == before
    assert verbs(project.dani("plan", "exported", "--exit-code")) == {}


def test_the_number_of_statements_of_a_plan_does_not_grow_with_the_people(take, foreign, figure) -> None:
    told = {}
    for people in (20, 200):
        project = take(foreign, f"seeded {people}")
        project.said("export", "--to", "exported")
        project.said("apply", "exported", "--approve")
        told[people] = project.watched("plan", "exported")[1].statements
    figure(f"statements of a plan in {foreign}, by people", told)
    assert told[20] == told[200] > 0


def test_playbooks_in_another_order_give_the_same_digest(take, foreign) -> None:
    project = take(foreign)
    first = project.dani("plan")["digest"]
    for number, file in enumerate(sorted((project.folder / "playbooks").rglob("*.yaml"))):
        reverse(file)
        file.rename(file.with_name(f"{9 - number}-{file.name}"))
    assert project.dani("plan")["digest"] == first


def reverse(file) -> None:
    from ruamel.yaml import YAML

    yaml = YAML()
    content = yaml.load(file)
    for name in ("users", "departments", "groups"):
        if name in content:
            content[name] = dict(list(content[name].items())[::-1])
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)


TOO_MUCH = {
    "split": ("faro-netze", "mirela.stoica", {"email": f"{'m' * 50}@faro.example", "job_title": "Alchemist"}),
    "legacy": ("works", "rua.tipene", {"job_title": "x" * 41, "cost_center": "1234567-01"}),
}


def test_what_the_target_cannot_take_is_told_at_its_place(take, foreign) -> None:
    project = take(foreign)
    file, key, fields = TOO_MUCH[foreign]
    change(project, f"playbooks/people/{file}.yaml", key, fields)
    before = project.picture()
    ended = project.said("plan")
    assert ended.code != 0
    lines = (project.folder / f"playbooks/people/{file}.yaml").read_text("utf-8").splitlines()
    for name, value in fields.items():
        line = next(number for number, text in enumerate(lines, 1) if f"{name}: {value}" in text)
        assert f"playbooks/people/{file}.yaml:{line}:" in ended.out + ended.err, (name, ended.out + ended.err)
    assert project.picture() == before


def test_a_field_without_a_place_is_told_as_one(take, foreign) -> None:
    project = take(foreign, "applied")
    told = {field: _explained(project, f"user.{SOMEBODY[foreign][1]}.{field}") for field in ("gender", "last_name")}
    assert told == {
        "gender": ("nobody", "not kept: this HR system has no place for it"),
        "last_name": ("playbook", "as declared"),
    }


def _explained(project: Project, address: str) -> tuple[str, str]:
    (field,) = project.dani("explain", address)["fields"]
    return field["owner"], field["verdict"]
