"""Plans, approvals, applies, deaths, other people's edits, ways back, forgetting and clocks in any order.

A Hypothesis state machine against the small picture in ``reference.py``; ``DANI_STATES`` says how many walks.
"""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dani_playbook.core import failpoint
from dani_playbook.core.address import Address
from dani_playbook.core.errors import ApplyFailed, DaniError, LiveLocked, PlanRefused, PlanStale
from dani_playbook.core.identity import Identity, Way
from dani_playbook.runner.approving import approve
from dani_playbook.runner.auditing import audit_verify
from dani_playbook.runner.locking import lock_break
from dani_playbook.runner.offline import Request
from dani_playbook.runner.purging import plan_purge
from dani_playbook.runner.session import Session
from dani_playbook.runner.settling import settle
from tests.conftest import Figure
from tests.databases import Place
from tests.runner.conftest import configured
from tests.trust.crashing import drop, ended, forked
from tests.trust.reference import Saved, World

WALKS = int(os.environ.get("DANI_STATES", "12"))
STEPS = 22
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORKERS, GONE = ("w0", "w1", "w2"), ("g0", "g1")
TITLES = ("Clerk", "Chief", "Cook")
CANARY = "Quetzal"
PLACES = (
    "verify.plan", "lock.after_token", "journal.run_created.after_commit", "pivot.begin", "pivot.after_rows",
    "pivot.after_audit", "pivot.before_commit", "pivot.after_commit", "lock.release", "audit.checkpoint",
)  # fmt: skip
SETTINGS = "version: 1\nretention: {user: 0}\n" + (
    "approvals: {rules: [{roles: [hr_manager], addresses: ['user.w*']}]}\nlimits:\n"
    + "".join(f"  {name}: {{number: 999, ceiling: 999}}\n" for name in ("leavers", "field", "creates", "removals"))
)
GIVEN = "start_date: 2020-01-01, department: hr"
HEAD = f"""version: 1
departments: {{hr: {{name: HR}}}}
users:
  hanna: {{email: hanna@a.example, first_name: Hanna, roles: [hr_manager], {GIVEN}}}
  hugo: {{email: hugo@a.example, first_name: Hugo, roles: [hr_manager], {GIVEN}}}
"""


def worker(who: str, title: str) -> str:
    return f"  {who}: {{email: {who}@a.example, first_name: {who}, job_title: {title}, {GIVEN}}}\n"


def leaver(who: str, end: str) -> str:
    return (
        f"  {who}: {{email: {who}@a.example, first_name: {CANARY}, job_title: {CANARY}er, mobile: '+4930{who[1]}55', "
        f"{GIVEN}{end}}}\n"
    )


