"""Render: a document in the format asked for. Nothing but the document is asked."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dani_playbook.cli import sinks
from dani_playbook.core.dataclass import dataclass

if TYPE_CHECKING:
    from dani_playbook.cli.markdown.sheet import Sheet

EVERYWHERE = ("text", "json", "markdown", "html")
"""What every document can be."""

_TABLE = ("csv", "xlsx")
_ANNOTATED = ("github",)
FORMATS = (*EVERYWHERE, *_TABLE, *_ANNOTATED)
BINARY = frozenset({"xlsx"})
"""These need a file."""

DOCUMENTS = (
    "plan", "problems", "validation", "apply", "runs", "run",
    "drift", "timeline", "explain", "export", "written", "doctor", "config",
    "audit", "verification", "approval", "lock", "settlement", "resumption", "whoami", "key", "keys",
    "binding",
)  # fmt: skip
"""Each has a renderer in ``text/`` and in ``markdown/``; the name is that in ``dani.<name>/1``."""


MORE_FORMATS: Mapping[str, tuple[str, ...]] = {
    "plan": (*_TABLE, *_ANNOTATED),
    "apply": (*_TABLE, *_ANNOTATED),
    "problems": _ANNOTATED,
    "validation": _ANNOTATED,
    "run": _TABLE,
    "runs": _TABLE,
    "audit": _TABLE,
    "drift": _TABLE,
    "timeline": _TABLE,
    "export": _TABLE,
}
"""What else a document can be: a table of rows, or annotations in a CI job."""


def formats_of(name: str) -> tuple[str, ...]:
    """All formats of a document; of no document in particular, those that every one has."""
    return (*EVERYWHERE, *MORE_FORMATS.get(name, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What a text is drawn on: ``width`` in cells on a terminal, ``None`` on a pipe or in a file."""

    width: int | None = None
    colour: bool = False


def render(document: Mapping[str, Any], form: str, surface: Surface) -> str:
    """All pieces in one."""
    return "".join(render_pieces(document, form, surface))


def render_pieces(document: Mapping[str, Any], form: str, surface: Surface) -> Iterable[str]:
    """The document in one of ``FORMATS``, ending with a line feed. JSON is made piece by piece, when it is asked for.

    Raises ``KeyError`` for an unknown document or a format that it doesn't have, and for one that is no text.
    """
    if form == "json":
        return sinks.json_pieces(document)
    name = document_name(document)
    if name not in DOCUMENTS or form not in formats_of(name):
        raise KeyError(f"no {form} for {name}")
    return (_text(name, document, surface) if form == "text" else _WRITERS[form](name, document),)


def render_workbook(document: Mapping[str, Any]) -> bytes:
    """The document as a file for Excel and LibreOffice. Raises ``KeyError`` for one that is no table."""
    from dani_playbook.cli.spreadsheet import workbook
    from dani_playbook.cli.tables import table_of

    name = document_name(document)
    return workbook(table_of(name, document), name)


def document_name(document: Mapping[str, Any]) -> str:
    """``plan`` of ``dani.plan/1``."""
    return str(document["format"]).removeprefix("dani.").partition("/")[0]


def _text(name: str, document: Mapping[str, Any], surface: Surface) -> str:
    from dani_playbook.cli.text.page import Page

    page = Page(surface.width, colour=surface.colour)
    import_module(f"dani_playbook.cli.text.{name}").write(page, document)
    return page.written()


def _markdown(name: str, document: Mapping[str, Any]) -> str:
    from dani_playbook.cli.markdown.sheet import MarkdownSheet

    return _on_sheet(MarkdownSheet(), name, document)


def _html(name: str, document: Mapping[str, Any]) -> str:
    from dani_playbook.cli.html.page import HtmlPage

    return _on_sheet(HtmlPage(name.capitalize()), name, document)


def _on_sheet(sheet: "Sheet", name: str, document: Mapping[str, Any]) -> str:
    import_module(f"dani_playbook.cli.markdown.{name}").write(sheet, document)
    return sheet.written()


def _csv(name: str, document: Mapping[str, Any]) -> str:
    from dani_playbook.cli.spreadsheet import csv_text
    from dani_playbook.cli.tables import table_of

    return csv_text(table_of(name, document))


def _github(name: str, document: Mapping[str, Any]) -> str:
    from dani_playbook.cli.github import annotations

    return annotations(name, document)


_WRITERS: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "markdown": _markdown,
    "html": _html,
    "csv": _csv,
    "github": _github,
}
