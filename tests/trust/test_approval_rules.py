"""What meets a rule, rules that nothing can meet, and a change of the rules themselves."""

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import DaniError, PlaybookError
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project
from tests.trust.reviewing import (
    CHANGE,
    LATER,
    MONA,
    NOW,
    RULES,
    applied,
    cannot_approve,
    commit,
    company,
    edit,
    missing,
    ruled,
    run_by,
    saved,
    says_yes,
    under_rules,
)

__all__ = ["company"]


@pytest.mark.parametrize("said", ["bot", "user.emil", "user.nobody"])
def test_who_commits_does_not_say_that_they_are_somebody_else(company: Project, said: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace("people: {", f'people: {{"{MONA}": {said}, '))
    edit(company, *CHANGE, author=MONA)
    cannot_approve(company, saved(company))


def test_rules_are_not_taken_out_by_the_change_that_they_would_stop(company: Project) -> None:
    under_rules(company)
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace(RULES, ""))
    edit(company, "roles: [employee]", "roles: [admin]", author=MONA)
    path = saved(company)
    assert missing(company, path) == ["approval-missing"] * 3
    cannot_approve(company, path)
    for key in ("hugo", "ada"):
        says_yes(company, path, key)
    assert applied(company, path) == "succeeded"
    edit(company, "roles: [admin]", "roles: [employee]")
    assert applied(company, saved(company)) == "succeeded"


def test_who_somebody_is_is_not_said_by_the_change_that_it_would_let_pass(company: Project) -> None:
    """An address that no account has; the change itself says that it is somebody else's."""
    under_rules(company)
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace("people: {", 'people: {"second@b.example": user.emil, '))
    edit(company, *CHANGE, author="second@b.example")
    path = saved(company)
    for key in ("hugo", "mona"):
        says_yes(company, path, key)
    assert missing(company, path) == ["unknown-author"]
    path = saved(company, "ada")
    assert company.session().saved(path).result.document["approvals"]["authors"] == ["user.ada", "user.emil"]
    assert applied(company, path) == "succeeded"


def test_an_approval_of_a_plan_is_none_of_a_change_of_the_rules(company: Project) -> None:
    under_rules(company)
    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace(RULES, ""))
    commit(company, MONA)
    assert missing(company, saved(company)) == ["approval-missing"] * 2


def test_a_move_meets_the_rules_of_the_old_address(company: Project) -> None:
    ruled(company, "{name: bosses, roles: [admin], addresses: [user.hanna]}")
    text = (company.root / "playbooks/a.yaml").read_text("utf-8").replace("  hanna: {", "  zoe: {")
    company.write("playbooks/a.yaml", text + "moved:\n  - {from: user.hanna, to: user.zoe}\n")
    commit(company, "ci@a.example")
    planned = company.plan()
    assert [change.verb.value for change in planned.plan.changes] == ["move"]
    assert [rule["name"] for rule in planned.result.document["approvals"]["rules"]] == ["bosses"]


@pytest.mark.parametrize("rule", ["fields: ['role*']", "marks: ['leav*']", "fields: ['*']"])
def test_a_pattern_where_none_is_understood_is_refused(company: Project, rule: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text + f"    - {{name: p, roles: [admin], {rule}}}\n")
    with pytest.raises(PlaybookError):
        company.plan()


@pytest.mark.parametrize(
    "rule",
    [
        "roles: [hr_manger]",
        "roles: [admin], fields: [head], addresses: ['user.*']",
        "roles: [admin], addresses: ['usr*.x']",
        "roles: [admin], marks: [leaver], addresses: ['setting.*']",
    ],
)
def test_a_rule_that_can_never_be_met_is_told(company: Project, rule: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text + f"    - {{name: p, {rule}}}\n")
    with pytest.raises(PlaybookError):
        company.plan()


def test_a_rollback_that_takes_people_away_meets_some_rule_by_mark(company: Project) -> None:
    ruled(company, "{name: gone, roles: [hr_manager], marks: [leaver, deletion]}")
    edit(
        company,
        "users:\n",
        "users:\n  nina: {email: nina@a.example, first_name: Nina, department: hr, start_date: 2020-01-01}\n",
    )
    run = company.apply()
    planned = company.session().rollback(run)
    assert [(str(change.address), change.deletes) for change in planned.plan.changes] == [("user.nina", True)]
    assert [rule["name"] for rule in planned.result.document["approvals"]["rules"]] == ["gone"]


