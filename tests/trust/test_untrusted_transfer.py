"""What a worker read comes through the pipe as it was, and nothing else does."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Ignored, Move, Playbooks, Resource, Upcoming
from dani_playbook.core.source import Source
from dani_playbook.core.values import SecretRef, SetEdit
from dani_playbook.language.load import Loaded, load
from dani_playbook.language.project import Project
from dani_playbook.language.transfer import Garbled, pack, unpack

DICTIONARY = read_dictionary()
lawful = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""Shrinking a whole load takes minutes and makes it no plainer."""

ROOT = Path(__file__).parents[2]
_text = st.text(max_size=8)
_keys = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,6}", fullmatch=True)
_addresses = st.builds(Address, st.sampled_from(sorted(DICTIONARY.kinds)), _keys)
_whole = st.integers(0, 10**6)
_sources = st.builds(Source, _text, _whole, _whole, _whole)
_plain = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | _text
_values = st.recursive(
    _plain,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_items = st.lists(_plain, max_size=3).map(tuple)
_all = _values | st.builds(SecretRef, _text) | st.builds(SetEdit, add=_items, remove=_items)


def _by_field(kind: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from(sorted(DICTIONARY.kinds[kind].fields)), values, max_size=4)


def _resource(address: Address) -> st.SearchStrategy[Resource]:
    kind = address.kind
    upcoming = st.builds(
        Upcoming, on=st.dates(), fields=_by_field(kind, _all), sources=_by_field(kind, _sources), source=_sources
    )
    return st.builds(
        Resource,
        address=st.just(address),
        fields=_by_field(kind, _all),
        source=_sources,
        sources=_by_field(kind, _sources),
        origins=_by_field(kind, _text),
        shadowed=_by_field(kind, st.lists(st.tuples(_text, _sources, _all), max_size=2).map(tuple)),
        upcoming=st.lists(upcoming, max_size=2).map(tuple),
        absent=st.booleans(),
        protect=st.booleans(),
        ignore=_by_field(kind, st.builds(Ignored, why=st.none() | _text, until=st.none() | st.dates())),
    )


_resources = st.lists(_addresses.flatmap(_resource), max_size=4, unique_by=lambda item: item.address)
_problems = st.lists(
    st.builds(
        Problem,
        code=_text,
        message=_text,
        source=st.none() | _sources,
        address=st.none() | _addresses,
        field=st.none() | _text,
        hint=st.none() | _text,
        related=st.lists(_sources, max_size=2).map(tuple),
    ),
    max_size=3,
).map(tuple)
_texts = st.lists(_text, max_size=3).map(tuple)
_moves = st.lists(st.builds(Move, before=_addresses, after=_addresses, source=_sources), max_size=2).map(tuple)
LOADED = st.builds(
    Loaded,
    playbooks=st.builds(
        Playbooks,
        resources=_resources.map(lambda items: {item.address: item for item in items}),
        moves=_moves,
        files=_texts,
        covered=_texts,
    ),
    problems=_problems,
    warnings=_problems,
)


def through(loaded: Loaded) -> Loaded:
    return unpack(json.loads(json.dumps(pack(loaded))), DICTIONARY)


@given(LOADED)
@lawful
def test_what_comes_is_what_was_sent(loaded: Loaded) -> None:
    assert through(loaded) == loaded


def test_the_example_company_comes_through(tmp_path: Path) -> None:
    loaded = load((), Project(root=ROOT, variables={"domain": "a.example"}), DICTIONARY)
    assert through(loaded) == loaded
    assert len(loaded.playbooks.resources) > 50


@given(LOADED, st.data())
@lawful
def test_one_changed_piece_is_refused_or_still_a_load(loaded: Loaded, data: st.DataObject) -> None:
    plain = json.loads(json.dumps(pack(loaded)))
    places = list(_places(plain))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(
        st.sampled_from([None, True, -1, 1.5, "x", [], {}, [[]], {"map": 1}, {"secret": 1}, "user"])
    )
    with contextlib.suppress(Garbled):
        assert isinstance(unpack(plain, DICTIONARY), Loaded)


def _places(plain: Any) -> Any:
    items = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, value in list(items):
        yield plain, key
        yield from _places(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resources", [{"address": "user.a"}]),
        ("resources", {}),
        ("names", [1]),
        ("files", "a"),
        ("moves", [["user.a", "nobody.b", [0, 1, 1, 0]]]),
        ("moves", [["user.a", "user.B", [0, 1, 1, 0]]]),
        ("problems", [{}]),
        ("more", []),
    ],
)
def test_what_can_t_have_been_sent_is_refused(name: str, value: Any) -> None:
    plain = pack(Loaded(playbooks=Playbooks(resources={})))
    with pytest.raises(Garbled):
        unpack({**plain, name: value}, DICTIONARY)


def test_values_nest_only_so_deep() -> None:
    value: Any = "x"
    for _ in range(200):
        value = [value]
    resource = Resource(address=Address("setting", "a"), fields={}, source=Source("a", 1))
    plain = pack(Loaded(playbooks=Playbooks(resources={resource.address: resource})))
    plain["resources"][0]["fields"] = {"value": value}
    with pytest.raises(Garbled):
        unpack(plain, DICTIONARY)
