"""Folding dated changes that were carried out."""

from datetime import date
from pathlib import Path

import pytest

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.language import fold as folding
from dani_playbook.language.fold import fold

DICTIONARY = read_dictionary()
UNTIL = date(2026, 11, 1)


def body(lines: str) -> str:
    return "version: 1\n\nusers:\n  jdoe:\n" + lines


def folded(text: str) -> str:
    return fold(text, UNTIL, DICTIONARY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "    job_title: Dev\n    upcoming:\n      2026-01-01: {job_title: Staff, office: Berlin}\n",
            "    job_title: Staff\n    office: Berlin\n",
        ),
        (
            "    upcoming:\n      2026-11-01: {office: Berlin}\n      2026-11-02: {office: Toronto}\n",
            "    office: Berlin\n    upcoming:\n      2026-11-02: {office: Toronto}\n",
        ),
        (
            "    upcoming:\n      2026-02-01: {office: B}\n      2026-01-01: {office: A, mobile: null}\n",
            "    office: B\n    mobile: null\n",
        ),
        (
            "    upcoming:\n      2026-01-01:\n        # agreed\n        roles:\n          - a   # first\n          - b\n",
            "    # agreed\n    roles:\n      - a   # first\n      - b\n",
        ),
        (
            '    upcoming:\n      2026-01-01: {office: "x, }y", job_title: Boss}\n',
            '    job_title: Boss\n    office: "x, }y"\n',
        ),
    ],
)
def test_what_has_come_goes_into_the_resource(before: str, after: str) -> None:
    assert folded(body(before)) == body(after)


@pytest.mark.parametrize(
    "lines",
    [
        "    upcoming:\n      2026-12-01: {office: Berlin}\n",
        "    roles: [a]\n    upcoming:\n      2026-01-01: {roles: {add: [b]}}\n      2026-02-01: {office: Berlin}\n",
        "    office: &here Berlin\n    upcoming:\n      2026-01-01: {office: Toronto}\n",
        "    upcoming: {2026-01-01: {office: Berlin}}\n",
        "    upcoming:\n      soon: {office: Berlin}\n",
    ],
)
def test_what_has_not_come_or_can_not_be_folded_stays(lines: str) -> None:
    assert folded(body(lines)) == body(lines)


def test_nothing_is_folded_where_a_template_has_dates_of_its_own() -> None:
    text = (
        "version: 1\n\ntemplates:\n  users:\n    t:\n      upcoming:\n        2026-01-01: {office: A}\n\n"
        "users:\n  jdoe:\n    template: t\n    upcoming:\n      2026-02-01: {office: B}\n"
    )
    assert folded(text) == text


def test_a_fold_that_would_change_the_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "_placed", lambda *arguments: [])
    with pytest.raises(PlaybookError, match="without changing what it says"):
        folded(body("    upcoming:\n      2026-01-01: {office: Berlin}\n"))


def test_the_sample_company_says_the_same_after_folding() -> None:
    for path in sorted((Path(__file__).parents[2] / "playbooks").rglob("*.yaml")):
        text = path.read_text("utf-8")
        assert fold(text, date(2000, 1, 1), DICTIONARY, file=path.name) == folding.format_text(text, DICTIONARY)
        fold(text, date(2100, 1, 1), DICTIONARY, file=path.name)
