"""Attacks on saved plans and approvals; each is red as long as the attack works."""

import contextlib
import json
import os
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import DaniError, PlanRefused, PlaybookError
from dani_playbook.runner.history import History
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session
from tests.runner.conftest import ENVIRON, Project
from tests.trust.test_approvals import (
    CHANGE,
    LATER,
    NOW,
    RULES,
    applied,
    commit,
    company,
    edit,
    git,
    missing,
    person,
    saved,
    says_yes,
)

__all__ = ["company"]
MONA = "mona@a.example"
SOON_ = NOW + timedelta(minutes=5)


def cannot_approve(project: Project, path: Path, key: str = "mona", at: datetime = SOON_) -> None:
    """``key`` had a part in the plan, or is its subject: her yes isn't taken."""
    plan = project.session_at(at).saved(path).plan
    assert plan.changes
    try:
        told = says_yes(project, path, key, at)
    except DaniError:
        return
    assert told["is_new"]
    pytest.fail(f"{key} approved the own change; {plan.origin.authors if plan.origin else None}")


def run_by(project: Project, approver: str, at: Any = NOW, **asked: Any) -> None:
    """A plan is made, approved and applied."""
    session = person(project.session_at(at), None)
    path = project.root / "run.plan"
    session.save(session.plan(Request(**asked)), path, overwrite=True)
    says_yes(project, path, approver, at)
    assert applied(project, path, at) == "succeeded"
    path.unlink()


# ---------------------------------------------------------------- whose commits are looked at


def test_a_plan_saved_before_a_commit_does_not_hide_the_commit(company: Project) -> None:
    """The run remembers HEAD at apply, not the commit that the plan was made from."""
    edit(company, "name: Ops", "name: Operations")
    path = saved(company)
    edit(company, *CHANGE, author=MONA)
    says_yes(company, path, "hugo")
    assert applied(company, path) == "succeeded"
    cannot_approve(company, saved(company))


def test_a_run_of_one_file_does_not_hide_commits_to_others(company: Project) -> None:
    company.write("playbooks/b.yaml", "version: 1\ndepartments: {x: {name: X}}\n")
    edit(company, *CHANGE, author=MONA)
    session = person(company.session_at(NOW), "ada")
    path = company.root / "part.plan"
    session.save(session.plan(Request(paths=("playbooks/b.yaml",))), path)
    says_yes(company, path, "hugo")
    assert applied(company, path) == "succeeded"
    path.unlink()
    cannot_approve(company, saved(company))


def test_a_run_that_was_taken_back_does_not_hide_its_commits(company: Project) -> None:
    edit(company, *CHANGE, author=MONA)
    run_by(company, "hugo")
    run = company.session().memory.runs(1)[0].id
    back, path = person(company.session_at(NOW), "hugo"), company.root / "back.plan"
    back.save(back.rollback(run), path)
    says_yes(company, path, "ada")
    assert applied(company, path) == "succeeded"
    path.unlink()
    cannot_approve(company, saved(company))


def test_who_wrote_a_change_does_not_approve_its_return_by_two_rollbacks(company: Project) -> None:
    edit(company, *CHANGE, author=MONA)
    run_by(company, "hugo")
    for _ in range(2):
        run = company.session().memory.runs(1)[0].id
        back, path = person(company.session_at(NOW), "hugo"), company.root / "back.plan"
        back.save(back.rollback(run), path, overwrite=True)
        if _:
            break
        says_yes(company, path, "ada")
        assert applied(company, path) == "succeeded"
    cannot_approve(company, path)


def test_a_run_from_an_edited_tree_does_not_hide_commits(company: Project) -> None:
    """Somebody who is signed in applies files that aren't committed, without the change of the last commit."""
    edit(company, *CHANGE, author=MONA)
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(CHANGE[1], CHANGE[0]).replace("name: Ops", "name: Works"))
    session, path = person(company.session_at(NOW), "hugo"), company.root / "run.plan"
    session.save(session.plan(Request()), path)
    says_yes(company, path, "ada")
    assert applied(company, path) == "succeeded"
    path.unlink()
    company.write("playbooks/a.yaml", text)
    git(company, "checkout", "-q", "--", ".")
    cannot_approve(company, saved(company))


