"""Killed, failed or cut off at every place and at any moment: all or nothing, and the next one carries on.

``DANI_KILLS`` says how many random kills there are over both databases; ``make torture`` has 10,000.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

import pytest

from dani_playbook.core import failpoint
from dani_playbook.core.errors import DaniError, NeedsPerson
from dani_playbook.core.memory import RunState
from dani_playbook.runner.checkpoint import keep
from dani_playbook.runner.locking import lock_break
from dani_playbook.runner.offline import Request
from dani_playbook.runner.restoring import accept_restored
from tests.conftest import Figure
from tests.databases import Place
from tests.runner.conftest import Project, configured
from tests.trust.crashing import AFTER, NO_LIMITS, Company, drop, killed_after, struck

KILLS = int(os.environ.get("DANI_KILLS", "360"))
"""Random ones, beside those of the matrix."""
FRESH = 250
ACTIONS = ("kill", "raise", "drop")
FAILING = "pivot.after_rows=raise;"
UNTOLD = "pivot.after_commit=raise;"
DYING = "pivot.after_rows=kill"


@pytest.fixture
def company(tmp_path: Any, database: Place) -> Iterator[Company]:
    """A project outside of git that stands as before, with the playbook of after."""
    made = Company(configured(tmp_path, database, NO_LIMITS))
    made.begin()
    made.declare(AFTER)
    yield made
    failpoint.disarm()


def reached(work: Callable[[], object], programme: str = "") -> list[str]:
    """The places that ``work`` comes by, each once, in order."""
    seen: list[str] = []
    failpoint.arm(f"*=note;{programme}", {"note": seen.append, "drop": drop})
    try:
        work()
    except (DaniError, failpoint.FailpointError):
        pass
    finally:
        failpoint.disarm()
    return list(dict.fromkeys(seen))


def programmes(work: Callable[[], object], prefix: str = "") -> list[str]:
    """Every fault at every place that ``work`` comes by; behind ``prefix`` only at the places that it adds."""
    names = [name for name in reached(work, prefix) if not prefix or name.split(".")[0] in ("final", "outcome")]
    return [f"{prefix}{name}={action}" for name in names for action in ACTIONS]


def test_a_fault_at_any_place_of_an_apply_or_a_rollback_leaves_all_or_nothing(
    company: Company, database: Place, figure: Figure
) -> None:
    to_do = {"before": programmes(company.apply), "after": programmes(company.rollback)}
    for prefix in (FAILING, UNTOLD):
        for state, work in (("before", company.apply), ("after", company.rollback)):
            bring(company, state)
            to_do[state] += programmes(work, prefix)
    cells, outcomes, state = sum(map(len, to_do.values())), Counter[str](), company.check()
    while any(to_do.values()):
        if not to_do[state]:
            state = {"before": "after", "after": "before"}[state]
            bring(company, state)
            continue
        work = company.apply if state == "before" else company.rollback
        programme = to_do[state].pop()
        code = struck(work, programme)
        assert (code == -9) is programme.endswith("kill"), (programme, code)
        outcomes["kills"] += code == -9
        company.recover()
        was, state = state, company.check()
        outcomes[state] += 1
        outcomes["went through"] += was != state
    assert outcomes["went through"] > 0
    figure("crash matrix: cells of apply and rollback", f"{cells}, {dict(outcomes)}")
    figure("kills survived: matrix", outcomes["kills"])
    bring(company, "after")
    assert company.session().plan(Request()).plan.is_empty


def bring(company: Company, state: str) -> None:
    """To the state asked for, without faults."""
    if company.state != state:
        (company.apply if state == "after" else company.rollback)()
    assert company.state == state


def test_a_fault_while_a_dead_run_is_recovered_is_like_any_other(
    company: Company, database: Place, figure: Figure
) -> None:
    def dead() -> None:
        assert struck(company.apply, DYING) == -9

    dead()
    to_do = [item for item in programmes(company.recover) if "recover" in item or "lock" in item or "audit" in item]
    outcomes = Counter[str]()
    for programme in to_do:
        if not company.session().memory.unfinished():
            dead()
        for _ in range(2):
            outcomes["kills"] += struck(company.recover, programme) == -9
        company.recover()
        outcomes[company.check()] += 1
        was = audit_rows(company)
        company.recover()
        assert audit_rows(company) == was, "recovering twice does no more than once"
    assert set(outcomes) == {"kills", "before"}
    figure("crash matrix: cells of recovery", f"{len(to_do)}, {dict(outcomes)}")
    figure("kills survived: recovery", outcomes["kills"])
    company.apply()
    assert company.check() == "after"
    assert company.session().plan(Request()).plan.is_empty


def audit_rows(company: Company) -> int:
    return len(company.session().trail.newest())


def test_killed_at_any_moment_the_company_is_as_before_or_as_after(
    tmp_path: Any, database: Place, figure: Figure
) -> None:
    count, random, outcomes, began = KILLS // 2, Random(KILLS), Counter[str](), time.monotonic()
    company = Company(configured(tmp_path, database, NO_LIMITS))
    for number in range(count):
        if number % FRESH == 0:
            company.pictures.clear()
            company.project.empty()
            company.begin()
            company.declare(AFTER)
            span, state = cycle(company), "before"
        code = killed_after(partial(toggling, company, state == "after"), random.uniform(0, span))
        assert code == -9, code
        outcomes["in the middle of a run"] += bool(company.session().memory.unfinished())
        company.recover()
        state = company.check()
        outcomes[state] += 1
    took = time.monotonic() - began
    assert outcomes["before"] + outcomes["after"] == count
    assert count < 100 or min(outcomes[name] for name in ("before", "after", "in the middle of a run")) > 0, outcomes
    figure("kills survived: at random moments", f"{count} in {took:.0f} s, {dict(outcomes)}")


def cycle(company: Company) -> float:
    """A little more than an apply or its way back takes in a process of its own."""
    began = time.monotonic()
    assert struck(company.there_and_back, "") == 0
    return 0.6 * (time.monotonic() - began)


def toggling(company: Company, first_back: bool) -> None:
    """Applies and rolls back until somebody ends it."""
    if first_back:
        company.rollback()
    while True:
        company.apply()
        company.rollback()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_failpoint_is_reached_by_some_scenario(company: Company, project: Project) -> None:
    found = set(reached(company.apply))
    bring(company, "before")
    found |= set(reached(company.apply, FAILING)) | set(reached(company.apply, UNTOLD))
    bring(company, "before")
    assert struck(company.apply, DYING) == -9
    found |= set(reached(company.recover)) | set(reached(lambda: refreshing(company)))
    found |= set(reached(lambda: restoring(company))) | set(reached(lambda: breaking(company)))
    assert found == set(failpoint.NAMES)


def refreshing(company: Company) -> None:
    """What was changed outside as the playbooks have it since is only remembered."""
    from dani_playbook.hris.settings.models import Setting

    bring(company, "after")
    company.declare(AFTER.replace("cold", "icy"))
    Setting.objects.filter(key="tone").update(value="icy")
    company.apply()
    company.declare(AFTER)


def restoring(company: Company) -> None:
    session = company.session()
    keep(company.project.root, session.database.identity)(9999, "00")
    with pytest.raises(NeedsPerson):
        company.apply()
    accept_restored(company.session(), "the disk broke")


def breaking(company: Company) -> None:
    session = company.session()
    with session.memory.hold("jo") as token:
        lock_break(company.session(), token, "it hangs")


def test_places_in_the_code_are_the_places_that_are_known() -> None:
    import re
    from pathlib import Path

    source = Path(failpoint.__file__).parents[1]
    named = {
        name for path in source.rglob("*.py") for name in re.findall(r'failpoint\("([^"]+)"\)', path.read_text("utf-8"))
    }
    assert named == set(failpoint.NAMES)


@pytest.mark.parametrize("programme", ["nowhere=kill", "pivot.begin=explode", "pivot.begin", "pivot.begin=kill#0"])
def test_a_programme_that_means_nothing_is_refused(programme: str) -> None:
    with pytest.raises(ValueError, match="failpoint"):
        failpoint.arm(programme)


def test_the_nth_time_and_no_other() -> None:
    seen: list[str] = []
    failpoint.arm("lock.before=note#2", {"note": seen.append})
    try:
        for _ in range(4):
            failpoint.failpoint("lock.before")
    finally:
        failpoint.disarm()
    assert seen == ["lock.before"]


@pytest.mark.parametrize("end", ["raise", "drop"])
def test_a_commit_that_gave_no_answer_is_looked_up(company: Company, end: str) -> None:
    """The answer was lost behind the commit: the run is done, and says so."""
    failpoint.arm(f"pivot.after_commit={end}", {"drop": drop})
    company.apply()
    failpoint.disarm()
    assert company.check() == "after"


def test_a_commit_that_nobody_can_be_asked_about_needs_a_person(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dani_playbook.core.errors import LiveUnreachable
    from dani_playbook.runner.settling import settle
    from dani_playbook.state.memory import DjangoMemory

    def away(*arguments: object) -> RunState:
        raise LiveUnreachable("the network is gone")

    failpoint.arm("pivot.after_commit=raise")
    monkeypatch.setattr(DjangoMemory, "outcome", away)
    with pytest.raises(NeedsPerson) as caught:
        company.apply()
    failpoint.disarm()
    run = company.session().memory.runs(1)[0].id
    assert caught.value.exit_code == 7
    assert f"dani settle {run}" in (caught.value.hint or "")
    assert settle(company.session(), run).document["runs"][0]["outcome"] == "written"


def test_without_the_look_at_the_row_a_run_that_was_done_is_told_as_failed(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control of the two above."""
    from dani_playbook.engine import apply

    monkeypatch.setattr(apply, "_did_succeed", lambda *arguments: False)
    failpoint.arm("pivot.after_commit=raise")
    with pytest.raises(DaniError):
        company.apply()
    failpoint.disarm()
    assert company.check() == "after"


def test_a_transaction_that_ends_without_a_word_is_no_success(company: Company) -> None:
    """A handler that closes the connection ends the transaction, and Django says nothing."""
    from django.db import connection

    failpoint.arm("pivot.before_commit=close", {"close": lambda place: connection.close()})
    with pytest.raises(DaniError) as caught:
        company.apply()
    failpoint.disarm()
    assert caught.value.exit_code == 8
    assert company.check() == "before"
    assert [run.state for run in company.session().memory.runs(1)] == [RunState.ROLLED_BACK]


def test_without_one_transaction_the_matrix_finds_a_mixture(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control of the matrix: what is written without its transaction stays when the process dies."""
    from contextlib import nullcontext

    from dani_playbook.live.orm import OrmLive
    from dani_playbook.state.fence import SystemLock

    monkeypatch.setattr(OrmLive, "transaction", lambda live: nullcontext())
    monkeypatch.setattr(SystemLock, "check", lambda lock: None)
    assert struck(company.apply, DYING) == -9
    monkeypatch.undo()
    company.recover()
    with pytest.raises(AssertionError, match="neither before nor after"):
        company.check()
