"""Generated companies: what a playbook could declare, already rendered and checked."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.resource import Desired
from dani_playbook.core.values import SecretRef, SetEdit
from tests.engine.fakes import SPECS, wanted

Company = Mapping[str, Mapping[str, Any]]

PEOPLE = [f"u{number}" for number in range(6)]
DEPARTMENTS = [f"d{number}" for number in range(4)]
SECRETS = {"file:low": "100.00 EUR", "file:high": "99999999.99 EUR", "file:yen": "5 JPY"}

_words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=12
).filter(lambda text: bool(text.strip()))
_dates = st.dates().map(lambda day: day.isoformat())


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any part of the fields: what isn't mentioned isn't managed."""
    return st.fixed_dictionaries({}, optional=fields)


def _named(name: st.SearchStrategy[str], key: str) -> st.SearchStrategy[str]:
    return name.map(lambda text: f"{text[:20]} {key}")


@st.composite
def _person(draw: st.DrawFn, key: str, people: list[str], departments: list[str]) -> dict[str, Any]:
    superiors = [other for other in people if other < key]
    fields = draw(
        _some(
            last_name=st.none() | _words,
            job_title=st.none() | _words,
            department=st.sampled_from([None, *departments]),
            manager=st.sampled_from([None, *superiors]),
            mobile=st.none() | st.just("+4930123456"),
            roles=st.lists(st.sampled_from(["employee", "manager", "admin"])).map(tuple)
            | st.just(SetEdit(add=("auditor",), remove=("admin",))),
            status=st.sampled_from(["active", "leave", "suspended", "left", "prehire"]),
            enabled=st.booleans(),
            start_date=st.none() | _dates,
            home_address=st.none() | st.fixed_dictionaries({"street": _words, "city": _words}),
            salary=st.sampled_from([None, *map(SecretRef, SECRETS)]),
            username=st.sampled_from([f"{key}-login", None]),
        )
    )
    domain = draw(st.sampled_from(["a.example", "b.example"]))
    return {"email": f"{key}@{domain}", "first_name": draw(_words)} | fields


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """Address to declared fields. References hold, managers form no ring, unique fields are unique."""
    departments = sorted(draw(st.sets(st.sampled_from(DEPARTMENTS))))
    people = sorted(draw(st.sets(st.sampled_from(PEOPLE))))
    found: dict[str, dict[str, Any]] = {}
    for key in departments:
        above = [other for other in departments if other < key]
        found[f"department.{key}"] = {"name": draw(_named(_words, key))} | draw(
            _some(
                parent=st.sampled_from([None, *above]),
                head=st.sampled_from([None, *people]),
                headcount_limit=st.none() | st.integers(0, 10**6),
                location=st.none() | _words,
            )
        )
    for key in people:
        found[f"user.{key}"] = draw(_person(key, people, departments))
    if draw(st.booleans()):
        members = st.lists(st.sampled_from(people)).map(tuple) if people else st.just(())
        found["group.g"] = {"name": "g"} | draw(_some(members=members, owners=members, description=_words))
    if draw(st.booleans()):
        value = st.recursive(
            st.booleans() | st.integers(-(10**9), 10**9) | _words,
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=5,
        )
        found["setting.s"] = {"name": "s", "value": draw(value)}
    if departments and people and draw(st.booleans()):
        found["job.j"] = {
            "title": "J",
            "department": departments[0],
            "hiring_manager": people[0],
            "open_date": "2026-01-01",
        } | draw(_some(recruiters=st.lists(st.sampled_from(people)).map(tuple), stages=_stages))
    return {address: _normal(address, fields) for address, fields in sorted(found.items())}


_stages = st.lists(st.fixed_dictionaries({"key": _words, "name": _words, "type": st.just("screen")}), max_size=3)


def _normal(address: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    specs = SPECS[address.partition(".")[0]].fields
    return {name: normalize_value(specs[name], value) for name, value in fields.items()}


def resources(company: Company) -> list[Desired]:
    return [wanted(address, **fields) for address, fields in company.items()]


meddling = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.fixed_dictionaries(
            {},
            optional={"job_title": _words, "office": _words, "mobile": st.just("+4940555"), "status": st.just("left")},
        ),
    ),
    max_size=4,
)
"""What somebody else does to people in the meantime: (key, fields)."""


def renamed(company: Company, names: Mapping[str, str]) -> Company:
    """The same company with other keys for people, wherever they are named."""

    def again(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        out = dict(fields)
        for spec in SPECS[kind].references:
            if spec.references == "user" and (value := out.get(spec.name)):
                out[spec.name] = (
                    tuple(sorted(names.get(item, item) for item in value))
                    if isinstance(value, tuple)
                    else names.get(value, value)
                )
        return out

    found = {}
    for address, fields in company.items():
        kind, _, key = address.partition(".")
        found[f"{kind}.{names.get(key, key) if kind == 'user' else key}"] = again(kind, fields)
    return found
