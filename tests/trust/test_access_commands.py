"""Roles, commands and ways in, through the command line on a real database."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from dani_playbook.core.access import Action
from dani_playbook.runner.gate import Gate
from dani_playbook.runner.keys import SCOPES
from dani_playbook.runner.opened import Opened
from tests.conftest import Figure
from tests.runner.conftest import Project
from tests.trust.signing import STAFF, Office, playbook, quick_passwords

EVERY = "admin hr_manager it_admin auditor"
COMMANDS: dict[str, tuple[str, str]] = {
    "runs": (f"{EVERY} recruiter operator", "runs"),
    "drift": (f"{EVERY} recruiter operator", "drift"),
    "explain a person": (f"{EVERY} operator", "explain user.emil"),
    "explain a setting": (f"{EVERY} operator", "explain setting.motto"),
    "show a run": (f"{EVERY} operator", "show RUN"),
    "plan all": ("admin auditor operator", "plan"),
    "plan a person": ("admin hr_manager auditor operator", "plan --target user.emil"),
    "plan a setting": ("admin it_admin auditor operator", "plan --target setting.motto"),
    "apply a person": ("admin hr_manager operator", "apply --approve --target user.emil"),
    "apply a setting": ("admin it_admin operator", "apply --approve --target setting.motto"),
    "roll back all": ("admin operator", "rollback RUN --approve"),
    "export people": ("admin hr_manager operator", "export user.*"),
    "export settings": ("admin it_admin operator", "export setting.*"),
    "reveal people": ("admin hr_manager", "export user.* --reveal --force-reveal --reason asked"),
    "list the audit trail": ("admin auditor operator", "audit list"),
    "verify the audit trail": ("admin auditor operator", "audit verify"),
    "set a password": ("admin", "user password user.olga --password-stdin"),
    "make a key": (f"{EVERY} recruiter", "keys create x --scope look"),
    "revoke a key of others": ("admin", "keys revoke zzzzzzzz"),
}
NEVER_BY_KEY = {"reveal people", "set a password", "make a key", "revoke a key of others"}
DENIED = 5


@pytest.fixture
def office(project: Project) -> Iterator[Office]:
    with quick_passwords():
        made = Office(project)
        made.fill()
        yield made


def callers(office: Office) -> Iterator[tuple[str, str, Callable[[str], int]]]:
    """Role, way, and what calls a line that way and gives the exit code."""

    def by_session(key: str) -> Callable[[str], int]:
        assert office.login(key).code == 0
        return lambda line: office.call(*line.split(), home=key, text="a password that is new\n").code

    def by_key(key: str) -> Callable[[str], int]:
        secret = office.key_of(key, *SCOPES)
        return lambda line: office.call(*line.split(), DANI_API_KEY=secret.reveal()).code

    for key, role in STAFF.items():
        yield role, "session", by_session(key)
        yield role, "key", by_key(key)
    yield "operator", "machine", lambda line: office.call(*line.split(), text="a password that is new\n").code


def wrong_cells(office: Office) -> tuple[int, list[str]]:
    """How many cells there are, and those where a command went through, or was denied, against what is meant."""
    wrong, cells, numbers = [], 0, count(1)
    office.project.write("playbooks/a.yaml", playbook(999))
    run = office.project.apply()
    for role, way, call in callers(office):
        for name, (roles, line) in COMMANDS.items():
            office.project.write("playbooks/a.yaml", playbook(next(numbers)))
            allowed = role in roles.split() and not (way == "key" and name in NEVER_BY_KEY)
            code = call(line.replace("RUN", run))
            cells += 1
            if (code != DENIED) is not allowed or code in (1, 9, 64):
                wrong.append(f"{role} by {way}: {name}: {code}")
    return cells, wrong


def test_each_role_may_what_it_is_meant_to_by_every_way(office: Office, figure: Figure) -> None:
    cells, wrong = wrong_cells(office)
    assert wrong == []
    denied = [row for row in office.rows() if row["result"] == "denied"]
    assert len(denied) > cells // 2
    figure("role matrix: cells through the command line, all as meant", cells)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_the_gate_everybody_may_everything(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gate, "require", lambda *arguments: None)
    _, wrong = wrong_cells(office)
    assert {"employee by session: apply a person: 0", "employee by session: reveal people: 0"} <= set(wrong)


def test_what_is_denied_changes_nothing_and_leaves_one_row(office: Office) -> None:
    office.login("emil")
    office.project.write("playbooks/a.yaml", playbook(7))
    before, rows = office.project.export(), len(office.rows())
    ended = office.call("apply", "--approve", home="emil")
    assert (ended.code, ended.out) == (DENIED, "")
    assert "user.emil (employee) may not plan changes of anything" in ended.err
    assert office.project.export() == before
    denied = [row for row in office.rows()[rows:] if row["result"] == "denied"]
    assert [(row["actor"], row["action"], row["detail"]["way"]) for row in denied] == [("user.emil", "plan", "session")]


def test_a_plan_out_of_reach_says_which_kinds_and_how_to_leave_them_out(office: Office) -> None:
    office.login("ivan")
    office.project.write("playbooks/a.yaml", playbook(8))
    ended = office.call("plan", home="ivan")
    assert "user.ivan (it_admin) may not plan changes of user (1)" in ended.err
    assert "--target" in ended.err
    assert office.call("plan", "--target", "setting.*", home="ivan").code == 0


def test_who_hires_may_not_give_rights(office: Office) -> None:
    text = playbook().replace("roles: [employee]", "roles: [employee, admin]")
    office.project.write("playbooks/a.yaml", text)
    office.login("hanna")
    ended = office.call("apply", "--approve", home="hanna")
    assert ended.code == DENIED
    assert "give or take roles with rights" in ended.err
    office.project.write("playbooks/a.yaml", text.replace(", admin", ", manager"))
    assert office.call("apply", "--approve", home="hanna").code == 0
    office.project.write("playbooks/a.yaml", text)
    office.login("boss")
    assert office.call("apply", "--approve", home="boss").code == 0


def test_once_an_admin_can_sign_in_the_machine_makes_nobody_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = playbook().replace("roles: [employee]", "roles: [employee, admin]")
    office.project.write("playbooks/a.yaml", text)
    ended = office.call("apply", "--approve")
    assert (ended.code, "may not give or take roles with rights any more" in ended.err) == (DENIED, True)
    assert office.rows("grant")[-1]["result"] == "denied"
    office.project.write("playbooks/a.yaml", playbook(1))
    assert office.call("apply", "--approve").code == 0
    office.project.write("playbooks/a.yaml", text)
    monkeypatch.setattr(Opened, "require_grant", lambda *arguments: None)
    assert office.call("apply", "--approve").code == 0


def test_a_session_that_was_made_without_a_role_opens_nothing_where_everybody_must_sign_in(office: Office) -> None:
    text = (office.project.root / "dani.yaml").read_text("utf-8")
    office.project.write("dani.yaml", text + "access: {login: required}\n")
    for line in ("runs", "plan", "apply --approve", "drift", "export", "audit list", "explain user.emil"):
        ended = office.call(*line.split())
        assert ended.code == DENIED, line
        assert "dani login" in ended.err
    assert "failed" in office.call("doctor").out
    office.login("boss")
    assert office.call("runs", home="boss").code == 0
    assert office.call("runs", DANI_API_KEY=office.key_of("boss", "look").reveal()).code == 0


def test_the_live_system_isnt_opened_without_asking(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (office.project.root / "dani.yaml").read_text("utf-8")
    office.project.write("dani.yaml", text + "access: {login: required}\n")
    from dani_playbook.core.errors import Denied

    with pytest.raises(Denied):
        office.session().live  # noqa: B018
    with pytest.raises(Denied):
        office.session().memory  # noqa: B018
    monkeypatch.setattr(Gate, "enter", lambda self: None)
    assert office.session().live


@pytest.mark.parametrize("action", [Action.REVEAL, Action.MAKE_KEY, Action.SET_PASSWORD])
def test_what_matters_most_needs_a_fresh_sign_in(office: Office, action: Action) -> None:
    lines = {
        Action.REVEAL: "export user.* --reveal --force-reveal --reason asked",
        Action.MAKE_KEY: "keys create x --scope look",
        Action.SET_PASSWORD: "user password user.olga --password-stdin",
    }
    line = lines[action].split()
    office.login("boss")
    for _ in range(3):
        office.later(minutes=20)
        assert office.call("runs", home="boss").code == 0
    assert office.call(*line, home="boss", text="another good password\n").code == 0
    office.later(minutes=1)
    ended = office.call(*line, home="boss", text="another good password\n")
    assert ended.code == DENIED
    assert "sign in again" in ended.err
    assert office.call("plan", home="boss").code == 0


def test_revealing_needs_a_reason_and_leaves_it(office: Office) -> None:
    office.login("hanna")
    line = ("explain", "user.emil", "--reveal", "--force-reveal")
    without = office.call(*line, home="hanna")
    assert (without.code, "--reason" in without.err, "5555" in without.out) == (64, True, False)
    ended = office.call(*line, "--reason", "asked by the works council", home="hanna")
    assert ended.code == 0
    assert "555556" in ended.out.replace(" ", "")
    row = office.rows("reveal")[-1]
    assert (row["actor"], row["object"], row["detail"]["reason"]) == (
        "user.hanna",
        "user.emil",
        "asked by the works council",
    )
    assert office.call("plan", "--reveal", "--force-reveal", "--reason", "asked", home="hanna").code == 0
    assert office.call("--reason", "asked", "plan", "--reveal", "--force-reveal", home="hanna").code == 0
    assert office.call("plan", "--reason", "nothing is raised", home="hanna").code == 64


def test_masked_values_go_into_a_pipe_or_a_file_only_by_force(office: Office) -> None:
    office.login("hanna")
    for more in ((), ("--output", "x.json")):
        ended = office.call("export", "user.*", "--reveal", "--reason", "asked", *more, home="hanna")
        assert ended.code == DENIED
        assert "--force-reveal" in ended.err
        assert ended.out == ""
