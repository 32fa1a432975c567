"""Each guard of approvals taken out on purpose: then the attack succeeds, so the other tests can fail."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.engine import approve
from dani_playbook.runner import authors, originating, ruling
from tests.runner.conftest import Project
from tests.trust.reviewing import (
    CHANGE,
    MONA,
    RULES,
    applied,
    commit,
    company,
    edit,
    missing,
    run_by,
    saved,
    says_yes,
    under_rules,
)

__all__ = ["company"]
Out = Callable[[pytest.MonkeyPatch], None]


def ignored(company: Project) -> Path:
    with (company.root / ".git/info/exclude").open("a") as file:
        file.write("local.yaml\n")
    company.write("playbooks/local.yaml", "version: 1\ndepartments: {evil: {name: Evil}}\n")
    return approved(company, "hugo")


def own(company: Project) -> Path:
    edit(company, *CHANGE, author=MONA)
    return saved(company)


def about_herself(company: Project) -> Path:
    edit(company, "email: mona@a.example, first_name: Mona", "email: mona@a.example, first_name: Monika")
    return saved(company)


def without_rules(company: Project) -> Path:
    under_rules(company)
    text = (company.root / "dani.yaml").read_text("utf-8")
    company.write("dani.yaml", text.replace(RULES, 'approvals: {people: {"ci@a.example": bot}}\n'))
    commit(company, "ci@a.example")
    edit(company, *CHANGE)
    return saved(company)


def approved(company: Project, key: str) -> Path:
    path = saved(company)
    says_yes(company, path, key)
    return path


def no_reading(patch: pytest.MonkeyPatch) -> None:
    real = originating.read_now
    patch.setattr(originating, "read_now", lambda *words: replace(real(*words), uncommitted=()))


def no_commits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(authors, "_emails", lambda *words: set())


def nobody_is_meant(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(approve, "_is_about", lambda *words: False)


def no_old_rules(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ruling, "in_force", lambda policy, *words: policy)


CONTROLS: list[tuple[Any, Out, str]] = [
    (ignored, no_reading, ""),
    (own, no_commits, "mona"),
    (about_herself, nobody_is_meant, "mona"),
    (without_rules, no_old_rules, ""),
]


@pytest.mark.parametrize(("attack", "out", "key"), CONTROLS, ids=[case[1].__name__ for case in CONTROLS])
def test_without_the_guard_the_attack_succeeds(
    company: Project, attack: Any, out: Out, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missing(company, attack(company))
    out(monkeypatch)
    path = saved(company)
    if key or attack is ignored:
        says_yes(company, path, key or "hugo")
    assert applied(company, path) == "succeeded"


def test_without_the_trail_a_used_approval_would_count_again(company: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state.audit import Trail
    from dani_playbook.state.models import Approval as Row

    edit(company, *CHANGE)
    run_by(company, "hugo")
    edit(company, CHANGE[1], CHANGE[0])
    run_by(company, "hugo")
    Row.objects.update(used_by="")
    edit(company, *CHANGE)
    path = saved(company)
    assert missing(company, path) == ["approval-missing"]
    real = Trail.of_plan
    approvals = lambda self, digest: [row for row in real(self, digest) if row.action == "approved"]  # noqa: E731
    monkeypatch.setattr(Trail, "of_plan", approvals)
    assert applied(company, path) == "succeeded"
