"""Who must say yes to a plan, who may, and that nobody approves their own change."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Approval
from dani_playbook.core.errors import Denied, PlanRefused, PlaybookError
from dani_playbook.core.identity import Way
from dani_playbook.engine import admit
from dani_playbook.runner.approving import approve
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project
from tests.trust.reviewing import (
    CHANGE,
    LATER,
    NOW,
    ROLES,
    RULES,
    SOON,
    applied,
    commit,
    company,
    edit,
    missing,
    person,
    refusals,
    saved,
    says_yes,
)

__all__ = ["company"]


def test_a_plan_waits_for_its_approval_and_goes_with_it(company: Project) -> None:
    edit(company, *CHANGE)
    path = saved(company)
    assert missing(company, path) == ["approval-missing"]
    assert says_yes(company, path, "hugo")["approvals"]["complete"]
    assert applied(company, path) == "succeeded"


def test_without_the_look_at_approvals_the_plan_would_go(company: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(company, *CHANGE)
    path = saved(company)
    assert missing(company, path)
    monkeypatch.setattr(admit, "unapproved", lambda planner, plan, now: [])
    assert applied(company, path) == "succeeded"


def test_an_apply_without_a_file_needs_the_same_approvals(company: Project) -> None:
    edit(company, *CHANGE)
    session = company.session_at(LATER)
    with pytest.raises(PlanRefused, match="isn't approved"):
        session.apply(session.plan(Request()))
    says_yes(company, saved(company), "hugo")
    session = company.session_at(LATER)
    assert session.apply(session.plan(Request())).document["outcome"] == "succeeded"


def test_where_no_rule_fits_the_operators_yes_is_enough(company: Project) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace("    - {name: anything, roles: [hr_manager, admin]}\n", ""))
    edit(company, *CHANGE)
    assert company.apply()


NEEDS = [
    ("job_title: Clerk}\n  hugo", "job_title: Chief}\n  hugo", ["anything"]),
    ("roles: [it_admin]", "roles: [it_admin, admin]", ["anything", "roles"]),
    ("roles: [employee]", "end_date: 2026-11-01, roles: [employee]", ["anything", "leavers"]),
    ("roles: [employee]", 'mobile: "+49301234567", roles: [employee]', ["anything", "private"]),
    ("roles: [employee]", "probation_end: 2021-01-01, roles: [employee]", ["anything", "private"]),
    ("departments:", "settings: {x: {name: x, value: y}}\ndepartments:", ["anything", "settings"]),
]


@pytest.mark.parametrize(("old", "new", "rules"), NEEDS)
def test_a_rule_is_met_by_mark_field_class_and_address(company: Project, old: str, new: str, rules: list[str]) -> None:
    edit(company, old, new)
    found = company.plan().result.document["approvals"]["rules"]
    assert [rule["name"] for rule in found] == rules


def test_two_approvals_are_two_people(company: Project) -> None:
    edit(company, "roles: [employee]", "roles: [employee, manager]")
    path = saved(company)
    assert says_yes(company, path, "hugo")["approvals"]["complete"] is False
    assert says_yes(company, path, "hugo")["is_new"] is False
    assert missing(company, path) == ["approval-missing"]
    assert says_yes(company, path, "ada")["approvals"]["complete"]
    assert applied(company, path) == "succeeded"


WRONG_PEOPLE = [
    (None, Way.MACHINE, ["denied"]),
    ("emil", Way.SESSION, ["denied"]),
    ("ina", Way.SESSION, ["role-missing"]),
    ("hugo", Way.KEY, ["denied"]),
]


@pytest.mark.parametrize(("key", "way", "codes"), WRONG_PEOPLE)
def test_only_a_known_person_with_the_role_approves(
    company: Project, key: str | None, way: Way, codes: list[str]
) -> None:
    edit(company, *CHANGE)
    path = saved(company)
    assert refusals(company, path, key, way) == codes
    assert missing(company, path) == ["approval-missing"]


def wrote(company: Project) -> Path:
    edit(company, *CHANGE, author="mona@a.example")
    return saved(company)


def committed(company: Project) -> Path:
    edit(company, *CHANGE, author="ci@a.example", committer="MONA@A.example")
    return saved(company)


def planned(company: Project) -> Path:
    edit(company, *CHANGE)
    return saved(company, "mona")


def planned_by_key(company: Project) -> Path:
    edit(company, *CHANGE)
    session = person(company.session_at(NOW), "mona", Way.KEY)
    path = company.root / "change.plan"
    session.save(session.plan(Request()), path)
    return path


def wrote_earlier(company: Project) -> Path:
    """A change of hers, and one of somebody else on top of it."""
    edit(company, *CHANGE, author="mona@a.example")
    edit(company, "name: Ops", "name: Operations")
    return saved(company)


def wrote_what_is_due(company: Project) -> Path:
    """She wrote a dated change that an apply has been past; its day has come now."""
    edit(company, "name: Ops}", "name: Ops, upcoming: {2026-11-23: {name: Works}}}", author="mona@a.example")
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace(RULES, ""))
    early = company.session_at(NOW - timedelta(days=2))
    document = early.apply(early.plan(Request())).document
    assert document["outcome"] == "nothing"
    edit(company, "name: HR", "name: Human")
    early.apply(early.plan(Request()))
    company.write("dani.yaml", text)
    commit(company, "ci@a.example")
    return saved(company)


def took_back(company: Project) -> Path:
    run = company.session().memory.runs(1)[0].id
    session = person(company.session_at(NOW), "mona")
    path = company.root / "change.plan"
    session.save(session.rollback(run), path)
    return path


OWN = [wrote, committed, planned, planned_by_key, wrote_earlier, wrote_what_is_due]


@pytest.mark.parametrize("part", OWN, ids=lambda part: part.__name__)
def test_nobody_approves_what_they_had_a_part_in(company: Project, part: Any) -> None:
    path = part(company)
    assert refusals(company, path, "mona") == ["own-change"]
    smuggle(company, path, "mona")
    assert missing(company, path) == ["approval-missing"]
    says_yes(company, path, "hugo")
    assert applied(company, path) == "succeeded"


def test_who_took_a_run_back_does_not_approve_it(company: Project) -> None:
    path = took_back(company)
    assert "own-change" in refusals(company, path, "mona")


def smuggle(company: Project, path: Path, key: str, **more: Any) -> None:
    """An approval that is genuine but was never asked for: the check at apply must not trust the one before."""
    session = person(company.session_at(SOON), key)
    digest = session.saved(path).plan.digest
    said: dict[str, Any] = {
        "digest": digest,
        "approver": Address("user", key),
        "roles": tuple(ROLES[key]),
        "way": "session",
        "at": SOON,
        "expires_at": SOON + timedelta(hours=72),
        "nonce": f"{key}-{digest[:8]}-{len(more)}",
    }
    session.memory.approve(Approval(**said | more))


ABOUT = [
    ("job_title: Clerk}\n  hugo", "job_title: Chief}\n  hugo", "hanna"),
    ("first_name: Hanna", "first_name: Hanna, manager: hugo", "hanna"),
    ("name: Ops}", "name: Ops, head: hanna}", "hanna"),
    ("users:", "groups: {g: {name: G, members: [hanna]}}\nusers:", "hanna"),
]


@pytest.mark.parametrize(("old", "new", "key"), ABOUT)
def test_nobody_approves_what_is_about_themselves(company: Project, old: str, new: str, key: str) -> None:
    edit(company, old, new)
    path = saved(company)
    assert refusals(company, path, key) == ["about-yourself"]
    smuggle(company, path, key)
    assert missing(company, path) == ["approval-missing"]
    says_yes(company, path, "mona")
    assert applied(company, path) == "succeeded"


WORTHLESS: list[dict[str, Any]] = [
    {"expires_at": LATER},
    {"at": LATER + timedelta(hours=1)},
    {"roles": ("employee",)},
    {"approver": Address("user", "nobody")},
    {"digest": "0" * 64},
]


@pytest.mark.parametrize("more", WORTHLESS)
def test_an_approval_counts_only_as_it_was_given(company: Project, more: dict[str, Any]) -> None:
    edit(company, *CHANGE)
    path = saved(company)
    smuggle(company, path, "hugo", **more)
    assert missing(company, path) == ["approval-missing"]


LOST = [{"is_active": False}, {"roles": ["employee"]}, {"status": "left"}]


@pytest.mark.parametrize("change", LOST)
def test_who_has_lost_the_role_or_the_account_since_counts_no_more(company: Project, change: dict[str, Any]) -> None:
    from dani_playbook.hris.accounts.models import User
    from dani_playbook.hris.employees.models import Employee

    edit(company, *CHANGE)
    path = saved(company)
    says_yes(company, path, "hugo")
    rows = Employee.objects.filter(user__key="hugo") if "status" in change else User.objects.filter(key="hugo")
    rows.update(**change)
    assert missing(company, path) == ["approval-missing"]


def test_a_row_that_was_written_past_dani_counts_for_nothing(company: Project) -> None:
    from dani_playbook.state.models import Approval as Row

    edit(company, *CHANGE)
    path = saved(company)
    says_yes(company, path, "hugo")
    for change in ({"mac": "0" * 64}, {"approver": "user.ada"}, {"roles": ["admin", "hr_manager"]}, {"reason": "x"}):
        kept = Row.objects.values().get()
        Row.objects.update(**change)
        assert missing(company, path) == ["approval-missing"]
        Row.objects.update(**{name: kept[name] for name in change})
    assert applied(company, path) == "succeeded"


def test_an_approval_is_used_once(company: Project) -> None:
    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    session = company.session_at(LATER)
    digest = session.plan(Request()).plan.digest
    session.apply(session.plan(Request()))
    edit(company, CHANGE[1], CHANGE[0])
    says_yes(company, saved(company), "hugo")
    session.apply(session.plan(Request()))
    edit(company, *CHANGE)
    path = saved(company)
    assert session.saved(path).plan.digest == digest
    assert missing(company, path) == ["approval-missing"]


def test_a_plan_that_is_made_again_and_is_the_same_keeps_its_approvals(company: Project) -> None:
    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    assert applied(company, saved(company)) == "succeeded"


def test_a_commit_pushed_after_the_review_has_no_approval(company: Project) -> None:
    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    edit(company, "name: Ops", "name: Mine", author="mona@a.example")
    assert missing(company, saved(company)) == ["approval-missing"]


def test_authors_whom_nobody_knows_are_asked_after(company: Project) -> None:
    edit(company, *CHANGE, author="stranger@c.example")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]
    assert company.session().saved(path).result.document["approvals"]["strangers"] == ["stranger@c.example"]


def test_a_private_address_can_be_said_to_be_somebodys(company: Project) -> None:
    edit(company, *CHANGE, author="Private@b.example")
    assert company.plan().result.document["approvals"]["authors"] == ["user.emil"]


def test_what_no_commit_speaks_for_needs_a_planner_who_is_known(company: Project) -> None:
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(*CHANGE, 1))
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]
    assert applied(company, saved(company, "mona")) == "succeeded"


@pytest.mark.parametrize("rule", ["marks: [leavr]", "fields: [salry]", 'addresses: ["usr.*"]'])
def test_a_rule_that_fits_nothing_is_refused(company: Project, rule: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text + f"    - {{roles: [admin], {rule}}}\n")
    with pytest.raises(PlaybookError) as error:
        company.plan()
    assert "did you mean" in error.value.problems[0].message


def test_raising_a_limit_can_need_more_approvals(company: Project) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text + "    - {name: raised, need: 2, roles: [hr_manager], raised: true}\n")
    edit(company, *CHANGE)
    assert len(company.plan().result.document["approvals"]["rules"]) == 1
    asked = company.plan(raises={"field-job-title": 9}, reason="agreed").result.document["approvals"]["rules"]
    assert [rule["name"] for rule in asked] == ["anything", "raised"]


def test_an_approval_leaves_a_row_in_the_audit_trail(company: Project) -> None:
    from dani_playbook.runner.auditing import audit_list

    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    row = audit_list(company.session(), 1).document["rows"][0]
    assert (row["action"], row["actor"]) == ("approved", "user.hugo")


def test_a_plan_whose_time_is_over_can_not_be_approved(company: Project) -> None:
    edit(company, *CHANGE)
    path = saved(company)
    with pytest.raises(PlanRefused, match="any more"):
        says_yes(company, path, "hugo", NOW + timedelta(days=9))


def test_who_is_nobody_is_denied(company: Project) -> None:
    edit(company, *CHANGE)
    session = company.session_at(SOON)
    session.identity = replace(session.identity, name="user.hugo")
    with pytest.raises(Denied):
        approve(session, session.saved(saved(company)), SOON)