class Life(RuleBasedStateMachine):
    """One company from its first day on."""

    place: Place
    folder: Path
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[tuple[Path, Saved]] = []
        self.forgotten: set[str] = set()
        self.project = configured(self.folder, self.place, SETTINGS.replace("approvals", "# approvals"))
        self.project.empty()
        self.world = World(NOW, dict.fromkeys(WORKERS, "Clerk"), dict.fromkeys(WORKERS, "Clerk"), {})

    @initialize()
    def begin(self) -> None:
        """Everybody is there, two have left and are declared no more; from now on workers need a yes."""
        everybody = HEAD + "".join(worker(who, "Clerk") for who in WORKERS)
        for end in ("", ", end_date: 2026-01-31"):
            self.project.write("playbooks/a.yaml", everybody + "".join(leaver(who, end) for who in GONE))
            self.directly()
        self.project.write("playbooks/a.yaml", everybody)
        self.directly()
        self.project = configured(self.folder, self.place, SETTINGS)
        self.world.applied = dict.fromkeys(WORKERS, "Clerk")
        self.world.runs = self.session().memory.serial()

    def directly(self) -> None:
        session = self.session("hanna")
        session.apply(session.plan(Request()))

    def session(self, who: str = "hanna") -> Session:
        found = self.project.session_at(self.world.now)
        found.identity = Identity(
            name=f"user.{who}",
            way=Way.SESSION,
            account=Address("user", who),
            roles=frozenset({"hr_manager", "admin"}),
            signed_in_at=self.world.now,
        )
        found.said_reason = "a walk"
        return found

    @rule(who=st.sampled_from(WORKERS), title=st.sampled_from(TITLES))
    def edit_a_file(self, who: str, title: str) -> None:
        self.world.declared[who] = title
        self.project.write(
            "playbooks/a.yaml", HEAD + "".join(worker(name, self.world.declared[name]) for name in WORKERS)
        )

    @rule()
    def plan(self) -> None:
        session, path = self.session(), self.folder / f"{len(self.plans)}.plan"
        planned = session.save(session.plan(Request()), path, overwrite=True)
        expected = self.world.plan(planned.plan.digest)
        assert bool(planned.plan.blockers) is expected.blocked
        changed = {change.address.key: change.fields[0] for change in planned.plan.changes}
        assert {who: (item.before, item.after) for who, item in changed.items()} == expected.changes
        assert CANARY.encode() not in path.read_bytes()
        self.plans.append((path, expected))

    @precondition(lambda self: self.plans)
    @rule(data=st.data(), who=st.sampled_from(("hanna", "hugo")))
    def approve(self, data: st.DataObject, who: str) -> None:
        path, plan = data.draw(st.sampled_from(self.plans))
        session = self.session(who)
        try:
            approve(session, session.saved(path), self.world.now)
        except PlanRefused:
            assert who == "hanna" or plan.blocked or plan.used or self.world.now >= plan.made_at + timedelta(hours=72)
            return
        assert who == "hugo" or not plan.changes
        if plan.changes:
            self.world.yes.setdefault(plan.digest, self.world.now)
            if self.world.yes[plan.digest] <= self.world.now:
                self.world.yes[plan.digest] = self.world.now + timedelta(hours=72)

    @precondition(lambda self: self.plans)
    @rule(data=st.data())
    def apply(self, data: st.DataObject) -> None:
        path, plan = data.draw(st.sampled_from(self.plans))
        expected = self.world.refusal(plan)
        assert self.outcome(path) == expected
        if not expected:
            self.world.carry_out(plan)

    def outcome(self, path: Path) -> str:
        session = self.session()
        try:
            session.apply(session.saved(path))
        except (PlanStale, PlanRefused) as error:
            return error.code
        return ""

    @precondition(lambda self: self.plans)
    @rule(data=st.data(), place=st.sampled_from(PLACES), action=st.sampled_from(("kill", "raise", "drop")))
    def die_while_applying(self, data: st.DataObject, place: str, action: str) -> None:
        path, plan = data.draw(st.sampled_from(self.plans))
        expected = self.world.refusal(plan)
        child = forked(lambda: self.dying(path, f"{place}={action}"))
        code = ended(child)
        assert code == -signal.SIGKILL or action != "kill" or expected or not plan.changes
        happened = self.session().memory.serial() > self.world.runs
        assert not (happened and expected)
        if happened or (not expected and not plan.changes):
            self.world.carry_out(plan)
        self.look_at_what_is_applied()

    def dying(self, path: Path, programme: str) -> None:
        failpoint.arm(programme, {"drop": drop})
        session = self.session()
        session.apply(session.saved(path))

    @precondition(lambda self: self.plans)
    @rule(data=st.data())
    def sleep_while_the_lock_is_broken(self, data: st.DataObject) -> None:
        path, plan = data.draw(st.sampled_from(self.plans))
        if self.world.refusal(plan) or not plan.changes:
            return
        child = forked(lambda: self.dying(path, "pivot.begin=stop"))
        os.waitpid(child, os.WUNTRACED)
        session = self.session()
        with pytest.raises(LiveLocked):
            session.apply(session.saved(path), wait_s=0)
        lock_break(self.session(), session.memory.holder().token, "it sleeps")
        assert self.outcome(path) == ""
        self.world.carry_out(plan)
        os.kill(child, signal.SIGCONT)
        assert ended(child) in (LiveLocked.exit_code, ApplyFailed.exit_code, 9)

    @rule()
    def recover(self) -> None:
        assert settle(self.session()).exit_code == 0
        assert not self.session().memory.unfinished()

    @rule(who=st.sampled_from(WORKERS), title=st.sampled_from(TITLES))
    def somebody_else_edits(self, who: str, title: str) -> None:
        from dani_playbook.hris.employees.models import Employee

        Employee.objects.filter(user__key=who).update(job_title=title)
        self.world.live[who] = title

    @rule(data=st.data())
    def take_a_run_back(self, data: st.DataObject) -> None:
        session = self.session()
        runs = [run for run in session.memory.runs() if run.state == "succeeded" and run.summary.get("update")]
        runs = [run for run in runs if not any(e.address.key in GONE for e in session.memory.entries(run.id))]
        if not runs:
            return
        run = data.draw(st.sampled_from(runs))
        entries = {entry.address.key: entry for entry in session.memory.entries(run.id) if "job_title" in entry.changed}
        path = self.folder / "back.plan"
        planned = session.save(session.rollback(run.id), path, overwrite=True)
        for change in planned.plan.changes:
            entry = entries[change.address.key]
            assert self.world.live[change.address.key] == (entry.after or {})["job_title"]
        if planned.plan.blockers or not planned.plan.changes:
            return
        other = self.session("hugo")
        approve(other, other.saved(path), self.world.now)
        assert self.outcome(path) == ""
        self.world.yes.pop(planned.plan.digest, None)
        self.world.live |= {
            change.address.key: change.after["job_title"] for change in planned.plan.changes if change.after
        }
        self.world.runs += 1
        self.look_at_what_is_applied()

    @precondition(lambda self: len(self.forgotten) < len(GONE))
    @rule(who=st.sampled_from(GONE))
    def forget(self, who: str) -> None:
        session = self.session()
        session.apply(plan_purge(session, f"user.{who}", "asked for"))
        self.world.runs += who not in self.forgotten
        self.forgotten.add(who)
        for run in session.memory.runs():
            for entry in session.memory.entries(run.id):
                if entry.address.key in self.forgotten:
                    assert CANARY not in f"{entry.before} {entry.after} {entry.title}"

    @rule(hours=st.sampled_from((1, 7, 30, 73)))
    def time_passes(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)

    def look_at_what_is_applied(self) -> None:
        """After a death, or a way back, the picture takes over what is remembered of each title."""
        import json

        inventory = self.session().memory.inventory()
        self.world.applied = {who: json.loads(inventory[Address("user", who)].applied["job_title"]) for who in WORKERS}

    @invariant()
    def what_is_live_is_what_the_picture_says(self) -> None:
        type(self).steps += 1
        if not self.world.applied:
            return
        from dani_playbook.hris.employees.models import Employee

        rows = Employee.objects.filter(user__key__in=WORKERS).values_list("user__key", "job_title")
        assert dict(rows) == self.world.live
        session = self.session()
        assert session.memory.serial() == self.world.runs
        assert audit_verify(session).document["fault"] is None
        tokens = [run.token for run in reversed(session.memory.runs())]
        assert tokens == sorted(tokens)

    @invariant()
    def an_approval_is_used_at_most_once_and_by_a_run_that_succeeded(self) -> None:
        from dani_playbook.state.models import Approval, Run, UsedPlan

        done = set(Run.objects.filter(state="succeeded").values_list("run_id", flat=True))
        assert set(UsedPlan.objects.values_list("run", flat=True)) <= done
        used = [row for row in Approval.objects.values_list("used_by", "digest") if row[0]]
        assert {run for run, _ in used} <= done
        digests = dict(Run.objects.values_list("run_id", "plan_digest"))
        assert all(digests[run] == digest for run, digest in used)


def walked(place: Place, folder: Path, walks: int, phases: tuple[Phase, ...] = (Phase.generate, Phase.shrink)) -> int:
    machine: Any = type("LifeHere", (Life,), {"place": place, "folder": folder, "steps": 0})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=walks,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=phases,
            report_multiple_bugs=False,
            database=None,
        ),
    )
    return int(machine.steps)


def test_whatever_happens_in_whatever_order_the_picture_holds(database: Place, tmp_path: Path, figure: Figure) -> None:
    steps = walked(database, tmp_path, WALKS)
    figure("state machine: steps walked on each database", steps)
    assert steps > WALKS


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_walk_finds_out_that_a_guard_is_missing(
    database: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the engine's look at approvals taken out, it ends in an error."""
    from dani_playbook.engine import admit

    monkeypatch.setattr(admit, "unapproved", lambda planner, plan, now: [])
    with pytest.raises((AssertionError, DaniError)):
        walked(database, tmp_path, 60, (Phase.generate,))
