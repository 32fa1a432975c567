"""Tidying keeps what a playbook says, and every comment."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.language import fmt
from dani_playbook.language.fmt import content_of, format_text

DICTIONARY = read_dictionary()


def formatted(text: str) -> str:
    return format_text(text, DICTIONARY)


def comments(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.splitlines() if line.strip().startswith("#"))


@st.composite
def values(draw: st.DrawFn, indent: int, depth: int) -> list[str]:
    """The lines behind a key; the first goes on the key's line."""
    shape = draw(st.sampled_from(["plain", "quoted", "text", "flow", "list", "map"] if depth else ["plain", "text"]))
    inner = indent + draw(st.integers(1, 4))
    pad = " " * inner
    if shape == "quoted":
        return [' "a', f"{pad}b: # no comment", "", f'{pad}  c"']
    if shape == "text":
        return [draw(st.sampled_from([" |", " |-", " >"])), f"{pad}one # two", "", f"{pad}  three"]
    if shape == "flow":
        return [" [a,", f"{pad}b, {{c: d}}]   # flow"]
    if shape == "list":
        dash = indent + draw(st.integers(0, 3))
        count = draw(st.integers(1, 3))
        return ["", *[line for n in range(count) for line in draw(items(dash, n, depth - 1))]]
    if shape == "map":
        keys = draw(st.lists(st.sampled_from(["email", "b", "office", "a", "roles"]), min_size=1, unique=True))
        return ["", *draw(mappings(inner, keys, depth - 1))]
    return [draw(st.sampled_from([" x", " 'it''s'", "  y   # why", " 0123", ""]))]


@st.composite
def items(draw: st.DrawFn, dash: int, number: int, depth: int) -> list[str]:
    pad = " " * dash
    if depth > 0 and draw(st.booleans()):
        first, *rest = draw(mappings(dash + 2, ["z", "first_name"], depth - 1, commented=False))
        return [f"{pad}- {first.strip()}", *rest]
    return [f"{pad}- item {number}"]


@st.composite
def mappings(draw: st.DrawFn, indent: int, keys: Sequence[str], depth: int, commented: bool = True) -> list[str]:
    lines: list[str] = []
    for key in keys:
        if commented:
            lines += draw(st.lists(st.sampled_from(["", f"{' ' * indent}# about {key}", "# left"]), max_size=2))
        commented = True
        first, *rest = draw(values(indent, depth))
        lines += [f"{' ' * indent}{key}:{first}", *rest]
    return lines


TOP = ["users", "departments", "jobs", "generate", "version", "name", "templates", "vars"]


@settings(deadline=None)
@given(st.permutations(TOP).flatmap(lambda keys: mappings(0, keys, 4)))
def test_tidying_changes_neither_meaning_nor_comments_and_twice_is_as_once(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    said = content_of(text, "x")
    tidy = formatted(text)
    assert content_of(tidy, "x") == said
    assert formatted(tidy) == tidy
    assert comments(tidy) == comments(text)


UNTIDY = """\
# yaml-language-server: $schema=../schemas/v1/playbook.schema.json

# all people
users:
    # jdoe is new
    jdoe:
        # the mail
        email: john@x.example   # work
        upcoming:
            2027-06-01: {job_title: Boss}
            2027-01-01:
                job_title: Staff
        roles:
        - b
        # about a
        - a
        first_name: John
        template: onboarding
        # tail of jdoe
    asmith: {first_name: Anna}


# the departments
departments:
  eng: {name: Engineering}
generate:
- key: "{{ row.x }}"
  collection: users
version: 1
"""

TIDY = """\
# yaml-language-server: $schema=../schemas/v1/playbook.schema.json

version: 1

# the departments
departments:
  eng: {name: Engineering}

# all people
users:
  # jdoe is new
  jdoe:
    template: onboarding
    # the mail
    email: john@x.example   # work
    first_name: John
    roles:
      - b
      # about a
      - a
    upcoming:
      2027-01-01:
        job_title: Staff
      2027-06-01: {job_title: Boss}
    # tail of jdoe
  asmith: {first_name: Anna}

generate:
  - collection: users
    key: "{{ row.x }}"
"""


def test_collections_and_fields_come_into_the_order_of_the_language() -> None:
    assert formatted(UNTIDY) == TIDY


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\n\nusers:\n  b: &b {roles: [a]}\n  a: *b\n",
        "version: 1\n\nusers:\n  a:\n    office: &o Berlin\n    email: *o\n",
        "version: 1\n\nusers:\n  ? a\n  : email: x\n",
        "version: 1\n\nusers:\n  a:\n    roles:\n      -\n        x\n",
        'version: 1\nname: "a\u2028b"   \n',
        "{version: 1}\n",
        "name: |+\n  x\n\nversion: 1\n",
    ],
)
def test_what_can_not_be_moved_safely_stays_as_it_is(text: str) -> None:
    assert formatted(text) == text


def test_an_alias_keeps_its_place_behind_its_anchor() -> None:
    tidy = formatted("users:\n  a: &a {email: x}\ndepartments:\n  d: *a\nversion: 1\n")
    assert tidy == "users:\n  a: &a {email: x}\n\ndepartments:\n  d: *a\n\nversion: 1\n"


def test_windows_line_ends_and_a_byte_order_mark_go() -> None:
    assert formatted("\ufeffversion: 1\r\nname: A\r\n") == "version: 1\nname: A\n"


def test_a_file_that_is_not_yaml_is_refused_with_its_places() -> None:
    with pytest.raises(PlaybookError) as caught:
        format_text("version: 1\nversion: 1\n", DICTIONARY, file="a.yaml")
    assert [str(problem.source) for problem in caught.value.problems] == ["a.yaml:2:1"]


def test_a_layout_that_would_change_the_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fmt, "_tidied", lambda text, dictionary: text.replace("1", "2"))
    with pytest.raises(PlaybookError, match="without changing what it says"):
        formatted("version: 1\n")