@pytest.mark.parametrize("policy", ["delete", "deactivate", "forget"])
def test_a_removal_meets_a_rule_for_a_field_that_it_takes_out_of_our_hands(company: Project, policy: str) -> None:
    ruled(company, "{name: roles, roles: [admin], fields: [roles, enabled]}")
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    line = next(line for line in text.splitlines(keepends=True) if line.startswith("  emil:"))
    company.write("playbooks/a.yaml", text.replace(line, ""))
    with (company.root / "dani.yaml").open("a") as file:
        file.write(f"removal: {{user: {policy}}}\n")
    assert [rule["name"] for rule in company.plan().result.document["approvals"]["rules"]] == ["roles"]


def test_giving_a_field_away_meets_the_rule_for_it(company: Project) -> None:
    """No longer declared: from now on whoever edits the live system decides it."""
    ruled(company, "{name: roles, roles: [admin], fields: [roles]}")
    edit(company, "roles: [employee], ", "")
    planned = company.plan()
    assert [rule["name"] for rule in planned.result.document["approvals"]["rules"]] == ["roles"]


def test_taking_protection_away_needs_a_yes(company: Project) -> None:
    ruled(company, "{name: everything, roles: [hr_manager]}")
    edit(company, "  emil: {email", "  emil: {protect: true, email")
    path = saved(company)
    changes = company.session().saved(path).plan
    if changes.changes:
        says_yes(company, path, "hugo")
    applied(company, path)
    edit(company, "protect: true, ", "", author=MONA)
    path = saved(company)
    assert missing(company, path) == ["approval-missing"]
    assert company.session().memory.inventory()[Address("user", "emil")].protect


def test_settings_of_time_are_settings(company: Project) -> None:
    """``time_zone`` and ``offices`` decide which day it is."""
    edit(company, "name: Ops}", "name: Ops, upcoming: {2026-11-24: {name: Works}}}")
    path = saved(company)
    company.write("dani.yaml", (company.root / "dani.yaml").read_text() + "time_zone: Pacific/Auckland\n")
    session = company.session_at(NOW)
    assert session.planner.settings != session.saved(path).plan.origin.settings  # type: ignore[union-attr]


def test_settings_with_dates_take_part_in_the_rules(company: Project) -> None:
    """A saved plan and the last run carry the settings as JSON, which knows no dates."""
    freeze(company, "2026-12-24")
    assert saved(company).is_file()


def test_settings_with_a_moment_for_a_date_are_a_problem_of_the_settings(company: Project) -> None:
    freeze(company, "2026-12-24T10:00:00")
    with pytest.raises(PlaybookError) as refused:
        saved(company)
    assert {problem.source.file for problem in refused.value.problems if problem.source} == {"dani.yaml"}


def freeze(company: Project, day: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", f"{text}freezes: [{{from: {day}, until: 2026-12-27, why: x}}]\n")
    edit(company, *CHANGE)


def test_a_commit_after_the_review_that_takes_protection_away_is_reviewed(company: Project) -> None:
    """The digest knows changes only; what is remembered with them isn't part of what was approved."""
    edit(company, "  emil: {email", "  emil: {protect: true, email")
    edit(company, "name: Ops", "name: Operations")
    run_by(company, "hugo")
    assert company.session().memory.inventory()[Address("user", "emil")].protect
    edit(company, *CHANGE)
    says_yes(company, saved(company), "hugo")
    edit(company, "protect: true, ", "", author=MONA)
    session = company.session_at(LATER)
    with pytest.raises(DaniError):
        session.apply(session.plan(Request()))
    assert session.memory.inventory()[Address("user", "emil")].protect


def test_rules_are_asked_once_or_twice_for_an_apply(company: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes times rules, 0.6 s for 10,000 changes and 10 rules each time."""
    from dani_playbook.engine import approve as module

    edit(company, *CHANGE)
    path = saved(company)
    says_yes(company, path, "hugo")
    asked = []
    real = module._fits
    monkeypatch.setattr(module, "_fits", lambda *words, **more: asked.append(1) or real(*words, **more))
    session = company.session_at(LATER)
    planned = session.saved(path)
    session.admit(planned)  # as cli/commands/apply.py does
    session.admit(planned)  # as cli/planning.py does
    session.apply(planned)
    assert len(asked) // len(session.planner.policy.rules) <= 2, len(asked) // len(session.planner.policy.rules)
