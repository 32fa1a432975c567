"""Rules of jobs, schedules, Power Apps configurations and settings, each broken and kept."""

from typing import Any

import pytest

from tests.modules.world import Objects, codes_of, problems_of, world_of

ENG: Objects = {"department.eng": {"name": "Engineering"}}
APPLIED = {"key": "new", "name": "New", "type": "applied"}
HIRED = {"key": "done", "name": "Hired", "type": "hired"}


def job(**fields: Any) -> Objects:
    base = {"title": "Dev", "department": "eng", "status": "open", "open_date": "2026-11-01"}
    return {"job.dev": base | fields}


def schedule(**fields: Any) -> Objects:
    base = {"name": "Weekly", "action": "user.export", "when": "0 7 * * mon", "time_zone": "Europe/Berlin"}
    return {"schedule.weekly": base | fields}


def form(**fields: Any) -> Objects:
    base = {
        "name": "Form",
        "environment": "people",
        "endpoint": "https://forms.example/api",
        "kind": "user",
        "field_mapping": [{"from": "mail", "to": "email"}, {"from": "given", "to": "first_name"}],
        "dedupe_key": ["mail"],
    }
    return {"powerapps.form": base | fields}


def setting(name: str, value: Any) -> Objects:
    return {"setting.it": {"name": name, "value": value}}


CLOSED: Objects = {"department.eng": {"name": "Engineering", "status": "closed"}}
BROKEN: list[tuple[str, Objects]] = [
    ("job-in-closed-department", {**CLOSED, **job()}),
    ("open-without-date", job(open_date=None)),
    ("end-before-start", job(close_date="2026-10-31")),
    ("duplicate-stage", job(stages=[APPLIED, {**HIRED, "key": "new"}])),
    ("stage-order", job(stages=[HIRED])),
    ("stage-order", job(stages=[APPLIED, {**APPLIED, "key": "again"}])),
    ("stage-order", job(stages=[APPLIED, HIRED, {"key": "talk", "name": "Talk", "type": "interview"}])),
    ("stage-order", job(stages=[APPLIED, HIRED, {**HIRED, "key": "twice"}])),
    ("invalid-cron", schedule(when="every monday")),
    ("invalid-cron", schedule(when="61 * * * *")),
    ("invalid-cron", schedule(when="0 0 0 * * *")),
    ("invalid-cron", schedule(when="0 0 30 2 *")),
    ("unknown-time-zone", schedule(time_zone="Europe/Berln")),
    ("unknown-time-zone", schedule(time_zone="../etc/passwd")),
    ("end-before-start", schedule(start="2027-01-01", until="2026-12-31")),
    ("insecure-endpoint", form(endpoint="http://forms.example/api")),
    ("insecure-endpoint", form(endpoint="https:///api")),
    ("insecure-endpoint", form(endpoint="https://me:pass@forms.example")),
    ("unknown-target-field", form(field_mapping=[{"from": "mail", "to": "emial"}])),
    ("duplicate-mapping", form(field_mapping=[{"from": "mail", "to": "email"}, {"from": "post", "to": "email"}])),
    ("unmapped-dedupe-key", form(dedupe_key=["mial"])),
    ("secret-in-setting", setting("mail.password", "hunter2")),
    ("secret-in-setting", setting("mail", {"api-key": "hunter2"})),
]
KEPT: list[Objects] = [
    job(),
    job(close_date="2026-11-01"),
    job(stages=[APPLIED, HIRED, {"key": "no", "name": "No", "type": "rejected"}]),
    {**CLOSED, **job(status="closed")},
    job(status="draft", open_date=None),
    schedule(when="*/15 7-18 * * 1-5"),
    schedule(when="0 6 29 2 *"),
    schedule(start="2027-01-01", until="2027-01-01"),
    form(),
    form(field_mapping=[{"from": "mail", "to": "key"}]),
    form(field_mapping=[{"from": "mail", "to": "email"}, {"from": "mail", "to": "username"}]),
    setting("mail.password_reset_days", 30),
    setting("mail.token_lifetime", "30 days"),
    setting("leave", {"annual": 30}),
]


@pytest.mark.parametrize(("code", "company"), BROKEN, ids=[f"{code} {n}" for n, (code, _) in enumerate(BROKEN)])
def test_a_broken_rule_is_told_with_its_place(code: str, company: Objects) -> None:
    problems = problems_of(world_of({**ENG, **company}, live={}))
    assert [problem.code for problem in problems] == [code]
    assert problems[0].source is not None
    assert problems[0].field is not None


@pytest.mark.parametrize("company", KEPT, ids=str)
def test_a_kept_rule_is_silent(company: Objects) -> None:
    assert codes_of(world_of({**ENG, **company}, live={})) == []


@pytest.mark.parametrize("mess", [{**ENG, **company} for _, company in BROKEN], ids=str)
def test_a_mess_that_is_live_and_untouched_is_let_alone(mess: Objects) -> None:
    assert codes_of(world_of({"group.all": {"name": "All"}}, live=mess)) == []


def test_a_near_name_is_offered() -> None:
    (problem,) = problems_of(world_of({**ENG, **schedule(time_zone="Europe/Berln")}))
    assert 'did you mean "Europe/Berlin"?' in problem.message


def test_a_setting_s_secret_is_not_repeated() -> None:
    (problem,) = problems_of(world_of(setting("mail.password", "hunter2")))
    assert "hunter2" not in f"{problem.message}{problem.hint}"
