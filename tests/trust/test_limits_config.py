"""What dani.yaml says of limits, protected addresses and freezes, and what one call raises."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.engine.limits import STANDING, Freeze, Limit, Limits
from dani_playbook.runner.config import read_config
from dani_playbook.runner.limiting import limits_of, raised

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

WHOLE = """\
version: 1
limits:
  leavers: {number: 3, share: 5, ceiling: 30}
  field: {share: 50}
protected: [user.ceo, "setting.*"]
freezes:
  - {from: 2026-12-20, until: 2027-01-02, why: payroll, only: ["user.*"]}
"""


def test_what_is_said_lies_over_the_start_values(tmp_path: Path) -> None:
    (tmp_path / "dani.yaml").write_text(WHOLE, "utf-8")
    limits = limits_of(read_config(tmp_path, {}), NOW, NOW.date())
    assert limits.standing["leavers"] == Limit(number=3, share=5, ceiling=30, careful=True)
    assert limits.standing["field"] == Limit(number=5, share=50)
    assert limits.standing["creates"] == STANDING["creates"]
    assert limits.protected == ("user.ceo", "setting.*")
    freeze = Freeze(start=date(2026, 12, 20), until=date(2027, 1, 2), why="payroll", only=("user.*",))
    assert limits.freezes == (freeze,)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("limits: {leaver: {number: 3}}", 2, 'did you mean "leavers"?'),
        ("limits: {leavers: {nubmer: 3}}", 2, 'did you mean "number"?'),
        ("limits: {leavers: {number: 0}}", 2, "limits.leavers.number"),
        ("limits: {leavers: {share: 100}}", 2, "limits.leavers.share"),
        ("limits: {leavers: {number: 26}}", 2, "over the ceiling of 25"),
        ("limits:\n  creates: {number: 9, ceiling: 8}", 3, "over the ceiling of 8"),
        ("limits: {leavers: false}", 2, "must be a mapping"),
        ("protected: [usr.ceo]", 2, 'did you mean "user"?'),
        ("protected: [user]", 2, "protected.0"),
        ("freezes: [{from: 2026-12-20, until: 2026-12-20, why: x}]", 2, "ends before it begins"),
        ("freezes: [{from: 2026-02-30, until: 2026-12-20, why: x}]", 2, "no day of the calendar"),
        ("freezes: [{from: 2026-12-20, until: 2026-12-21}]", 2, '"why" is missing'),
        ("freezes: [{from: 2026-12-20, until: 2026-12-21, why: x, only: [jobs.a]}]", 2, 'did you mean "job"?'),
    ],
)
def test_a_mistake_is_shown_where_it_stands(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "dani.yaml").write_text(f"version: 1\n{text}\n", "utf-8")
    with pytest.raises(PlaybookError) as caught:
        read_config(tmp_path, {})
    [problem] = caught.value.problems
    assert said in problem.message
    assert problem.source is not None
    assert problem.source.line == line


@pytest.mark.parametrize(
    ("raises", "reason", "said"),
    [
        ({"leaver": 3}, "agreed", 'did you mean "leavers"?'),
        ({"leavers": 3}, " ", "raised for a reason"),
        ({}, "agreed", "none is"),
    ],
)
def test_a_limit_is_raised_by_its_name_and_for_a_reason(raises: dict[str, int], reason: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        raised(Limits(), raises, reason, read_dictionary().kinds)
