"""A stranger's plan tells nothing of personal and special values: not by a change, a count, a message or a digest."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dani_playbook.cli.render import Surface, render
from dani_playbook.core.address import Address
from dani_playbook.core.change import Verb
from dani_playbook.core.errors import PlanRefused, PlaybookError
from dani_playbook.core.values import SecretRef, canonical_text
from dani_playbook.engine import compare as comparing
from dani_playbook.engine import veil
from dani_playbook.engine.plan import Planner, make_plan, veiled
from dani_playbook.runner import registry
from dani_playbook.runner.plan_document import plan_document
from tests.engine.fakes import SPECS, Bench, state_of, wanted
from tests.laws import conftest as _profile  # noqa: F401 - registers the profile
from tests.laws.companies import PEOPLE, SECRETS, Company, companies, renamed, resources

lawful = settings(
    settings.get_profile("laws"),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MASKED = sorted(SPECS["user"].masked - {"initial_password"})
_day = st.dates().map(lambda day: day.isoformat())
_values: Mapping[str, st.SearchStrategy[Any]] = {
    "mobile": st.sampled_from([None, "+4930123456", "+4940555"]),
    "personal_email": st.sampled_from([None, "u0@a.example", "home@x.example"]),
    "home_address": st.none() | st.fixed_dictionaries({"street": st.just("A"), "city": st.sampled_from(["B", "C"])}),
    "end_reason": st.sampled_from([None, "resignation"]),
    "probation_end": st.none() | _day,
    "pay_period": st.sampled_from([None, "month", "year"]),
    "salary": st.sampled_from([None, *SECRETS.values()]),
    "birth_date": st.none() | _day,
    "national_id": st.sampled_from([None, "1", "2"]),
}
private = st.dictionaries(st.sampled_from(PEOPLE), st.fixed_dictionaries({}, optional=dict(_values)))
"""Masked values by person."""
tokens = st.dictionaries(
    st.sampled_from(MASKED), st.sampled_from(["null", '"x"', "hmac:" + "0" * 32, 'ref:{"ref":"file:low","seen":null}'])
)
"""What the inventory says was applied to masked fields."""


def declared(company: Company, more: Mapping[str, Mapping[str, Any]]) -> Company:
    """A company that also declares masked fields; special ones by reference."""
    found = {address: dict(fields) for address, fields in company.items()}
    for key, fields in more.items():
        if f"user.{key}" in found:
            plain = {name: value for name, value in fields.items() if name not in SPECS["user"].reference_only}
            special = {name: SecretRef(f"file:{name}") for name in fields if name in SPECS["user"].reference_only}
            found[f"user.{key}"] |= plain | special
    return found


def system(
    company: Company, live: Mapping[str, Mapping[str, Any]], applied: Mapping[str, str], *, rules: bool
) -> Bench:
    """A live system where ``company`` was applied, with these masked values in it, and this remembered of them."""
    bench = Bench(kinds=registry.kinds()) if rules else Bench()
    made = Bench(live=bench.live, memory=bench.memory, secrets={**SECRETS, **{f"file:{n}": "1.00 EUR" for n in MASKED}})
    made.make(*resources(company))
    for address, item in bench.memory.items.items():
        if address.kind == "user":
            kept = {name: token for name, token in item.applied.items() if name not in SPECS["user"].masked}
            bench.memory.items[address] = replace(item, applied=kept | dict(applied))
    for _, (key, stored) in sorted(bench.live.rows["user"].items()):
        blank = dict.fromkeys(MASKED)
        stored |= bench.live._stored("user", {**blank, **_normal(live.get(key, {}))})
    return bench


def _normal(fields: Mapping[str, Any]) -> dict[str, Any]:
    from dani_playbook.core.normalize import normalize_value

    return {name: normalize_value(SPECS["user"].fields[name], value) for name, value in fields.items()}


def look(planner: Planner, head: Company, moves: list[tuple[str, str]] | None = None) -> str:
    """All that a stranger is shown, in every format."""
    try:
        plan = make_plan(planner, state_of(*resources(head), moves=moves or []))
    except PlaybookError as error:
        return json.dumps([error.message, error.hint, [repr(item) for item in error.problems]])
    document = {**plan_document(SPECS, plan, reveal=False), "untrusted": True}
    code = 4 if plan.blockers else 2 if plan.held or not plan.is_quiet else 0
    shown = [render(document, form, Surface()) for form in ("text", "json", "markdown")]
    return "\n".join([str(code), *shown])


def stranger(bench: Bench, base: Company) -> Planner:
    return veiled(bench.planner, state_of(*resources(base)))


@given(
    company=companies(),
    base=companies(),
    head=companies(),
    said=st.tuples(private, private),
    live=st.tuples(private, private),
    applied=st.tuples(tokens, tokens),
    rules=st.booleans(),
    moved=st.sets(st.sampled_from(PEOPLE), max_size=2),
)
@lawful
def test_two_systems_that_differ_in_masked_values_alone_give_the_same_plan_byte_for_byte(
    company: Company, base: Company, head: Company, said: Any, live: Any, applied: Any, rules: bool, moved: set[str]
) -> None:
    names = {key: f"renamed-{key}" for key in sorted(moved) if f"user.{key}" in head}
    moves = [(f"user.{old}", f"user.{new}") for old, new in names.items()]
    ours, theirs = declared(base, said[0]), renamed(declared(head, said[1]), names)
    benches = [system(company, live[n], applied[n], rules=rules) for n in (0, 1)]
    shown = [look(stranger(bench, ours), theirs, moves) for bench in benches]
    assert shown[0] == shown[1]
    assert benches[0].live.reads == benches[1].live.reads


@given(company=companies(), said=st.tuples(private, private), live=private)
@lawful
def test_a_masked_field_is_shown_where_head_differs_from_base_and_nowhere_else(
    company: Company, said: Any, live: Any
) -> None:
    ours, theirs = declared(company, said[0]), declared(company, said[1])
    bench = system(company, live, {}, rules=False)
    plan = make_plan(stranger(bench, ours), state_of(*resources(theirs)))
    shown = {
        (str(change.address), item.name)
        for change in plan.changes
        for item in change.fields
        if item.writes and item.name in SPECS[change.address.kind].masked
    }
    expected = {
        (address, name)
        for address, fields in theirs.items()
        for name, value in fields.items()
        if name in SPECS[address.partition(".")[0]].masked and _differs(ours[address], name, value)
    }
    assert shown == expected


def _differs(base: Mapping[str, Any], name: str, value: Any) -> bool:
    return name not in base or canonical_text(base[name]) != canonical_text(value)


def bob(**fields: Any) -> Any:
    return wanted("user.bob", email="b@a.example", first_name="Bob", **fields)


BOB = bob()


def guess(live: str | None, guessed: str, planner: Any = stranger) -> str:
    """What a plan shows where somebody writes a guess into a playbook."""
    bench = Bench()
    bench.make(BOB)
    bench.live.put("user.bob", mobile=live)
    return look(planner(bench, {"user.bob": BOB.fields}), {"user.bob": {**BOB.fields, "mobile": guessed}})


def test_a_right_guess_and_a_wrong_one_look_alike() -> None:
    assert guess("+4930123456", "+4930123456") == guess("+4940555", "+4930123456") == guess(None, "+4930123456")
    assert "mobile             ‹personal› will be set" in guess("+4930123456", "+4930123456")


def test_without_the_veil_a_right_guess_is_told() -> None:
    def open_eyed(bench: Bench, base: Company) -> Planner:
        return bench.planner

    right, wrong = (guess(live, "+4930123456", open_eyed) for live in ("+4930123456", "+4940555"))
    assert right != wrong
    assert "mobile" not in right
    assert "mobile" in wrong


def test_without_the_comparison_with_the_base_a_null_would_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clear = {"user.bob": {**BOB.fields, "mobile": None}}
    bench = Bench()
    bench.make(BOB)
    assert "mobile             will be cleared" in look(stranger(bench, {"user.bob": BOB.fields}), clear)
    monkeypatch.setattr(comparing, "Case", lambda **said: CASE(**{**said, "said": None}))
    assert "mobile" not in look(stranger(bench, {"user.bob": BOB.fields}), clear)


CASE = comparing.Case


def test_a_rule_that_looks_at_masked_values_sees_what_the_base_says_and_not_what_is_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rule(world: Any) -> Any:
        for key, fields in world.of("user").items():
            yield world.problem("seen", f"{fields['mobile']} {fields['salary']!r}", Address("user", key))

    kinds = {name: replace(kind, rules=(rule,) if name == "user" else ()) for name, kind in registry.kinds().items()}

    def seen(live: str) -> str:
        bench = Bench()
        bench.make(BOB)
        bench.kinds = kinds
        bench.live.put("user.bob", mobile=live, salary="1.00 EUR")
        return look(stranger(bench, {"user.bob": {**BOB.fields, "mobile": "+49111"}}), {"user.bob": BOB.fields})

    assert "+49111 None" in seen("+4930123456")
    assert seen("+4930123456") == seen("+4940555")
    monkeypatch.setattr(veil, "blank", lambda spec, snapshot: snapshot)
    monkeypatch.setattr(veil.Veil, "laid", lambda self, observed, previous, kinds: observed)
    assert seen("+4930123456") != seen("+4940555")


def test_what_was_counted_of_masked_fields_before_is_not_told() -> None:
    bench = Bench()
    bench.make(bob(mobile="+49111"))
    run = next(iter(bench.memory.all.values()))
    bench.memory.all[run.id] = replace(run, measures={"field-mobile": 7, "field-office": 2})
    (seen,) = stranger(bench, {}).memory.runs()
    assert seen.measures == {"field-office": 2}


@pytest.mark.parametrize("name", ["begin", "lock", "record", "succeed", "fail", "entries", "history", "run"])
def test_a_veiled_memory_can_t_be_written_or_asked_for_more(name: str) -> None:
    with pytest.raises(PlanRefused):
        getattr(stranger(Bench(), {}).memory, name)


def test_a_veiled_live_system_can_t_be_written() -> None:
    live = stranger(Bench(), {}).live
    with pytest.raises(PlanRefused):
        live.write([], {})
    with pytest.raises(PlanRefused), live.transaction():
        pass


def test_a_masked_field_that_is_no_longer_declared_is_released_as_the_base_says() -> None:
    bench = Bench()
    bench.make(bob(mobile="+49111"))
    planner = stranger(bench, {"user.bob": bob(mobile="+49111").fields})
    (change,) = make_plan(planner, state_of(BOB)).changes
    assert change.verb is Verb.RELEASE
    text = look(planner, {"user.bob": BOB.fields})
    assert "‹personal›" in text
    assert "+49111" not in text