def test_going_back_to_an_older_commit_has_an_author(company: Project) -> None:
    """Nobody in particular plans an old commit: what it takes back stands in no new commit."""
    edit(company, *CHANGE)
    run_by(company, "hugo")
    git(company, "reset", "-q", "--hard", "HEAD~1")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]


def test_a_merge_that_takes_the_old_side_has_an_author(company: Project) -> None:
    edit(company, *CHANGE)
    run_by(company, "hugo")
    git(company, "branch", "new")
    git(company, "checkout", "-q", "-b", "old", "HEAD~1")
    git(company, "merge", "-q", "-s", "ours", "-m", "x", "new", author=MONA)
    cannot_approve(company, saved(company))


def test_a_shallow_clone_does_not_hide_authors(company: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What CI checks out by default: one commit."""
    edit(company, *CHANGE, author=MONA)
    edit(company, "name: Ops", "name: Operations")
    clone = tmp_path_factory.mktemp("ci") / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{company.root}", str(clone)], check=True)
    ci = Project(clone, company.place)
    path = saved(ci)
    says_yes(ci, path, "hugo")
    with pytest.raises(PlanRefused) as error:
        applied(ci, path)
    assert [problem.hint for problem in error.value.problems] == ["fetch the whole history (fetch-depth: 0)"]


def test_a_commit_without_an_address_is_a_strangers(company: Project) -> None:
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(*CHANGE, 1))
    commit(company, "", "")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]


def test_who_is_named_as_a_co_author_is_an_author(company: Project) -> None:
    """How a squashed pull request of two names the second."""
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(*CHANGE, 1))
    git(company, "add", "-A", "playbooks")
    git(company, "commit", "-q", "-m", f"x\n\nCo-authored-by: Mona <{MONA}>", author="hugo@a.example")
    cannot_approve(company, saved(company))


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


def under_rules(company: Project) -> None:
    """A run has gone by the rules."""
    edit(company, "name: Ops", "name: Operations")
    run_by(company, "hugo")


def without_rules(company: Project) -> str:
    """Gives dani.yaml as it was."""
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace(RULES, ""))
    commit(company, "ci@a.example")
    return text


def with_rules(company: Project, text: str) -> None:
    company.write("dani.yaml", text)
    commit(company, "ci@a.example")


def early_run(company: Project) -> None:
    early = company.session_at(NOW - timedelta(days=2))
    assert early.apply(early.plan(Request())).document["outcome"] == "succeeded"


def dated(company: Project, line: str = "name: Ops, upcoming: {2026-11-23: {name: Works}}}") -> str:
    """Mona writes a dated change; an apply passes it, before rules are there. Gives dani.yaml as it was."""
    edit(company, "name: Ops}", line, author=MONA)
    text = without_rules(company)
    edit(company, "name: HR", "name: Human")
    early_run(company)
    return text


def test_a_mailmap_does_not_hide_who_wrote_a_dated_line(company: Project) -> None:
    company.write("dani.yaml", dated(company))
    company.write(".mailmap", f"CI <ci@a.example> <{MONA}>\n")
    git(company, "add", "-A", ".mailmap", "dani.yaml")
    git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    cannot_approve(company, saved(company))


def test_a_dated_line_keeps_its_author_when_a_run_of_a_part_has_been_on_its_day(company: Project) -> None:
    text = dated(company)
    company.write("playbooks/a.yaml", (company.root / "playbooks/a.yaml").read_text().replace("Emil", "Emile"))
    commit(company, "ci@a.example")
    on = company.session_at(NOW)
    assert on.apply(on.plan(Request(targets=("user.emil",)))).document["outcome"] == "succeeded"
    company.write("dani.yaml", text)
    commit(company, "ci@a.example")
    next_day = NOW + timedelta(days=1)
    session, path = company.session_at(next_day), company.root / "late.plan"
    session.save(session.plan(Request()), path)
    cannot_approve(company, path, at=next_day)


def test_who_wrote_an_end_date_does_not_approve_the_leaver(company: Project) -> None:
    edit(company, "roles: [employee]", "end_date: 2026-11-22, roles: [employee]", author=MONA)
    text = without_rules(company)
    early_run(company)
    with_rules(company, text)
    path = saved(company)
    assert company.session().saved(path).plan.marks == {"leaver": 1}
    cannot_approve(company, path)


def test_who_wrote_until_when_a_field_is_left_alone_wrote_the_change(company: Project) -> None:
    edit(
        company,
        "job_title: Clerk}\n  hugo",
        "job_title: Chief, ignore: {job_title: {until: 2026-11-23}}}\n  hugo",
        author=MONA,
    )
    text = without_rules(company)
    edit(company, "name: HR", "name: Human")
    early_run(company)
    with_rules(company, text)
    path = saved(company)
    assert company.session().saved(path).plan.changes
    cannot_approve(company, path)


# ---------------------------------------------------------------- what git doesn't see


def stranger(company: Project, path: Path) -> None:
    assert company.session().saved(path).plan.changes
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]


def test_a_playbook_that_git_ignores_is_committed_by_nobody(company: Project) -> None:
    with (company.root / ".git/info/exclude").open("a") as file:
        file.write("local.yaml\n")
    company.write("playbooks/local.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    stranger(company, saved(company))


def test_an_ignored_table_is_committed_by_nobody(company: Project) -> None:
    """Exports with personal data are what people put into .gitignore."""
    company.write(".gitignore", "export.csv\n")
    company.write(
        "playbooks/t.yaml",
        "version: 1\ngenerate:\n  - {collection: departments, each: {csv: ../export.csv}, key: '{{ row.key }}', fields: {name: '{{ row.name }}'}}\n",
    )
    git(company, "add", "-A", "playbooks", ".gitignore")
    git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    company.write("export.csv", "key,name\nevil,Evil\n")
    stranger(company, saved(company))


def test_an_edit_that_git_is_told_not_to_see_is_committed_by_nobody(company: Project) -> None:
    git(company, "update-index", "--assume-unchanged", "playbooks/a.yaml")
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace(*CHANGE, 1))
    stranger(company, saved(company))


def test_a_named_playbook_with_another_ending_is_committed_by_nobody(company: Project) -> None:
    company.write("evil.txt", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    stranger(company, saved(company, paths=("evil.txt",)))


def test_an_untracked_json_table_is_committed_by_nobody(company: Project) -> None:
    company.write(
        "playbooks/t.yaml",
        "version: 1\ngenerate:\n  - {collection: departments, each: {json: ../data.json}, key: '{{ row.key }}', fields: {name: '{{ row.name }}'}}\n",
    )
    git(company, "add", "-A", "playbooks")
    git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    company.write("data.json", '[{"key": "evil", "name": "Evil"}]')
    stranger(company, saved(company))


@pytest.mark.parametrize("word", ["log", "rev-parse", "ls-tree", "cat-file", "merge-base", "blame"])
def test_a_git_that_fails_hides_nobody(
    company: Project, word: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    if word == "blame":
        with_rules(company, dated(company))
    else:
        edit(company, *CHANGE, author=MONA)
    assert company.session().plan(Request()).plan.changes
    folder = tmp_path_factory.mktemp("bin")
    fake = folder / "git"
    fake.write_text(f'#!/bin/sh\nfor w in "$@"; do [ "$w" = {word} ] && exit 128; done\nexec /usr/bin/git "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with pytest.raises(PlaybookError, match=f"git {word}"):
        saved(company)


def test_a_variable_of_git_does_not_point_to_another_repository(
    company: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a git hook GIT_DIR is set."""
    edit(company, *CHANGE, author=MONA)
    other = Project(tmp_path_factory.mktemp("other"), company.place)
    other.write("playbooks/a.yaml", (company.root / "playbooks/a.yaml").read_text())
    other.write("dani.yaml", (company.root / "dani.yaml").read_text())
    git(other, "init", "-q")
    commit(other, "ci@a.example")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(company.root))
    cannot_approve(company, saved(company))


