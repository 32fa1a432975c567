"""Two applies never interleave, not even when a frozen holder wakes up.

``DANI_HISTORIES`` says how many histories there are over both databases, ``DANI_APPENDS`` how many appends each process
makes in one; ``make torture`` has 1,000 of 100 appends.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from dani_playbook.runner.auditing import audit_verify
from tests.conftest import Figure
from tests.runner.conftest import Project, configured
from tests.trust.crashing import NO_LIMITS
from tests.trust.histories import DONE, REFUSED, UNKNOWN, Append, Crew, Said, crew_of, disturbances, faults_of, shown

HISTORIES = int(os.environ.get("DANI_HISTORIES", "100"))
APPENDS = int(os.environ.get("DANI_APPENDS", "12"))
CREW = 6


@pytest.fixture
def quick(project: Project) -> Project:
    configured(project.root, project.place, NO_LIMITS)
    return project


@pytest.fixture
def crews() -> Iterator[list[Crew]]:
    made: list[Crew] = []
    yield made
    for crew in made:
        crew.end()


def test_no_history_has_an_inversion_a_loss_or_a_double(quick: Project, crews: list[Crew], figure: Figure) -> None:
    crews.append(crew := crew_of(quick, CREW, seed=HISTORIES))
    disturb, outcomes, began = disturbances(quick), Counter[str](), time.monotonic()
    each = max(1, APPENDS // CREW)
    for _ in range(HISTORIES // 2):
        wrong, said = crew.history(each, disturb)
        assert wrong == []
        outcomes.update(item.outcome for item in said)
    took = time.monotonic() - began
    assert outcomes[DONE] > sum(outcomes.values()) / 3
    assert audit_verify(quick.session()).document["fault"] is None
    runs = [run.token for run in reversed(quick.session().memory.runs())]
    assert runs == sorted(runs)
    figure("histories without interleaving, of 6 processes", HISTORIES // 2)
    figure("histories: appends", f"{sum(outcomes.values())} in {took:.0f} s, {dict(outcomes)}, {shown(crew.counts)}")


def test_without_the_token_the_checker_finds_what_is_wrong(
    quick: Project, crews: list[Crew], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: who slept between taking the lock and beginning goes on as if nothing had been."""
    from dani_playbook.state.fence import SystemLock

    monkeypatch.setattr(SystemLock, "check", lambda lock: None)
    crews.append(crew := crew_of(quick, CREW, seed=1, programme="journal.run_created.before=sleep:0.25#2"))
    disturb = disturbances(quick)
    found: list[str] = []
    for _ in range(20):
        found += crew.history(2, disturb)[0]
        if any("came after" in text for text in found):
            return
    pytest.fail(f"nothing was found but {found}")


RIGHT: list[Append] = [[1, "w0.1"], [3, "w1.1"], [4, "w0.2"]]
TOLD = [Said("w0.1", DONE), Said("w1.1", UNKNOWN), Said("w0.2", DONE), Said("w1.2", REFUSED), Said("w2.1", UNKNOWN)]
WRONG: list[tuple[list[Append], str]] = [
    ([[3, "w1.1"], [1, "w0.1"], [4, "w0.2"]], "token 1 came after token 3"),
    ([[1, "w0.1"], [1, "w1.1"], [4, "w0.2"]], "token 1 came after token 1"),
    ([[1, "w0.1"], [4, "w0.2"], [5, "w0.2"]], "w0.2 is there twice"),
    ([[1, "w0.1"], [3, "w1.1"]], "w0.2 was done and is lost"),
    ([*RIGHT, [5, "w1.2"]], "w1.2 was refused and is there"),
    ([[1, "w0.2"], [2, "w0.1"]], "w0's appends are out of order"),
]


def test_a_right_history_passes_the_checker() -> None:
    assert faults_of(RIGHT, TOLD) == []


@pytest.mark.parametrize(("appends", "fault"), WRONG, ids=[fault for _, fault in WRONG])
def test_the_checker_finds(appends: list[Append], fault: str) -> None:
    assert fault in faults_of(appends, TOLD)
