import random
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.values import SetEdit
from dani_playbook.language.documents import parse
from dani_playbook.language.load import load
from dani_playbook.language.project import Limits, Project
from dani_playbook.language.schema import Checker
from dani_playbook.language.sets import overlay

DICTIONARY = read_dictionary()
FIELDS = [(kind, spec) for kind in DICTIONARY.kinds.values() for spec in kind.fields.values()]

texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff"), max_size=20)
words = st.text("abcxyz", min_size=1, max_size=5)
scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | texts
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=20
)


@given(plain, st.booleans())
def test_what_pyyaml_writes_is_read_as_it_was(value: Any, flow: bool):
    written = yaml.safe_dump({"root": value}, default_flow_style=flow, allow_unicode=True)
    document, problems = parse(written, "a.yaml", Limits())
    assert problems == []
    assert document is not None
    assert document.content == {"root": value}


_pieces = st.sampled_from(
    ["a", "b", ":", " ", "\n", "-", "[", "]", "{", "}", "'", '"', "#", "&x", "*x", "|", ">", "1", ","]
)


@given(st.lists(_pieces, max_size=20).map("".join))
@settings(max_examples=300)
def test_whatever_is_written_ends_in_a_document_or_in_problems(written: str):
    document, problems = parse(written, "a.yaml", Limits())
    assert document or problems
    assert all(problem.source and problem.source.line >= 1 for problem in problems)


@given(plain, st.booleans(), st.sampled_from([40, 80, 4000]))
def test_what_ruamel_writes_is_read_as_it_was_or_refused(value: Any, flow: bool, width: int):
    # In brackets YAML 1.2 lets a plain text begin with a colon or a question mark; libyaml doesn't read those right.
    writer, stream = YAML(typ="safe", pure=True), StringIO()
    writer.default_flow_style, writer.width = flow, width
    writer.dump({"root": value}, stream)
    document, problems = parse(stream.getvalue(), "a.yaml", Limits())
    if problems:
        assert flow
        assert {problem.code for problem in problems} == {"yaml-syntax"}
    else:
        assert document is not None
        assert document.content == {"root": value}


@given(st.sampled_from(FIELDS), plain)
@settings(max_examples=500)
def test_what_is_quickly_accepted_is_accepted_by_json_schema(field: Any, value: Any):
    kind, spec = field
    checker = Checker(DICTIONARY)
    if checker.accepts[kind.name][spec.name](value):
        validator: Draft202012Validator = checker._validator(kind, spec)
        assert validator.is_valid(value)


_USERS = st.dictionaries(
    words,
    st.fixed_dictionaries(
        {},
        optional={
            "first_name": words,
            "office": words | st.none(),
            "email": words.map(lambda word: f"{word.upper()}@example.com"),
            "start_date": st.dates().filter(lambda day: day.year >= 1000).map(str),
            "roles": st.lists(st.sampled_from(["employee", "manager"])),
            "manager": words,
        },
    ),
    max_size=6,
)


@given(_USERS, st.randoms())
@settings(max_examples=40, deadline=None)
def test_shuffled_files_say_the_same(users: dict[str, Any], shuffle: random.Random):
    found = []
    for _ in range(2):
        items = list(users.items())
        shuffle.shuffle(items)
        half = shuffle.randint(0, len(items))
        found.append(_loaded([dict(items[:half]), dict(items[half:])]))
    assert found[0] == found[1]


def _loaded(parts: list[dict[str, Any]]) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "playbooks").mkdir()
        for number, part in enumerate(parts):
            text = yaml.safe_dump({"version": 1, "users": part})
            (root / "playbooks" / f"{number}.yaml").write_text(text, "utf-8")
        loaded = load((), Project(root=root), DICTIONARY)
        assert loaded.problems == ()
        return {str(address): dict(resource.fields) for address, resource in loaded.playbooks.resources.items()}


@given(_USERS)
@settings(max_examples=40, deadline=None)
def test_what_is_loaded_is_canonical(users: dict[str, Any]):
    fields = DICTIONARY.kinds["user"].fields
    for said in _loaded([users]).values():
        assert {name: normalize_value(fields[name], value) for name, value in said.items()} == said


_items = st.lists(st.sampled_from("abcd"), unique=True).map(lambda items: tuple(sorted(items)))
_edits = st.tuples(_items, _items).map(lambda pair: SetEdit(pair[0], tuple(i for i in pair[1] if i not in pair[0])))


@given(_edits, _edits, _items)
def test_edits_laid_over_each_other_are_as_one_after_the_other(
    nearer: SetEdit, farther: SetEdit, live: tuple[str, ...]
):
    assert overlay(nearer, farther).over(live) == nearer.over(farther.over(live))