def test_an_address_in_another_encoding_is_no_crash(company: Project) -> None:
    edit(company, *CHANGE)
    at = ["git", "-C", str(company.root)]
    raw = subprocess.run([*at, "cat-file", "commit", "HEAD"], check=True, capture_output=True).stdout
    raw = raw.replace(b"author x <ci@a.example>", b"author x <m\xf6na@a.example>")
    made = subprocess.run(
        [*at, "hash-object", "-t", "commit", "-w", "--stdin"], input=raw, check=True, capture_output=True
    )
    subprocess.run([*at, "reset", "-q", "--soft", made.stdout.decode().strip()], check=True)
    saved(company)


# ---------------------------------------------------------------- about oneself


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


# ---------------------------------------------------------------- rules


def ruled(company: Project, *rules: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8").partition("approvals:")[0]
    lines = "".join(f"    - {rule}\n" for rule in rules)
    company.write("dani.yaml", f"{text}approvals:\n  people: {{ci@a.example: bot}}\n  rules:\n{lines}")
    commit(company, "ci@a.example")


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


# ---------------------------------------------------------------- what a digest stands for


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
    from tests.trust.test_approvals import PEOPLE

    project.write("playbooks/a.yaml", PEOPLE)
    with (project.root / "dani.yaml").open("a") as file:
        file.write(RULES)
    git(project, "init", "-q")
    commit(project, "ci@a.example")
    session = project.session_at(NOW)
    assert session.apply(session.plan(Request())).document["outcome"] == "succeeded"


def test_a_merge_by_the_reviewer_is_no_part_of_the_change(company: Project) -> None:
    """The button on a pull request while main has moved: the merge's author is who pressed it, GitHub commits it."""
    git(company, "checkout", "-q", "-b", "feature")
    edit(company, *CHANGE, author=MONA)
    git(company, "checkout", "-q", "-")
    company.write("playbooks/b.yaml", "version: 1\ndepartments: {x: {name: X}}\n")
    commit(company, "ci@a.example")
    git(
        company,
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge pull request #1",
        "feature",
        author="hugo@a.example",
        committer="ci@a.example",
    )
    path = saved(company)
    says_yes(company, path, "hugo")


@pytest.mark.parametrize("name", ["report.csv", "out/plan.yaml", "requirements.txt"])
def test_what_ci_writes_beside_the_playbooks_is_no_playbook(company: Project, name: str) -> None:
    if name == "requirements.txt":
        company.write(name, "x")
        git(company, "add", name)
        git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    edit(company, *CHANGE)
    company.write(name, "a,b\n")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert applied(company, path) == "succeeded"


# ---------------------------------------------------------------- hostile files


BAD: list[Any] = [
    None,
    5,
    -1,
    1e308,
    True,
    "x",
    "",
    [],
    {},
    [[]],
    {"a": 1},
    "\x1b[2J",
    10**30,
    [None] * 3,
    "a" * 5000,
    "2026-01-01",
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def put(payload: Any, path: tuple[Any, ...], bad: Any) -> Any:
    done = json.loads(json.dumps(payload))
    if not path:
        return bad
    at = done
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = bad
    return done


def hostile(company: Project) -> Any:
    edit(company, "roles: [employee]", 'mobile: "+49301234567", roles: [employee]')
    return json.loads(saved(company).read_bytes().split(b"\n")[0])


def test_a_hostile_file_is_refused_in_words(company: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    from dani_playbook.runner.registry import dictionary
    from dani_playbook.runner.saving import unverified

    payload = hostile(company)
    file = tmp_path_factory.mktemp("x") / "h.plan"
    kinds, crashed, tried = dictionary().kinds, {}, 0
    for path in places(payload):
        for bad in BAD:
            if path == ("hidden_values",) and bad == 10**30:
                continue
            try:
                file.write_bytes(json.dumps(put(payload, path, bad)).encode() + b"\n{}\n")
            except (KeyError, IndexError):
                continue
            tried += 1
            try:
                unverified(file, kinds)
            except DaniError:
                continue
            except Exception as error:  # noqa: BLE001
                where = ".".join(str(p) for p in path if not isinstance(p, int))
                crashed.setdefault((type(error).__name__, where), bad)
    assert not crashed, (tried, len(crashed), list(crashed.items())[:12])


@pytest.mark.parametrize("count", [10**30, 10**11, -5])
def test_a_hostile_count_of_hidden_values_is_refused(company: Project, count: int) -> None:
    import resource

    from dani_playbook.runner.registry import dictionary
    from dani_playbook.runner.saving import unverified

    payload = hostile(company)
    file = company.root / "h.plan"
    file.write_bytes(json.dumps({**payload, "hidden_values": count}).encode() + b"\n{}\n")
    old = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, old[1]))
    try:
        with pytest.raises(PlaybookError):
            unverified(file, dictionary().kinds)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, old)


