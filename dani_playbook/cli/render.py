"""Render: a document as text, Markdown or JSON. Nothing but the document is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from dani_playbook.cli import sinks

FORMATS = ("text", "json", "markdown")

DOCUMENTS = (
    "plan", "problems", "validation", "apply", "runs", "run",
    "drift", "timeline", "explain", "export", "written", "doctor", "config",
    "audit", "verification", "whoami", "key", "keys",
)  # fmt: skip
"""Each has a renderer in ``text/`` and in ``markdown/``; the name is that in ``dani.<name>/1``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What a text is drawn on: ``width`` in cells on a terminal, ``None`` on a pipe or in a file."""

    width: int | None = None
    colour: bool = False


def render(document: Mapping[str, Any], form: str, surface: Surface) -> str:
    """The document in one of ``FORMATS``, ending with a line feed. Raises ``KeyError`` for an unknown document."""
    if form == "json":
        return sinks.json_text(document)
    name = document_name(document)
    if name not in DOCUMENTS:
        raise KeyError(f"no renderer for {name}")
    if form == "markdown":
        return _markdown(name, document)
    return _text(name, document, surface)


def document_name(document: Mapping[str, Any]) -> str:
    """``plan`` of ``dani.plan/1``."""
    return str(document["format"]).removeprefix("dani.").partition("/")[0]


def _text(name: str, document: Mapping[str, Any], surface: Surface) -> str:
    from dani_playbook.cli.text.page import Page

    page = Page(surface.width)
    import_module(f"dani_playbook.cli.text.{name}").write(page, document)
    return page.written(surface.colour)


def _markdown(name: str, document: Mapping[str, Any]) -> str:
    from dani_playbook.cli.markdown.sheet import Sheet

    sheet = Sheet()
    import_module(f"dani_playbook.cli.markdown.{name}").write(sheet, document)
    return sheet.written()
