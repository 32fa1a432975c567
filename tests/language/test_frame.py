from pathlib import Path

import pytest

from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.frame import frame

MASKED = frozenset({"mobile", "salary", "home_address", "spells"})


def _frame(tmp_path: Path, text: str, line: int, column: int = 1, field: str | None = None) -> list[tuple[int, str]]:
    (tmp_path / "a.yaml").write_bytes(text.encode())
    problem = Problem(code="x", message="x", source=Source("a.yaml", line, column, 3), field=field)
    return [tuple(item) for item in frame(problem, tmp_path, MASKED)]  # type: ignore[misc]


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
        ("  anna: {mobile: 0199, office: Berlin}", "  anna: {mobile: ‹…›"),
        ("  immobile: 0199", "  immobile: 0199"),
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
        assert frame(Problem(code="x", message="x", source=Source(file, 1)), tmp_path, MASKED) == ()
    assert frame(Problem(code="x", message="x"), tmp_path, MASKED) == ()
