"""What a yes stands for, how long it holds, and who can give it: honest people aren't stuck."""

from datetime import timedelta

import pytest

from dani_playbook.core.errors import DaniError
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project
from tests.trust.reviewing import (
    CHANGE,
    LATER,
    NOW,
    PEOPLE,
    RULES,
    applied,
    cannot_approve,
    commit,
    company,
    edit,
    git,
    missing,
    person,
    run_by,
    saved,
    says_yes,
)

__all__ = ["company"]


def test_what_is_about_oneself_under_another_key_is_about_oneself(company: Project) -> None:
    """Released and adopted by her e-mail address again, hanna is declared under a key that isn't the live one."""
    session = company.session()
    company.write(
        "playbooks/a.yaml", (company.root / "playbooks/a.yaml").read_text().replace("  hanna: {", "  boss: {")
    )
    from dani_playbook.state.models import Inventory

    Inventory.objects.filter(kind="user", key="hanna").delete()  # as if dani had never managed her
    commit(company, "ci@a.example")
    edit(company, "job_title: Clerk}\n  hugo", "job_title: Chief}\n  hugo")
    path = saved(company)
    plan = session.saved(path).plan
    assert [str(change.address) for change in plan.changes] == ["user.boss"], plan.changes
    cannot_approve(company, path, "hanna")


# A group gives rights to its owners as well as its members; a job's approver and a schedule's people gain, too.
OTHERS = [
    "groups: {g: {name: G, owners: [hanna]}}",
]


@pytest.mark.parametrize("text", OTHERS)
def test_who_gains_by_another_object_does_not_approve_it(company: Project, text: str) -> None:
    company.write("playbooks/o.yaml", f"version: 1\n{text}\n")
    commit(company, "ci@a.example")
    cannot_approve(company, saved(company), "hanna")


def test_a_first_adoption_that_changes_nothing_can_be_approved(company: Project) -> None:
    """Everybody who may say yes is among those who are adopted."""
    from dani_playbook.state.models import Inventory

    Inventory.objects.all().delete()
    path = saved(company)
    assert company.session().saved(path).plan.is_quiet
    says_yes(company, path, "hugo")


def test_a_yes_to_a_plan_is_none_to_the_same_plan_with_a_raised_limit(company: Project) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text + "    - {name: raised, roles: [hr_manager], raised: true}\n")
    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    session = person(company.session_at(NOW), "ada")
    raised = session.plan(Request(raises={"field-job-title": 900}, reason="so there"))
    session.save(raised, company.root / "raised.plan")
    assert missing(company, company.root / "raised.plan") == ["approval-missing"] * 2


def test_approvals_hold_over_midnight_for_a_plan_that_is_the_same(company: Project) -> None:
    """What a nightly apply from CI meets: approved in the afternoon, made again after midnight."""
    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    night = NOW + timedelta(hours=17)
    session = company.session_at(night)
    assert session.apply(session.plan(Request())).document["outcome"] == "succeeded"


def test_a_saved_plan_outlives_the_day_of_somebody_else(company: Project) -> None:
    """In a company of thousands somebody's day comes every day."""
    company.write(
        "playbooks/b.yaml", "version: 1\nusers: {zed: {email: z@a.example, first_name: Z, start_date: 2026-11-24}}\n"
    )
    commit(company, "ci@a.example")
    run_by(company, "hugo")
    edit(company, *CHANGE)
    path = saved(company)
    says_yes(company, path, "hugo")
    assert applied(company, path, NOW + timedelta(days=1)) == "succeeded"


def test_an_approval_by_a_clock_a_minute_ahead_counts(company: Project) -> None:
    edit(company, *CHANGE)
    path = saved(company)
    says_yes(company, path, "hugo", LATER + timedelta(seconds=30))
    assert applied(company, path, LATER) == "succeeded"


def test_a_first_apply_can_be_approved(project: Project) -> None:
    """dani init, rules, apply: there is no account yet that could say yes."""

    project.write("playbooks/a.yaml", PEOPLE)
    with (project.root / "dani.yaml").open("a") as file:
        file.write(RULES)
    git(project, "init", "-q")
    commit(project, "ci@a.example")
    session = project.session_at(NOW)
    assert session.apply(session.plan(Request())).document["outcome"] == "succeeded"


def test_an_approval_that_was_used_is_not_unused_past_dani(company: Project) -> None:
    from dani_playbook.state.models import Approval as Row

    edit(company, *CHANGE)
    run_by(company, "hugo")
    edit(company, CHANGE[1], CHANGE[0])
    run_by(company, "hugo")
    Row.objects.update(used_by="")
    edit(company, *CHANGE)
    assert missing(company, saved(company)) == ["approval-missing"]


def test_a_plan_that_is_blocked_can_not_be_approved(company: Project) -> None:
    """It could never be applied: the approver is told too late."""
    edit(company, *CHANGE)
    with (company.root / "dani.yaml").open("a") as file:
        file.write("freezes: [{from: 2026-11-23, until: 2026-11-27, why: payroll}]\n")
    commit(company, "ci@a.example")
    path = saved(company)
    assert company.session().saved(path).plan.blockers
    with pytest.raises(DaniError):
        says_yes(company, path, "hugo")


def test_saying_yes_twice_is_once_also_where_another_rule_waits(company: Project) -> None:
    from dani_playbook.state.models import Approval as Row

    edit(company, "departments:", "settings: {x: {name: x, value: y}}\ndepartments:")
    path = saved(company)
    assert says_yes(company, path, "ada")["is_new"]
    assert not says_yes(company, path, "ada")["is_new"]
    assert Row.objects.count() == 1
