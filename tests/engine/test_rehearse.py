"""A plan that is tried and taken back."""

from dani_playbook.core.address import Address
from dani_playbook.core.values import SecretRef
from dani_playbook.engine.rehearse import rehearse
from tests.engine.fakes import Bench
from tests.engine.test_plan import user


def test_a_rehearsal_leaves_nothing_behind_and_keeps_the_plan() -> None:
    bench = Bench()
    before = bench.live.picture()
    plan = bench.plan(user("ada", salary=SecretRef("env:UNSET")))
    assert rehearse(bench.planner, plan) == plan
    assert (bench.live.picture(), bench.memory.runs()) == (before, ())


def test_what_the_live_system_refuses_becomes_a_blocker() -> None:
    bench = Bench()
    plan = bench.plan(user("ada"), user("bob"))
    bench.live.fail_on = Address("user", "bob")
    tried = rehearse(bench.planner, plan)
    assert [b.code for b in tried.blockers] == ["refused-by-live"]
    assert tried.digest != plan.digest


def test_a_write_that_does_nothing_becomes_a_blocker() -> None:
    bench = Bench()
    bench.make(user("ada"))
    plan = bench.plan(user("ada", job_title="X"))
    bench.live.lie_about = Address("user", "ada")
    assert [str(b.address) for b in rehearse(bench.planner, plan).blockers] == ["user.ada"]
