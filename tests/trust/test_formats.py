"""Pages, tables and annotations: data in them does nothing, and what they say is what the document says."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dani_playbook.cli import sinks
from dani_playbook.cli.render import (
    DOCUMENTS as NAMES,
)
from dani_playbook.cli.render import (
    FORMATS,
    Surface,
    document_name,
    formats_of,
    render,
    render_workbook,
)
from tests.cli.documents import DOCUMENTS, HOSTILE, HOSTILE_PLAN, PLAN
from tests.cli.inside import call
from tests.cli.test_sinks import ANY_TEXT, NASTY, _poisoned

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1", "＋1", "－1", "＠A1", "  =1")
TEXT = ANY_TEXT | NASTY | st.sampled_from(FORMULAS)
VOID = {"meta"}


class Page(HTMLParser):
    """Counts what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closes something else"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.said += data


@given(TEXT)
def test_text_in_html_stays_text(text: str) -> None:
    page = Page(f"<p title={sinks.html_attribute(text)}>{sinks.html(text)}</p>")
    assert page.tags == [("p", {"title": sinks.visible(text)})]
    assert page.said == sinks.visible(text)


@given(TEXT)
def test_a_cell_of_csv_is_one_cell_of_text(text: str) -> None:
    [[cell, last]] = csv.reader(io.StringIO(f'{sinks.csv_cell(text)},"end"\r\n'))
    assert last == "end"
    assert cell.removeprefix("'") == sinks.visible(text).removeprefix("'")
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text: str) -> None:
    assert sinks.csv_cell(text).startswith("\"'")
    assert sinks.xlsx_cell(text).startswith("'")


@given(TEXT, TEXT)
def test_a_workflow_command_is_one_line_with_one_message(text: str, file: str) -> None:
    line = sinks.ci_command("error", text, file=file or "a", title=text or "b")
    assert line.count("\n") == 1
    assert line.endswith("\n")
    head, message = re.fullmatch(r"::error ([^:]*)::(.*)\n", line, re.DOTALL).groups()  # type: ignore[union-attr]
    assert head.count(",") == 1
    assert "##[" not in line
    assert not re.search("%(?!25|3A|2C)", head + message)


@given(st.dictionaries(st.text(), TEXT))
def test_a_record_of_a_log_is_one_line_of_ascii(record: dict[str, str]) -> None:
    line = sinks.log_text(record)
    assert line.isascii()
    assert line.count("\n") == 1
    assert json.loads(line) == record


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_is_whole_and_holds_nothing_that_acts(name: str) -> None:
    for document in (DOCUMENTS[name], _poisoned(DOCUMENTS[name])):
        page = Page(render(document, "html", Surface()))  # type: ignore[arg-type]
        assert page.open == []
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "img", "iframe", "object", "form", "link", "a", "svg", "base", "input"}
        assert not [
            name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"
        ]
        policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
        assert str(policy).startswith("default-src 'none'; style-src 'sha256-")


def test_the_policy_of_a_page_allows_its_own_style_and_no_other() -> None:
    from base64 import b64encode
    from hashlib import sha256

    text = render(PLAN, "html", Surface())
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in text
    assert "prefers-color-scheme:dark" in style
    assert not re.search(r"url\(|@import|https?:", style)


def test_a_page_of_a_plan_says_what_is_signed_and_every_change() -> None:
    page = Page(render(PLAN, "html", Surface()))
    for said in (
        "7c1e9a04f1d2",
        "hris (sqlite)",
        "2026-11-23",
        "user.jdoe",
        "sales",
        "‹personal›",
        "due since 2026-11-20",
    ):
        assert said in page.said
    assert sum(tag == "details" for tag, _ in page.tags) == len(PLAN["changes"])


def test_a_hostile_page_shows_what_it_was_given() -> None:
    assert sinks.visible(HOSTILE) in Page(render(HOSTILE_PLAN, "html", Surface())).said


def cells(data: bytes) -> list[tuple[str, str | None]]:
    """Type and text of every cell of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        strings = ET.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in item.iter(f"{space}t")) for item in strings]
        assert not list(sheet.iter(f"{space}f")), "a formula"
        assert not any("drawing" in name or "externalLink" in name or "vba" in name for name in archive.namelist())
        return [(c.get("t"), texts[int(c.find(f"{space}v").text)]) for c in sheet.iter(f"{space}c") if c.get("t")]  # type: ignore[union-attr, arg-type]


TABULAR = [name for name, document in DOCUMENTS.items() if "csv" in formats_of(document_name(document))]


@pytest.mark.parametrize("name", TABULAR)
def test_a_table_says_the_same_as_csv_and_as_a_workbook(name: str) -> None:
    document: Any = _poisoned(DOCUMENTS[name])
    rows = list(csv.reader(io.StringIO(render(document, "csv", Surface()), newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    found = cells(render_workbook(document))
    assert {kind for kind, _ in found} == {"s"}
    assert [text for _, text in found] == [text for row in rows for text in row]


def test_a_workbook_is_the_same_bytes_each_time() -> None:
    assert render_workbook(PLAN) == render_workbook(PLAN)


@pytest.mark.parametrize("name", [n for n, d in DOCUMENTS.items() if "github" in formats_of(document_name(d))])
def test_annotations_are_commands_and_nothing_else(name: str) -> None:
    for document in (DOCUMENTS[name], _poisoned(DOCUMENTS[name])):
        text = render(document, "github", Surface())  # type: ignore[arg-type]
        assert text
        assert all(re.match(r"::(error|warning|notice) ", line) for line in text.splitlines())


def test_every_document_has_the_formats_that_it_says() -> None:
    for document in DOCUMENTS.values():
        name = document_name(document)
        for form in set(formats_of(name)) - {"xlsx"}:
            assert isinstance(render(document, form, Surface()), str)
        for form in set(FORMATS) - set(formats_of(name)):
            with pytest.raises(KeyError):
                render(document, form, Surface())
    assert {document_name(document) for document in DOCUMENTS.values()} == set(NAMES)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("doctor --format csv", "text, json, markdown, html"),
        ("doctor --format github", "text, json, markdown, html"),
        ("runs --format github", "text, json, markdown, html, csv, xlsx"),
        ("plan --format xlsx", "name one: --output FILE.xlsx"),
        ("validate --output x.csv", "text, json, markdown, html, github"),
        ("export --to x --format csv", "text, json, markdown, html"),
    ],
)
def test_a_format_that_a_result_does_not_have_is_refused_before_anything_is_done(
    line: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("init").code == 0
    ended = call(*line.split())
    assert ended.code == 64
    assert said in ended.err + ended.out
    assert not (tmp_path / ".dani").exists()


@pytest.mark.parametrize(("ending", "begins"), [("html", b"<!DOCTYPE"), ("csv", b'"address"'), ("xlsx", b"PK")])
def test_the_ending_of_a_file_says_the_format(
    ending: str, begins: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call("init")
    assert call("timeline", "--output", f"x.{ending}").code == 0
    begins = b'"date"' if ending == "csv" else begins
    assert (tmp_path / f"x.{ending}").read_bytes().startswith(begins)


def test_an_error_comes_out_as_an_annotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("init")
    (tmp_path / "playbooks/groups.yaml").write_text("version: 1\ngrups: {}\n")
    ended = call("timeline", "--format", "csv")
    assert (ended.code, ended.out) == (3, "")
    assert "grups" in ended.err
    ended = call("validate", "--format", "github")
    assert ended.out.startswith("::error file=playbooks/groups.yaml,line=2,col=1,endColumn=6,title=unknown-")
