"""What a configuration may be is decided quickly only where JSON Schema says the same."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.runner.schema_check import accepts_quickly

ROOT = Path(__file__).parents[2]
SCHEMA = read_dictionary().schemas["config.schema.json"]
VALIDATOR = Draft202012Validator(SCHEMA)
_words = st.sampled_from(
    ["", "a", "user", "user.ceo", "x y", "Europe/Berlin", "2026-12-20", "delete", "close", "admin"]
)
_scalars = st.none() | st.booleans() | st.sampled_from([-1, 0, 1, 2, 90, 91, 10_001]) | _words


def _values(rule: Any) -> st.SearchStrategy[Any]:
    """Mostly what a rule asks for, so that its edges are met, and sometimes anything."""
    while "$ref" in rule:
        rule = SCHEMA["$defs"][rule["$ref"].rpartition("/")[2]]
    choices = [_scalars]
    if "enum" in rule or "const" in rule:
        choices.append(st.sampled_from(rule.get("enum") or [rule["const"]]))
    if rule.get("type") == "array":
        choices.append(st.lists(_values(rule["items"]), max_size=3))
    if rule.get("type") == "object":
        inner = {name: _values(part) for name, part in rule.get("properties", {}).items()}
        others = rule.get("additionalProperties")
        choices.append(st.fixed_dictionaries({}, optional=inner))
        choices.append(st.dictionaries(_words, _values(others if isinstance(others, dict) else {}), max_size=2))
    return st.one_of(*choices)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_what_is_quickly_accepted_is_accepted_by_json_schema(data: Any):
    name = data.draw(st.sampled_from(sorted(SCHEMA["properties"])))
    content = {"version": 1, name: data.draw(_values(SCHEMA["properties"][name]))}
    if accepts_quickly(content, SCHEMA):
        assert VALIDATOR.is_valid(content)
    else:
        # There is nothing in this schema that must be doubted.
        assert not VALIDATOR.is_valid(content)


def test_a_good_configuration_loads_no_jsonschema():
    said = (
        "import sys; from pathlib import Path; from dani_playbook.runner.config import read_config;"
        f" read_config(Path({str(ROOT)!r}), {{}}); print('jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"
