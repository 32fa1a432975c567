"""Three ways to a verdict on one value of one field: at once, quickly, and by JSON Schema."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.dictionary import FieldSpec, KindSpec, read_dictionary
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.values import SecretRef, SetEdit, canonical_text
from dani_playbook.language.marks import Items, Map
from dani_playbook.language.ready import DOUBT
from dani_playbook.language.schema import Checker, look_up

DICTIONARY = read_dictionary()
CHECKER = Checker(DICTIONARY)
FIELDS = [(kind, spec) for kind in DICTIONARY.kinds.values() for spec in kind.fields.values()]
_texts = st.sampled_from(
    ["", " ", "a", "A  b ", "É", "e\u0301", "\u00a0x", "de-DE", "DE", "+49 30 1", "a@b.example", "A@B", "2026-12-01",
     "2026-02-30", "2026-12-01T08:00:00Z", "12", "employee", "active", "x" * 101, "https://a.example", "0 7 * * *",
     "1.00 EUR", "env:NAME"]
)  # fmt: skip
_scalars = st.none() | st.booleans() | st.sampled_from([-1, 0, 1, 7, 10**17]) | _texts


def _mapping(items: dict[str, Any]) -> Map:
    found = Map()
    for name, item in items.items():
        found.put(name, item, (1, 1, 1, 1, 1, 1))
    return found


def _items(items: list[Any]) -> Items:
    found = Items()
    for item in items:
        found.put(item, (1, 1, 1))
    return found


def _values(rule: Any, file: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Mostly what a rule asks for, so that its edges are met, and sometimes anything."""
    while "$ref" in rule:
        rule, file = look_up(DICTIONARY.schemas, rule["$ref"], file)
    choices = [_scalars]
    if "enum" in rule:
        choices.append(st.sampled_from(rule["enum"]))
    if depth < 3:
        part = _values(rule.get("items", {}), file, depth + 1)
        choices.append(st.lists(part, max_size=3).map(_items))
        inner = {name: _values(part, file, depth + 1) for name, part in rule.get("properties", {}).items()}
        choices.append(st.fixed_dictionaries({}, optional=inner).map(_mapping))
        choices.append(st.dictionaries(st.sampled_from(["a", "secret"]), _scalars, max_size=2).map(_mapping))
    return st.one_of(*choices)


def _of(field: tuple[KindSpec, FieldSpec]) -> st.SearchStrategy[Any]:
    kind, spec = field
    file = f"{kind.name}.schema.json"
    return st.tuples(st.just(field), _values(DICTIONARY.schemas[file]["properties"][spec.name], file))


@given(st.sampled_from(FIELDS).flatmap(_of))
@settings(max_examples=400, deadline=None)
def test_what_is_accepted_at_once_or_quickly_is_accepted_by_json_schema(drawn: Any):
    (kind, spec), value = drawn
    is_valid = CHECKER._validator(kind, spec).is_valid(value)
    assert is_valid or not CHECKER.accepts[kind.name][spec.name](value)
    for _ in range(2):
        taken = CHECKER.ready[kind.name][spec.name].take(value)
        if taken is DOUBT:
            continue
        assert is_valid
        assert not isinstance(taken, SetEdit)
        if not isinstance(taken, SecretRef):
            assert canonical_text(taken) == canonical_text(normalize_value(spec, value))


def test_what_may_be_remembered_has_an_end():
    ready = Checker(DICTIONARY).ready["user"]["first_name"]
    for number in range(3_000):
        assert ready.take(f"name {number}") == f"name {number}"
    assert len(ready.texts) == 1_000
