"""Who wrote what a day brings about, however long ago."""

import time
from datetime import timedelta

import pytest

from dani_playbook.runner.history import History
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project
from tests.trust.reviewing import (
    MONA,
    NOW,
    cannot_approve,
    commit,
    company,
    dated,
    early_run,
    edit,
    git,
    saved,
    with_rules,
    without_rules,
)

__all__ = ["company"]


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
