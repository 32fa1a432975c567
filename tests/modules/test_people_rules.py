"""Rules about people, departments and groups, each broken and kept."""

from typing import Any

import pytest

from tests.modules.world import Objects, codes_of, problems_of, world_of

PAST, SOON, LATER = "2020-01-01", "2026-12-01", "2027-03-01"


def person(name: str, **fields: Any) -> dict[str, Any]:
    return {"email": f"{name}@x.example", "first_name": name.title(), "department": "eng", "start_date": PAST} | fields


ENG: Objects = {"department.eng": {"name": "Engineering"}}
BROKEN: list[tuple[str, Objects]] = [
    ("self-manager", {"user.ada": person("ada", manager="ada")}),
    ("manager-cycle", {"user.ada": person("ada", manager="bob"), "user.bob": person("bob", manager="ada")}),
    ("manager-left", {"user.ada": person("ada", end_date="2026-11-23"), "user.bob": person("bob", manager="ada")}),
    ("manager-left", {"user.ada": person("ada", status="left"), "user.bob": person("bob", manager="ada")}),
    (
        "manager-left",
        {
            "user.ada": person("ada", end_date="2026-11-30"),
            "user.bob": person("bob", manager="ada", start_date=SOON),
        },
    ),
    ("manager-suspended", {"user.ada": person("ada", status="suspended"), "user.bob": person("bob", manager="ada")}),
    ("manager-not-started", {"user.ada": person("ada", start_date=SOON), "user.bob": person("bob", manager="ada")}),
    (
        "manager-not-started",
        {"user.ada": person("ada", start_date=LATER), "user.bob": person("bob", manager="ada", start_date=SOON)},
    ),
    ("department-cycle", {"department.a": {"name": "A", "parent": "b"}, "department.b": {"name": "B", "parent": "a"}}),
    ("department-cycle", {"department.a": {"name": "A", "parent": "a"}}),
    ("head-left", {"department.a": {"name": "A", "head": "ada"}, "user.ada": person("ada", status="left")}),
    ("closed-department", {"department.a": {"name": "A", "status": "closed"}, "user.z": person("z", department="a")}),
    ("end-before-start", {"user.ada": person("ada", end_date="2019-12-31")}),
    ("end-before-start", {"user.ada": person("ada", probation_end="2019-12-31")}),
    ("unknown-time-zone", {"user.ada": person("ada", time_zone="Europe/Berln")}),
    (
        "job-department-mismatch",
        {
            "department.ops": {"name": "Ops"},
            "user.ada": person("ada", job="dev"),
            "job.dev": {"title": "Dev", "department": "ops"},
        },
    ),
    (
        "over-headcount",
        {
            "department.a": {"name": "A", "headcount_limit": 1},
            "user.y": person("y", department="a"),
            "user.z": person("z", department="a", start_date=SOON),
        },
    ),
    ("duplicate-identity", {"user.ada": person("ada"), "user.eve": person("ADA")}),
    (
        "duplicate-identity",
        {"user.ada": person("ada", username="Straße"), "user.eve": person("eve", username="STRASSE")},
    ),
    ("duplicate-identity", {"user.ada": person("ada", employee_id="7"), "user.eve": person("eve", employee_id="７")}),
    ("duplicate-identity", {"department.a": {"name": "Café"}, "department.b": {"name": "CAFE\u0301"}}),
    ("duplicate-identity", {"department.a": {"name": "A", "code": "x"}, "department.b": {"name": "B", "code": "X"}}),
    ("duplicate-identity", {"group.a": {"name": "All"}, "group.b": {"name": "ALL"}}),
    (
        "duplicate-identity",
        {"group.a": {"name": "A", "email": "all@x.example"}, "group.b": {"name": "B", "email": "ALL@x.example"}},
    ),
    ("owner-left", {"user.ada": person("ada", status="left"), "schedule.s": {"name": "S", "owner": "ada"}}),
    (
        "hiring-manager-left",
        {
            "user.ada": person("ada", status="left"),
            "job.dev": {"title": "Dev", "department": "eng", "status": "open", "hiring_manager": "ada"},
        },
    ),
    (
        "recruiter-left",
        {
            "user.ada": person("ada", status="left"),
            "job.dev": {"title": "Dev", "department": "eng", "status": "open", "recruiters": ["ada"]},
        },
    ),
]
KEPT: list[tuple[str, Objects]] = [
    ("a chain", {"user.ada": person("ada"), "user.bob": person("bob", manager="ada")}),
    (
        "a leaver may keep a manager who left",
        {"user.ada": person("ada", status="left"), "user.bob": person("bob", manager="ada", status="left")},
    ),
    ("a manager on leave", {"user.ada": person("ada", status="leave"), "user.bob": person("bob", manager="ada")}),
    (
        "a manager who starts in time",
        {"user.ada": person("ada", start_date=SOON), "user.bob": person("bob", manager="ada", start_date=LATER)},
    ),
    (
        "a manager who leaves tomorrow",
        {"user.ada": person("ada", end_date="2026-11-24"), "user.bob": person("bob", manager="ada")},
    ),
    ("a manager nobody declares", {"user.bob": person("bob", manager="unknown")}),
    (
        "a closed department whose members left",
        {"department.a": {"name": "A", "status": "closed"}, "user.z": person("z", department="a", status="left")},
    ),
    (
        "a closed department whose head left",
        {"department.a": {"name": "A", "status": "closed", "head": "z"}, "user.z": person("z", status="left")},
    ),
    ("leaving on the first day", {"user.ada": person("ada", end_date=PAST)}),
    (
        "as many as the limit allows",
        {"department.a": {"name": "A", "headcount_limit": 1}, "user.z": person("z", department="a")},
    ),
    (
        "who has left doesn't count",
        {
            "department.a": {"name": "A", "headcount_limit": 1},
            "user.y": person("y", department="a", status="left"),
            "user.z": person("z", department="a"),
        },
    ),
    (
        "the same name in two companies",
        {"department.a": {"name": "A", "company": "One"}, "department.b": {"name": "A", "company": "Two"}},
    ),
    (
        "a stopped schedule whose owner left",
        {"user.ada": person("ada", status="left"), "schedule.s": {"name": "S", "owner": "ada", "enabled": False}},
    ),
    (
        "a filled job whose manager left",
        {
            "user.ada": person("ada", status="left"),
            "job.dev": {"title": "Dev", "department": "eng", "status": "filled", "hiring_manager": "ada"},
        },
    ),
    (
        "a job of the same department",
        {"user.ada": person("ada", job="dev"), "job.dev": {"title": "Dev", "department": "eng"}},
    ),
    ("a time zone", {"user.ada": person("ada", time_zone="America/Toronto")}),
]