def test_a_deep_value_in_a_hostile_file_is_refused(company: Project) -> None:
    from dani_playbook.runner.registry import dictionary
    from dani_playbook.runner.saving import unverified

    payload = hostile(company)
    payload["plan"]["changes"][0]["after"]["job_title"] = "DEEP"
    text = json.dumps(payload).replace('"DEEP"', '{"a":' * 700 + "1" + "}" * 700)
    file = company.root / "h.plan"
    file.write_bytes(text.encode() + b"\n{}\n")
    with pytest.raises(PlaybookError):
        unverified(file, dictionary().kinds)


# ---------------------------------------------------------------- what is shown


def test_a_stale_diff_shows_no_masked_value(company: Project) -> None:
    from dani_playbook.hris.employees.models import Employee

    edit(company, "roles: [employee]", 'mobile: "+49301234567", roles: [employee]')
    path = saved(company)
    for key in ("hugo", "mona"):
        says_yes(company, path, key)
    Employee.objects.filter(user__key="emil").update(mobile="+49309999999")
    with pytest.raises(DaniError) as error:
        applied(company, path)
    shown = repr(error.value.problems) + str(error.value)
    assert "+4930" not in shown
    rows = company.session().runs(3).document
    assert "+4930" not in json.dumps(rows, default=str)


