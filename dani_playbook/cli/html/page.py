"""HtmlPage: a sheet as one page that needs nothing else: no script, no file, no network."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from dani_playbook.cli.html.style import STYLE
from dani_playbook.cli.markdown.sheet import Badge, Bold, Code, Line, Piece, Sheet, Signed
from dani_playbook.cli.sinks import html, html_attribute

_SIGNS = {"+": "create", "~": "update", "-": "remove", "^": "adopt", ">": "move", "=": "release", "!": "final"}
_SIDES = {"-": "before", "+": "after", " ": "note"}
_ALLOWED = f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
_POLICY = f"default-src 'none'; {_ALLOWED}; base-uri 'none'; form-action 'none'"


class _Row(NamedTuple):
    """What is said of one field: its name, and signs with texts."""

    name: str
    sides: tuple[Line, ...]


class HtmlPage(Sheet):
    """Blocks of HTML below a heading; ``title`` is used where a document brings none."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._heading = ""
        self._facts = ""
        self._blocks: list[str] = []

    def heading(self, *pieces: Piece, level: int = 3) -> None:
        if self._heading:
            self._blocks.append(f"<h2>{_inline(pieces)}</h2>")
            return
        self._title = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
        self._heading = f"<h1>{_inline(pieces)}</h1>"

    def paragraph(self, *pieces: Piece) -> None:
        self._blocks.append(f"<p>{_inline(pieces)}</p>")

    def bullets(self, items: Iterable[Sequence[Piece]]) -> None:
        listed = "\n".join(f"<li>{_inline(item)}</li>" for item in items)
        self._blocks.append(f"<ul>\n{listed}\n</ul>" if listed else "")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Sequence[Piece]]]) -> None:
        head = "".join(f'<th scope="col">{html(name)}</th>' for name in header)
        body = "\n".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in rows)
        table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        self._blocks.append(f'<div class="wide">{table}</div>')

    def marker(self, name: str) -> None:
        """Left out: a page is found by its file."""

    def facts(self, facts: Mapping[str, str]) -> None:
        listed = "".join(f"<div><dt>{html(name)}</dt><dd>{html(text)}</dd></div>" for name, text in facts.items())
        self._facts = f"<dl>{listed}</dl>"

    def details(self, summary: Sequence[Piece], lines: Sequence[Line], note: Sequence[Piece] = ()) -> bool:
        rows = "\n".join(_row(row) for row in _rows(lines))
        table = f"<table>\n<tbody>\n{rows}\n</tbody>\n</table>" if rows else ""
        tail = f'<p class="source">{_inline(note)}</p>' if note else ""
        kind = html_attribute(" ".join(["change", *(_SIGNS.get(p.sign, "") for p in summary if isinstance(p, Signed))]))
        head = f"<summary>{_inline(summary)}</summary>"
        self._blocks.append(f"<details open class={kind}>{head}\n{table}{tail}</details>")
        return True

    def code(self, lines: Sequence[str]) -> bool:
        body = "\n".join(html(line) for line in lines)
        self._blocks.append(f"<pre>{body}</pre>")
        return True

    def written(self) -> str:
        heading = self._heading or f"<h1>{html(self._title)}</h1>"
        body = "\n".join(block for block in (heading, self._facts, *self._blocks) if block)
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
            f"<title>{html(self._title)}</title>\n<style>{STYLE}</style>\n</head>\n"
            f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
        )


def _rows(lines: Sequence[Line]) -> Iterator[_Row]:
    """Lines that follow each other and speak of one field, as one row."""
    split = [(sign, *_named(text)) for sign, text in lines]
    for name, group in groupby(split, key=lambda item: item[1]):
        yield _Row(name, tuple((sign, text) for sign, _, text in group))


def _named(text: str) -> tuple[str, str]:
    text = text.removeprefix("  # ")
    name, colon, rest = text.partition(": ")
    if text.endswith(":"):
        return text.removesuffix(":"), ""
    return (name, rest) if colon and " " not in name.strip() else ("", text)


def _row(row: _Row) -> str:
    shown = "".join(f'<span class="{_SIDES.get(sign, "note")}">{html(text)}</span>' for sign, text in row.sides if text)
    inner = ' class="inner"' if row.name.startswith(" ") else ""
    return f'<tr{inner}><th scope="row">{html(row.name.strip())}</th><td>{shown}</td></tr>'


def _inline(pieces: Sequence[Piece]) -> str:
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Piece) -> str:
    if isinstance(piece, Code):
        return f"<code>{html(piece.text)}</code>"
    if isinstance(piece, Bold):
        return f"<strong>{html(piece.text)}</strong>"
    if isinstance(piece, Badge):
        return f' <span class="badge{" loud" * piece.is_loud}">{html(piece.text)}</span>'
    if isinstance(piece, Signed):
        word = html_attribute(_SIGNS.get(piece.sign, ""))
        return f'<span class="sign" title={word}>{html(piece.sign)}</span> <code>{html(piece.text)}</code>'
    return html(piece)
