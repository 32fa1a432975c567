"""An existing playbook is changed where it has to be, and every other character stays."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.language.body import GONE
from dani_playbook.language.layout import Stuck
from dani_playbook.language.rewrite import Edits, rewrite

DICTIONARY = read_dictionary()
FILE = """\
# Sales, kept by Ada
version: 1   # never changes

users:
  # the head
  ada:
    email: ada@x.example   # work
    first_name: 'Ada'
    # her office until the move
    office: Berlin
    roles:
      - employee   # all
      - manager    # since May

  bob: {email: bob@x.example, first_name: "Bob"}   # short
  # cyd left a note
  cyd:

    email: cyd@x.example

    first_name: Cyd
    # the end of cyd

groups:
  choir:   # sings
    name: Choir
    members: [ada, bob]   # both
"""


def at(text: str) -> Address:
    return Address.parse(text)


def changed(address: str, text: str = FILE, **fields: Any) -> str:
    return rewrite(text, Edits(changed={at(address): fields}), DICTIONARY, "a.yaml")


CHANGES: list[tuple[str, dict[str, Any], str, str]] = [
    ("user.ada", {"email": "a@x.example"}, "email: ada@x.example   # work", "email: a@x.example   # work"),
    ("user.ada", {"office": "São Paulo"}, "    office: Berlin\n", "    office: São Paulo\n"),
    ("user.ada", {"office": GONE}, "    # her office until the move\n    office: Berlin\n", ""),
    ("user.ada", {"office": None}, "office: Berlin", "office: null"),
    ("user.ada", {"last_name": "Low"}, "    first_name: 'Ada'\n", "    first_name: 'Ada'\n    last_name: Low\n"),
    ("user.ada", {"employee_id": "7"}, "  ada:\n", '  ada:\n    employee_id: "7"\n'),
    ("user.ada", {"roles": ("employee",)}, "      - manager    # since May\n", ""),
    (
        "user.ada",
        {"roles": ("admin", "employee", "manager")},
        "      - manager    # since May\n",
        "      - manager    # since May\n      - admin\n",
    ),
    ("user.bob", {"email": "b@x.example"}, "email: bob@x.example", "email: b@x.example"),
    ("user.bob", {"office": "Oslo"}, '"Bob"}   # short', '"Bob", office: Oslo}   # short'),
    ("user.bob", {"first_name": GONE, "email": "b, c"}, 'bob@x.example, first_name: "Bob"}', '"b, c"}'),
    ("user.cyd", {"first_name": "Sid"}, "first_name: Cyd", "first_name: Sid"),
    ("group.choir", {"members": ("ada",)}, "[ada, bob]   # both", "[ada]   # both"),
    ("group.choir", {"description": "one\ntwo"}, "    name: Choir\n", "    name: Choir\n    description: |-\n      one\n      two\n"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "fields", "old", "new"), CHANGES)
def test_a_changed_field_is_changed_in_place(address: str, fields: dict[str, Any], old: str, new: str) -> None:
    assert FILE.count(old) == 1
    assert changed(address, **fields) == FILE.replace(old, new)


@pytest.mark.parametrize(
    ("address", "gone"),
    [
        (
            "user.ada",
            FILE[FILE.index("  # the head") : FILE.index("\n  bob") + 0],
        ),
        ("user.bob", FILE[FILE.index("  bob") : FILE.index("  # cyd left")]),
        ("user.cyd", FILE[FILE.index("  # cyd left") : FILE.index("\ngroups")]),
    ],
)
def test_who_is_gone_goes_with_the_remarks_above_and_below(address: str, gone: str) -> None:
    text = rewrite(FILE, Edits(removed=[at(address)]), DICTIONARY, "a.yaml")
    assert text == FILE.replace(gone, "")


def test_an_emptied_collection_stays_with_its_name() -> None:
    text = rewrite(FILE, Edits(removed=[at("group.choir")]), DICTIONARY, "a.yaml")
    assert text.endswith("\n\ngroups:\n")


def added(text: str, *addresses: str, removed: tuple[str, ...] = ()) -> str:
    new = {at(one): {"name": at(one).key.title()} for one in addresses}
    return rewrite(text, Edits(added=new, removed=[at(one) for one in removed]), DICTIONARY, "a.yaml")


GROUPS = "version: 1\ngroups:\n  # the first\n  b: {name: B}\n  # the second\n  d:\n    name: D\n    # of d\n"


@pytest.mark.parametrize(
    ("address", "where"),
    [("group.a", "  # the first\n"), ("group.c", "  # the second\n"), ("group.e", "")],
)
def test_a_new_resource_goes_where_its_key_belongs(address: str, where: str) -> None:
    new = f"  {at(address).key}:\n    name: {at(address).key.upper()}\n"
    assert added(GROUPS, address) == (GROUPS.replace(where, new + where) if where else GROUPS + new)


def test_keys_in_no_order_get_new_ones_at_the_end() -> None:
    text = "version: 1\ngroups:\n  d: {name: D}\n  b: {name: B}\n"
    assert added(text, "group.c", "group.a") == text + "  a:\n    name: A\n  c:\n    name: C\n"


def test_resources_with_lines_between_them_get_one_too() -> None:
    text = "version: 1\ngroups:\n  b: {name: B}\n\n  d: {name: D}\n"
    assert added(text, "group.c") == text.replace("\n\n", "\n\n  c:\n    name: C\n\n")


@pytest.mark.parametrize("line", ["groups:", "groups: {}", "groups: null", "groups: {}  # none yet"])
def test_an_empty_collection_is_filled(line: str) -> None:
    remark = "  # none yet" if "#" in line else ""
    assert added(f"version: 1\n{line}\n", "group.a") == f"version: 1\ngroups:{remark}\n  a:\n    name: A\n"


def test_a_collection_that_is_new_comes_last() -> None:
    assert added("version: 1\nname: x\n", "group.a") == "version: 1\nname: x\n\ngroups:\n  a:\n    name: A\n"


def test_new_ones_come_beside_those_that_go() -> None:
    text = "version: 1\ngroups:\n  b: {name: B}\n  d: {name: D}\n"
    expected = "version: 1\ngroups:\n  a:\n    name: A\n  c:\n    name: C\n"
    assert added(text, "group.a", "group.c", removed=("group.b", "group.d")) == expected


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_stay(end: str, mark: str) -> None:
    text = mark + FILE.replace("\n", end)
    assert changed("user.ada", text, office="Oslo") == text.replace("office: Berlin", "office: Oslo")


STUCK = [
    ("users:\n  a: &x {email: a@x.example}\n", "user.a", {"email": "b@x.example"}),
    ("users:\n  a:\n    email: &x a@x.example\n", "user.a", {"email": "b@x.example"}),
    ("users:\n  a:\n    email: \"{{ 'a' }}@x.example\"\n", "user.a", {"email": "b@x.example"}),
    ("users: {a: {email: a@x.example}}\n", "user.a", {"email": "b@x.example"}),
    ("users:\n  a: {email: a@x.example,\n    office: Oslo}\n", "user.a", {"email": "b@x.example"}),
    ("groups:\n  a:\n    members:\n      - x  # who\n", "group.a", {"members": ("y",)}),
    ("users:\n  a:\n    email: a@x.example\r    office: Oslo\n", "user.a", {"email": "b@x.example"}),
]


@pytest.mark.parametrize(("text", "address", "fields"), STUCK)
def test_what_would_lose_something_is_not_changed(text: str, address: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Stuck) as caught:
        changed(address, "version: 1\n" + text, **fields)
    assert caught.value.address == at(address)


def test_signs_of_a_template_that_are_only_text_can_be_changed() -> None:
    text = "version: 1\ngroups:\n  a:\n    name: \"{{ '{{' }} x }}\"\n"
    assert changed("group.a", text, name="plain").endswith("    name: plain\n")


texts = st.text(st.sampled_from("ab #:-'\"{}[],&*!|>%@`\n\t"), min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(deadline=None, max_examples=200)
@given(address=st.sampled_from(["user.ada", "user.bob", "user.cyd"]), office=texts, title=texts)
def test_whatever_is_written_the_file_says_that_and_nothing_else(address: str, office: str, title: str) -> None:
    """``rewrite`` reads its own text again, and would raise."""
    try:
        text = changed(address, office=office, job_title=title)
    except Stuck:
        return
    for line in FILE.splitlines():
        if "office" not in line and "bob" not in line:
            assert line in text