def test_the_plan_says_which_file_is_not_committed(company: Project) -> None:
    edit(company, *CHANGE)
    company.write("playbooks/local.yaml", "version: 1\n")
    path = saved(company)
    session = company.session_at(LATER)
    with pytest.raises(DaniError) as error:
        session.apply(session.saved(path))
    assert any("local.yaml" in f"{problem.message} {problem.hint}" for problem in error.value.problems)


# ---------------------------------------------------------------- what the planner chooses


def long_ago(company: Project, name: str, text: str) -> None:
    """Mona commits something that no run reads; a complete run passes it."""
    company.write(name, text)
    git(company, "add", "-A", name)
    git(company, "commit", "-q", "-m", "x", author=MONA)
    edit(company, "name: Ops", "name: Operations")
    run_by(company, "hugo")


def test_a_file_that_no_run_has_read_keeps_its_author(company: Project) -> None:
    long_ago(company, "drafts/raise.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    cannot_approve(company, saved(company, paths=("drafts/raise.yaml",)))


def test_a_folder_named_by_a_variable_keeps_its_authors(company: Project) -> None:
    from dani_playbook.runner.config import read_config

    long_ago(company, "drafts/raise.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    config = read_config(company.root, {**ENVIRON, "DANI_PLAYBOOKS": "drafts"})
    session = Session(config, now=NOW, actor="tester", environ=ENVIRON, clock=lambda: NOW)
    path = company.root / "v.plan"
    session.save(session.plan(Request()), path)
    planned = session.saved(path).plan
    assert planned.changes
    assert planned.origin is not None
    assert "DANI_PLAYBOOKS" in planned.origin.authors.doubts[0].message


def test_an_older_day_that_the_planner_asks_for_needs_a_planner_who_is_known(company: Project) -> None:
    edit(company, "name: Ops}", "name: Ops, upcoming: {2026-11-20: {name: Works}}}")
    run_by(company, "hugo")
    path = saved(company, at=NOW.date() - timedelta(days=30))
    stranger(company, path)


def test_a_run_from_a_branch_that_was_squashed_leaves_nobody_stuck(
    company: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The commit of the last run is in no clone any more; people who left have written in the years before."""
    text = (company.root / "playbooks/a.yaml").read_text("utf-8")
    company.write("playbooks/a.yaml", text.replace("name: HR", "name: People", 1))
    commit(company, "gone@a.example")
    run_by_anybody(company)
    main = subprocess.run(["git", "-C", str(company.root), "branch", "--show-current"], capture_output=True, text=True)
    git(company, "checkout", "-q", "-b", "feature")
    edit(company, "name: Ops", "name: Operations")
    run_by(company, "hugo")
    git(company, "checkout", "-q", main.stdout.strip())
    git(company, "merge", "-q", "--squash", "feature")
    git(company, "commit", "-q", "-m", "Squashed (#1)", author="ci@a.example")
    edit(company, *CHANGE)
    clone = tmp_path_factory.mktemp("ci") / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--single-branch", f"file://{company.root}", str(clone)], check=True, capture_output=True
    )
    ci = Project(clone, company.place)
    path = saved(ci)
    says_yes(ci, path, "hugo")
    assert applied(ci, path) == "succeeded"


def run_by_anybody(company: Project) -> None:
    text = without_rules(company)
    company.apply()
    with_rules(company, text)


def test_an_approval_that_was_used_is_not_unused_past_dani(company: Project) -> None:
    from dani_playbook.state.models import Approval as Row

    edit(company, *CHANGE)
    run_by(company, "hugo")
    edit(company, CHANGE[1], CHANGE[0])
    run_by(company, "hugo")
    Row.objects.update(used_by="")
    edit(company, *CHANGE)
    assert missing(company, saved(company)) == ["approval-missing"]


def test_authors_of_many_dated_lines_are_found_in_time(company: Project) -> None:
    """A pay round: 8,000 lines whose day has come in one table's worth of YAML with some history."""
    lines = [f"# {number} {'x' * 60}" for number in range(8000)]
    for turn in range(40):
        lines[turn * 200 : turn * 200 + 200] = [f"# {turn} {n} {'y' * 60}" for n in range(200)]
        company.write("playbooks/big.yaml", "\n".join(lines) + "\n")
        commit(company, "ci@a.example")
    history = History(company.root)
    began = time.perf_counter()
    ids = history.behind(history.head(), "playbooks/big.yaml", range(1, 8001))
    took = time.perf_counter() - began
    assert len(ids) == 40
    assert took < 5, took


@pytest.mark.parametrize("files", [3, 30])
def test_asking_git_costs_few_calls(company: Project, files: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(files):
        dates = f"upcoming: {{2026-11-23: {{name: E{number}}}}}"
        text = f"version: 1\ndepartments: {{d{number}: {{name: D{number}, {dates}}}}}\n"
        company.write(f"playbooks/d{number}.yaml", text)
    commit(company, MONA)
    text = without_rules(company)
    early_run(company)
    with_rules(company, text)
    calls: list[tuple[str, ...]] = []
    real = History._ask
    monkeypatch.setattr(History, "_ask", lambda self, *words, **more: calls.append(words) or real(self, *words, **more))
    path = saved(company)
    assert len(calls) <= 12, [words[0] for words in calls]
    monkeypatch.undo()
    cannot_approve(company, path)


def test_who_wrote_in_a_submodule_is_a_stranger(company: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Project(tmp_path_factory.mktemp("sub"), company.place)
    other.write("s.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    git(other, "init", "-q")
    git(other, "add", "-A")
    git(other, "commit", "-q", "-m", "x", author=MONA)
    git(company, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "playbooks/sub")
    git(company, "add", "-A", ".gitmodules", "playbooks")
    git(company, "commit", "-q", "-m", "x", author="ci@a.example")
    stranger(company, saved(company))


def test_settings_of_time_are_settings(company: Project) -> None:
    """``time_zone`` and ``offices`` decide which day it is."""
    edit(company, "name: Ops}", "name: Ops, upcoming: {2026-11-24: {name: Works}}}")
    path = saved(company)
    company.write("dani.yaml", (company.root / "dani.yaml").read_text() + "time_zone: Pacific/Auckland\n")
    session = company.session_at(NOW)
    assert session.planner.settings != session.saved(path).plan.origin.settings  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "freeze",
    ["{from: 2026-12-24, until: 2026-12-27, why: x}", "{from: 2026-12-24T10:00:00, until: 2026-12-27, why: x}"],
)
def test_settings_with_dates_make_no_crash(company: Project, freeze: str) -> None:
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", f"{text}freezes: [{freeze}]\n")
    edit(company, *CHANGE)
    with contextlib.suppress(DaniError):
        saved(company)


def test_people_named_in_the_settings_exist(company: Project) -> None:
    """A typing error in ``people`` makes an author whom nobody is."""
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace("user.emil", "user.emli"))
    edit(company, *CHANGE, author="private@b.example")
    path = saved(company)
    says_yes(company, path, "hugo")
    assert missing(company, path) == ["unknown-author"]


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


def test_saying_yes_twice_is_once_also_where_another_rule_waits(company: Project) -> None:
    from dani_playbook.state.models import Approval as Row

    edit(company, "departments:", "settings: {x: {name: x, value: y}}\ndepartments:")
    path = saved(company)
    assert says_yes(company, path, "ada")["is_new"]
    assert not says_yes(company, path, "ada")["is_new"]
    assert Row.objects.count() == 1
