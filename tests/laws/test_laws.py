"""The laws of the house, over generated companies and edits."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dani_playbook.core.address import Address
from dani_playbook.core.change import Verb
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.normalize import normalize_fields
from dani_playbook.core.values import same
from dani_playbook.engine.order import references
from dani_playbook.engine.removal import Policies
from tests.engine.fakes import SPECS, Bench
from tests.laws import conftest as _profile  # noqa: F401 - registers the profile
from tests.laws.companies import PEOPLE, SECRETS, Company, companies, meddling, renamed, resources

Benches = Callable[[], Bench]
lawful = settings(
    settings.get_profile("laws"),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def picture(bench: Bench) -> dict[str, Any]:
    """Everything that is live, by kind and key."""
    return {kind: {found.key: dict(found.fields) for found in bench.live.read(kind).objects.values()} for kind in SPECS}


def begun(benches: Benches, company: Company) -> Bench:
    bench = benches()
    bench.secrets = dict(SECRETS)
    bench.make(*resources(company))
    return bench


def meddle(bench: Bench, changes: list[tuple[str, dict[str, Any]]]) -> None:
    there = {found.key for found in bench.live.read("user").objects.values()}
    for key, fields in changes:
        if key in there:
            bench.meddle("user", key, fields)


def planned(bench: Bench, company: Company) -> Any:
    plan = bench.plan(*resources(company), restore=lambda address: True)
    assume(not plan.blockers)
    return plan


@given(first=companies())
@lawful
def test_law_1_normalizing_twice_is_as_once_and_names_every_managed_field(benches: Benches, first: Company) -> None:
    bench = begun(benches, first)
    for kind, objects in picture(bench).items():
        for fields in objects.values():
            assert list(fields) == list(SPECS[kind].fields)
            assert normalize_fields(SPECS[kind], fields) == {
                name: () if SPECS[kind].fields[name].is_set and value is None else value
                for name, value in fields.items()
            }


@given(first=companies(), second=companies(), others=meddling)
@lawful
def test_law_2_after_an_apply_the_same_playbooks_plan_nothing(
    benches: Benches, first: Company, second: Company, others: Any
) -> None:
    bench = begun(benches, first)
    assert bench.plan(*resources(first)).is_empty
    meddle(bench, others)
    bench.apply(planned(bench, second))
    again = bench.plan(*resources(second))
    assert (again.changes, again.blockers, again.held, again.refreshed) == ((), (), (), ())


@given(first=companies(), second=companies(), others=meddling)
@lawful
def test_law_3_what_is_not_declared_is_not_touched(
    benches: Benches, first: Company, second: Company, others: Any
) -> None:
    bench = begun(benches, first)
    meddle(bench, others)
    plan = planned(bench, second)
    before = picture(bench)
    bench.apply(plan)
    after = picture(bench)
    removed = {change.address for change in plan.changes if change.verb is Verb.REMOVE}
    for kind, objects in before.items():
        for key, fields in objects.items():
            if Address(kind, key) in removed:
                continue
            declared = second.get(f"{kind}.{key}", {})
            for name, value in fields.items():
                assert name in declared or after[kind][key][name] == value


@given(first=companies(), second=companies(), others=meddling)
@lawful
def test_law_4_an_apply_and_its_rollback_leave_the_live_system_as_before(
    benches: Benches, first: Company, second: Company, others: Any
) -> None:
    bench = begun(benches, first)
    meddle(bench, others)
    plan = planned(bench, second)
    assume(plan.changes)
    before, memory = picture(bench), bench.memory.inventory()
    run = bench.apply(plan)
    changed = picture(bench)
    back = bench.rollback(run)
    assert back.skipped == ()
    undone = bench.apply(back)
    assert picture(bench) == before
    assert bench.memory.inventory() == memory
    bench.apply(bench.rollback(undone))
    assert picture(bench) == changed


@given(first=companies(), second=companies())
@lawful
def test_law_5_what_is_referred_to_comes_first_and_goes_last(benches: Benches, first: Company, second: Company) -> None:
    bench = begun(benches, first)
    plan = planned(bench, second)
    place = {change.address: position for position, change in enumerate(plan.changes)}
    verb = {change.address: change.verb for change in plan.changes}
    for change in plan.changes:
        if change.verb is Verb.REMOVE:
            continue
        for other in references(SPECS[change.address.kind], change.after):
            if other in place and verb[other] is Verb.CREATE:
                assert place[other] < place[change.address]
        for other in references(SPECS[change.address.kind], change.before, deferred=True):
            if verb.get(other) is Verb.REMOVE:
                assert place[change.address] < place[other]


@given(first=companies(), second=companies(), seed=st.randoms(use_true_random=False))
@lawful
def test_law_6_shuffled_input_gives_the_same_digest(
    benches: Benches, first: Company, second: Company, seed: Any
) -> None:
    bench = begun(benches, first)
    shuffled = resources(second)
    seed.shuffle(shuffled)
    assert bench.plan(*shuffled).digest == bench.plan(*resources(second)).digest


@given(first=companies(), second=companies(), others=meddling)
@lawful
def test_law_9_what_the_plan_says_is_what_apply_does(
    benches: Benches, first: Company, second: Company, others: Any
) -> None:
    bench = begun(benches, first)
    meddle(bench, others)
    plan = planned(bench, second)
    before = picture(bench)
    bench.apply(plan)
    after = picture(bench)
    said = {change.address: change for change in plan.changes}
    for kind in SPECS:
        for key in sorted({*before[kind], *after[kind]}):
            change = said.get(Address(kind, key))
            was, now = before[kind].get(key), after[kind].get(key)
            if change is None or change.verb is Verb.RELEASE:
                assert was == now
            elif was is None:
                assert change.verb is Verb.CREATE
            elif now is None:
                assert change.deletes
            else:
                assert {name for name in now if not same(now[name], was[name])} == {
                    name for name, value in change.written.items() if not _hidden(value)
                } or _secrets_only(change, was, now)


def _hidden(value: Any) -> bool:
    return type(value).__name__ == "SecretRef"


def _secrets_only(change: Any, was: dict[str, Any], now: dict[str, Any]) -> bool:
    """A new reference may lead to the same secret: then the plan says more than what moves."""
    moved = {name for name in now if not same(now[name], was[name])}
    return moved <= set(change.written) and all(_hidden(change.written[name]) for name in set(change.written) - moved)


@given(
    first=companies(),
    second=companies(),
    people=st.sets(st.sampled_from(PEOPLE), max_size=3),
    policy=st.sampled_from(["deactivate", "delete", "forget"]),
    others=meddling,
)
@lawful
def test_laws_2_and_4_hold_with_renamed_keys_and_any_way_of_removal(
    benches: Benches, first: Company, second: Company, people: set[str], policy: str, others: Any
) -> None:
    bench = begun(benches, first)
    bench.policies = Policies(project={"user": policy, "department": "delete"})
    meddle(bench, others)
    names = {key: f"renamed-{key}" for key in sorted(people) if f"user.{key}" in first and f"user.{key}" in second}
    wanted = resources(renamed(second, names))
    moves = [(f"user.{old}", f"user.{new}") for old, new in names.items()]
    before, memory = picture(bench), bench.memory.inventory()
    try:
        plan = bench.plan(*wanted, moves=moves, restore=lambda address: True)
    except PlaybookError as error:
        plan = None
        codes = {problem.code for problem in error.problems}
    if plan is None:
        assert codes == {"reference-to-removed"}
        return
    assume(plan.changes and not plan.blockers)
    run = bench.apply(plan)
    assert {str(change.address) for change in plan.changes if change.verb is Verb.MOVE} >= {new for _, new in moves}
    again = bench.plan(*wanted, moves=moves)
    assert (again.changes, again.blockers) == ((), ())
    back = bench.rollback(run)
    assert back.skipped == ()
    bench.apply(back)
    assert (picture(bench), bench.memory.inventory()) == (before, memory)
