"""Every document in every format, compared with what it should look like, character for character.

``DANI_GOLDEN=write`` writes the files anew; look at the difference before you commit it.
"""

import os
from pathlib import Path

import pytest

from dani_playbook.cli.render import DOCUMENTS as FORMATS
from dani_playbook.cli.render import Surface, document_name, render
from tests.cli.documents import DOCUMENTS, HARD_PLAN, PLAN

FOLDER = Path(__file__).with_name("golden")
PIPE = Surface()
TERMINAL = Surface(width=80)


def compare(path: Path, text: str) -> None:
    if os.environ.get("DANI_GOLDEN") == "write":
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_on_a_pipe_reads_like_its_golden_file(name: str) -> None:
    compare(FOLDER / f"{name}.txt", render(DOCUMENTS[name], "text", PIPE))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_on_a_narrow_terminal_reads_like_its_golden_file(name: str) -> None:
    text = render(DOCUMENTS[name], "text", TERMINAL)
    compare(FOLDER / f"{name}.80.txt", text)
    assert max((len(line) for line in text.splitlines()), default=0) <= 80


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_in_markdown_reads_like_its_golden_file(name: str) -> None:
    compare(FOLDER / f"{name}.md", render(DOCUMENTS[name], "markdown", PIPE))


def test_every_document_format_has_a_golden_file() -> None:
    assert {document_name(document) for document in DOCUMENTS.values()} == set(FORMATS)


def test_the_plan_of_the_design_has_its_signs_and_its_sum() -> None:
    text = render(PLAN, "text", PIPE)
    assert text.startswith("Plan 7c1e9a04  playbooks/ (12 files, 248 resources) → hris (sqlite), as of 2026-11-23\n")
    assert "\n  1 hire · 1 transfer · 1 leaver\n" in text
    assert "Plan: 1 to create, 1 to update, 1 to remove; 245 unchanged; 2 live resources unmanaged.\n" in text
    assert text.endswith("Nothing irreversible. Touches 3 of 248 people.\n")


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "github"])
def test_a_first_run_and_who_could_be_meant_are_told_in_every_format(form: str) -> None:
    text = render(DOCUMENTS["plan-taking-over"], form, PIPE)
    assert "First run: adopts 6 people, 1 department and 2 powerapps, and removes nothing" in text
    assert "user.edoe" in text
    assert form == "github" or all(part in text for part in ("Evelyn Doe", "17", "23", "engineering.yaml:60", "E-17"))


def test_colour_only_repeats_what_the_text_says() -> None:
    for document in DOCUMENTS.values():
        plain, coloured = (render(document, "text", Surface(colour=colour)) for colour in (False, True))
        assert "\x1b" not in plain
        assert _without_colour(coloured) == plain


def _without_colour(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_comment_stays_below_the_limit_of_a_pull_request_and_keeps_the_sum() -> None:
    changes = [change | {"address": f"user.p{number}"} for number in range(2000) for change in PLAN["changes"][:1]]
    findings = [HARD_PLAN["blockers"][0] | {"address": f"user.p{number}"} for number in range(2000)]
    text = render(PLAN | {"changes": changes, "blockers": findings}, "markdown", PIPE)
    assert len(text) < 65_536
    assert "1 to create" in text
    assert "more" in text


def test_a_long_plan_says_how_many_changes_a_comment_leaves_out() -> None:
    changes = [change | {"address": f"user.p{number}"} for number in range(2000) for change in PLAN["changes"][:1]]
    text = render(PLAN | {"changes": changes}, "markdown", PIPE)
    left = 2000 - text.count("<details>")
    assert f"… and {left:,} more changes" in text


def test_an_unknown_document_is_no_text() -> None:
    with pytest.raises(KeyError):
        render({"format": "dani.other/1"}, "text", PIPE)