@pytest.mark.parametrize(("code", "company"), BROKEN, ids=[f"{code} {n}" for n, (code, _) in enumerate(BROKEN)])
def test_a_broken_rule_is_told_once_with_its_place(code: str, company: Objects) -> None:
    world = world_of({**ENG, **company})
    problems = problems_of(world)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].source is not None
    assert problems[0].address in world.declared


@pytest.mark.parametrize("company", [company for _, company in KEPT], ids=[name for name, _ in KEPT])
def test_a_kept_rule_is_silent(company: Objects) -> None:
    assert codes_of(world_of({**ENG, **company}, live={})) == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("contractor-without-end", person("ada", employment_type="contractor")),
        ("incomplete", {"email": "ada@x.example", "first_name": "Ada", "start_date": PAST}),
        ("incomplete", {"email": "ada@x.example", "first_name": "Ada", "department": "eng", "status": "active"}),
    ],
)
def test_what_is_missing_is_only_known_beside_the_live_system(code: str, fields: dict[str, Any]) -> None:
    company = {**ENG, "user.ada": fields}
    assert codes_of(world_of(company)) == []
    assert codes_of(world_of(company, live={})) == [code]


def test_somebody_who_is_active_already_may_stay_incomplete() -> None:
    live = {"user.ada": {"email": "ada@x.example", "first_name": "Ada", "status": "active", "enabled": True}}
    assert codes_of(world_of({"user.ada": {"job_title": "Lead", "status": "active"}}, live=live)) == []


def test_a_circle_is_printed_whole_and_each_with_its_place() -> None:
    company = {
        **ENG,
        "user.cleo": person("cleo", manager="ada"),
        "user.ada": person("ada", manager="bob"),
        "user.bob": person("bob", manager="cleo"),
    }
    (problem,) = problems_of(world_of(company))
    assert problem.message == (
        "managers run in a circle: ada (company.yaml:35) → bob (company.yaml:45) → cleo (company.yaml:25) → ada"
    )
    assert str(problem.source) == "company.yaml:35:1"
    assert [str(place) for place in problem.related] == ["company.yaml:45:1", "company.yaml:25:1"]


def test_a_circle_closed_through_the_live_system_says_so() -> None:
    live = {"user.ada": person("ada"), "user.bob": person("bob", manager="ada")}
    (problem,) = problems_of(world_of({"user.ada": {"manager": "bob"}}, live=live))
    assert "ada (company.yaml:11) → bob (live) → ada" in problem.message


