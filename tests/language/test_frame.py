from pathlib import Path

import pytest

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.frame import Names, frame, names_of

NAMES = Names(
    open=frozenset({"a", "b", "c", "office", "note", "users", "roles", "each", "fields"}),
    closed=frozenset({"mobile", "salary", "home_address", "spells", "vars"}),
)


def _frame(tmp_path: Path, text: str, line: int, column: int = 1, field: str | None = None) -> list[tuple[int, str]]:
    (tmp_path / "a.yaml").write_bytes(text.encode())
    problem = Problem(code="x", message="x", source=Source("a.yaml", line, column, 3), field=field)
    return [tuple(item) for item in frame(problem, tmp_path, NAMES)]  # type: ignore[misc]


def test_a_frame_has_the_line_before_and_the_line(tmp_path):
    assert _frame(tmp_path, "a: 1\nb: 2\nc: 3\n", 2) == [(1, "a: 1"), (2, "b: 2")]
    assert _frame(tmp_path, "a: 1\nb: 2\n", 1) == [(1, "a: 1")]


def test_the_value_of_a_masked_field_is_blank(tmp_path):
    assert _frame(tmp_path, "a: 1\n  mobile: 0199\n", 2, 11, "mobile") == [(2, "  mobile: ‹…›")]


def test_the_value_of_a_masked_field_is_blank_where_the_line_doesn_t_name_it(tmp_path):
    assert _frame(tmp_path, "a: 1\n  - 0199\n", 2, 5, "mobile") == [(2, "  - ‹…›")]


@pytest.mark.parametrize(
    ("above", "shown"),
    [
        ("  mobile: 0199", "  mobile: ‹…›"),
        ('  "mobile": 0199', '  "mobile": ‹…›'),
        ("  mobile : 0199", "  mobile : ‹…›"),
        ("  anna: {mobile: 0199, office: Berlin}", "  anna: ‹…›"),
        ("  fields: {office: Berlin, mobile: 0199}", "  fields: {office: Berlin, mobile: ‹…›"),
        ("  immobile: 0199", "  immobile: ‹…›"),
        ("  note: x", "  note: x"),
        ("  anna:", "  anna:"),
        ("  home_address: {street: 0199}", "  home_address: ‹…›"),
    ],
)
def test_masked_fields_of_the_line_before_are_blank(above: str, shown: str, tmp_path):
    assert _frame(tmp_path, f"{above}\n  office: x\n", 2)[0] == (1, shown)


@pytest.mark.parametrize(
    "text",
    [
        "home_address:\n  street: 0199\n",
        "home_address:\n  deep:\n    street: 0199\n",
        "spells:\n- 0199\n",
        "spells:\n  - start_date: 0199\n",
        "mobile: |\n  more\n  0199\n",
        "home_address:\n  # a remark\n\n  street: 0199\n",
    ],
)
def test_what_lies_under_a_masked_field_is_blank(text: str, tmp_path):
    number = len(text.splitlines())
    assert "0199" not in str(_frame(tmp_path, text, number))


def test_a_line_after_a_masked_field_is_shown(tmp_path):
    text = "home_address:\n  street: 0199\noffice: x\n"
    assert _frame(tmp_path, text, 3) == [(2, "  ‹…›"), (3, "office: x")]


def test_what_could_move_the_cursor_of_a_terminal_is_taken_out(tmp_path):
    assert _frame(tmp_path, "a: \x1b[31m\u202e\n", 1) == [(1, "a: �[31m�")]


def test_a_long_line_is_cut(tmp_path):
    ((_, text),) = _frame(tmp_path, "a: " + "x" * 9_999, 1)
    assert len(text) < 300


def test_a_table_or_a_file_elsewhere_has_no_frame(tmp_path):
    (tmp_path / "new.csv").write_text("0199\n")
    for file in ("new.csv", "gone.yaml", "../a.yaml", "/etc/a.yaml"):
        assert frame(Problem(code="x", message="x", source=Source(file, 1)), tmp_path, NAMES) == ()
    assert frame(Problem(code="x", message="x"), tmp_path, NAMES) == ()


LEAKS = {
    "a slip in the name of a field": "users:\n  anna:\n    mobil: 0199\n",
    "a name that looks like one": "users:\n  anna:\n    mobile_phone: 0199\n",
    "another case": "users:\n  anna:\n    Mobile: 0199\n",
    "an escaped name": 'users:\n  anna:\n    "mob\\u0069le": 0199\n',
    "a name with a tag": "users:\n  anna:\n    !!str mobile: 0199\n",
    "an explicit key": "users:\n  anna:\n    ? mobile\n    : 0199\n",
    "quotes over several lines": 'users:\n  anna:\n    mobile: "x\n0199"\n',
    "single quotes over several lines": "users:\n  anna:\n    mobile: 'it''s\n  0199'\n",
    "brackets over several lines": "users:\n  anna:\n    home_address: {street: x,\n  office: 0199}\n",
    "a list over several lines": "users:\n  anna:\n    spells: [\n a,\n 0199]\n",
    "a person on one line": "users:\n  anna: {mobil: 0199}\n",
    "everything on one line": "{users: {anna: {office: x, mobil: 0199}}}\n",
    "an anchor": "users:\n  anna:\n    office: &phone 0199\n",
    "an anchor of a list": "roles: &phones [0199]\n",
    "a variable": "vars:\n  phone: 0199\n",
    "a variable on one line": "vars: {phone: 0199}\n",
    "a remark": "users:\n  anna:\n    # 0199\n",
    "a remark behind a value": "users:\n  anna:\n    office: x # 0199\n",
    "a line that is nothing": "users:\n  anna:\n    0199\n",
    "a folded text": "users:\n  anna:\n    mobile: >-\n      x: y\n      note: 0199\n",
    "a dated change": "users:\n  anna:\n    upcoming:\n      2027-01-01: {mobil: 0199}\n",
    "fields of generate": "each: {list: x}\nfields: {office: x, mobil: 0199}\n",
    "a merged mapping": "users:\n  anna: {<<: {mobil: 0199}}\n",
    "a tab": "users:\n  anna:\n\tmobil: 0199\n",
    "brackets after quotes": 'users:\n  anna:\n    home_address: {street: "a}",\n  office: 0199}\n',
}


@pytest.mark.parametrize("text", LEAKS.values(), ids=LEAKS)
def test_a_value_that_may_be_personal_is_never_shown(text: str, tmp_path):
    number = next(at for at, line in enumerate(text.split("\n"), 1) if "0199" in line)
    assert "0199" not in str(_frame(tmp_path, text, number))
    assert "0199" not in str(_frame(tmp_path, text + "a: 1\n", number + 1))


def test_without_the_list_of_names_such_values_would_be_shown(tmp_path, monkeypatch):
    monkeypatch.setattr("dani_playbook.language.frame._first_closed", lambda line, shown: None)
    monkeypatch.setattr("dani_playbook.language.frame.continued", lambda lines: frozenset())
    monkeypatch.setattr("dani_playbook.language.frame._remark_or_anchor", lambda line: None)
    shown = [str(_frame(tmp_path, text, text.count("\n"))) for text in LEAKS.values()]
    assert sum("0199" in text for text in shown) > 10


def test_only_names_up_to_the_class_internal_are_open():
    names = names_of(read_dictionary())
    assert {"office", "email", "department", "users", "upcoming", "time_zone"} <= names.open
    assert not names.open & {"mobile", "salary", "street", "national_id", "database", "vars", "initial_password"}
    assert names.open.isdisjoint(names.closed)