MESSES: list[Objects] = [
    {"user.ada": person("ada", manager="bob"), "user.bob": person("bob", manager="ada")},
    {"user.ada": person("ada", manager="ada")},
    {"user.ada": person("ada", status="left"), "user.bob": person("bob", manager="ada", status="active")},
    {"department.a": {"name": "A", "parent": "a"}},
    {"department.a": {"name": "A", "status": "closed"}, "user.z": person("z", department="a", status="active")},
    {"department.a": {"name": "A", "headcount_limit": 0}, "user.z": person("z", department="a", status="active")},
    {"user.ada": person("ada", end_date="2019-01-01", status="left")},
    {"user.ada": person("ada", employment_type="contractor", status="active")},
    {"user.ada": person("ada"), "user.eve": person("ADA")},
    {"user.ada": {"email": "a@x.example", "first_name": "A", "status": "active"}},
]


@pytest.mark.parametrize("mess", MESSES, ids=str)
def test_a_mess_that_is_live_and_untouched_is_let_alone(mess: Objects) -> None:
    assert codes_of(world_of({"department.eng": {"name": "Engineering"}}, live=mess)) == []


@pytest.mark.parametrize("mess", MESSES[:6], ids=str)
def test_the_same_mess_is_told_when_it_is_declared(mess: Objects) -> None:
    assert codes_of(world_of(mess, live=mess)) != []


def test_a_leaver_with_reports_whom_nobody_declares_is_told() -> None:
    live = {"user.ada": person("ada", status="active"), "user.bob": person("bob", manager="ada", status="active")}
    (problem,) = problems_of(world_of({"user.ada": {"end_date": "2026-11-20"}}, live=live))
    assert problem.code == "manager-left"
    assert problem.message == "user.ada has left and can't be manager of user.bob"
    assert problem.address is not None
    assert str(problem.address) == "user.ada"


def test_closing_a_department_names_who_is_left_in_it() -> None:
    live = {
        **ENG,
        "user.ada": person("ada", status="active"),
        "job.dev": {"title": "Dev", "department": "eng", "status": "open"},
    }
    (problem,) = problems_of(world_of({"department.eng": {"status": "closed"}}, live=live))
    assert problem.code == "department-not-empty"
    assert "job.dev, user.ada" in problem.message


def test_who_joins_a_full_department_is_where_it_is_told() -> None:
    live = {
        "department.eng": {"name": "Engineering", "headcount_limit": 8},
        **{f"user.a{n}": person(f"a{n}", status="active") for n in range(8)},
    }
    (problem,) = problems_of(world_of({"user.zoe": person("zoe")}, live=live))
    assert (problem.code, str(problem.address), problem.field) == ("over-headcount", "user.zoe", "department")


def test_nobody_under_a_legal_hold_is_deleted() -> None:
    live = {"user.ada": person("ada", hold={"reason": "lawsuit"}), "user.bob": person("bob")}
    world = world_of({}, live=live)
    del world.objects["user"]["ada"]  # type: ignore[attr-defined]
    del world.objects["user"]["bob"]  # type: ignore[attr-defined]
    assert codes_of(world) == ["on-hold"]


def test_a_hold_that_is_over_holds_nobody() -> None:
    world = world_of({}, live={"user.ada": person("ada", hold={"reason": "lawsuit", "until": "2026-11-22"})})
    del world.objects["user"]["ada"]  # type: ignore[attr-defined]
    assert codes_of(world) == []


def test_no_message_holds_a_value_of_a_personal_field() -> None:
    company = {
        **ENG,
        "user.ada": person("ada", end_date="2019-12-31", mobile="+4930123"),
        "user.bob": person("bob", manager="ada"),
    }
    for problem in problems_of(world_of(company)):
        assert "2019" not in f"{problem.message} {problem.hint}"


def test_a_chain_of_ten_thousand_is_followed_without_recursion() -> None:
    chain = {f"user.p{n:05}": person(f"p{n}", manager=f"p{n + 1:05}") for n in range(10_000)}
    straight = world_of({**ENG, **chain, "user.p10000": person("p10000")})
    assert codes_of(straight) == []
    circle = world_of({**ENG, **chain, "user.p10000": person("p10000", manager="p00000")})
    (problem,) = problems_of(circle)
    assert problem.code == "manager-cycle"
    assert problem.message.count("→") == 10_001


def test_problems_come_in_the_same_order_however_the_files_are_sorted() -> None:
    company = dict(pair for _, broken in BROKEN for pair in broken.items())
    turned = dict(reversed(company.items()))
    first = [(problem.code, problem.message.split(":")[0]) for problem in problems_of(world_of(company))]
    second = [(problem.code, problem.message.split(":")[0]) for problem in problems_of(world_of(turned))]
    assert len(first) >= 5
    assert first == second


def test_every_circle_is_told_once() -> None:
    company = {
        **ENG,
        **{f"user.{a}": person(a, manager=b) for a, b in ("ab", "ba", "cd", "de", "ec", "fa", "gf")},
    }
    assert codes_of(world_of(company)) == ["manager-cycle", "manager-cycle"]
