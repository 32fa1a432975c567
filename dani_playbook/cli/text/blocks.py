"""Blocks: a change as its head line with the fields below it, in columns that a whole plan shares."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dani_playbook.cli import words
from dani_playbook.cli.summary import are_managed, folded
from dani_playbook.cli.text.fields import INDENT, label_column, write_fields
from dani_playbook.cli.text.page import PLACE, STRONG, Page, Span, cells, padded, sign_style
from dani_playbook.core.dataclass import dataclass

_LEAST_COLUMN, _MOST_COLUMN = 23, 42
_MOST_TITLE = 32


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of a head line begin, in cells: titles, marks and places."""

    title: int
    mark: int
    place: int

    @classmethod
    def of(cls, changes: Sequence[Mapping[str, Any]]) -> "Columns":
        """The narrowest columns that most of ``changes`` fit in."""
        title = label_column(changes, _LEAST_COLUMN, _MOST_COLUMN)
        titles = max((cells(change.get("title") or "") for change in changes), default=0)
        marks = max((cells(change.get("mark") or "") for change in changes), default=0)
        mark = title + min(titles, _MOST_TITLE) + 3 * bool(titles)
        return cls(title=title, mark=mark, place=mark + marks + 3 * bool(marks))


def write_changes(page: Page, changes: Sequence[Mapping[str, Any]], *, done: bool = False) -> None:
    """Every change, in the order of the document; many objects that are only taken as they are become one line."""
    shown, quiet = folded(changes)
    columns = Columns.of(shown)
    for change in shown:
        _write_head(page, change, columns)
        write_fields(page, change, columns.title)
        if not change.get("reversible", True):
            page.line(("  ! ", sign_style("!")), ("can't be taken back", sign_style("!")))
    if quiet:
        page.line(("^ ", sign_style("^")), are_managed(quiet, done=done), hang=2)


def _write_head(page: Page, change: Mapping[str, Any], columns: Columns) -> None:
    sign = change["sign"]
    head = [(f"{sign} ", sign_style(sign)), padded((str(change["address"]), STRONG), columns.title - 2)]
    write_head(page, head, change, columns, places(change))


def places(change: Mapping[str, Any]) -> list[str]:
    """What stands at the end of a head line: the place in the files, and how else the change comes about."""
    return [text for text in (short_place(change.get("source")), words.change_note(change)) if text]


def write_head(
    page: Page, head: Sequence[Span], change: Mapping[str, Any], columns: Columns, tail: Iterable[str]
) -> None:
    """A head line; on a terminal that is too narrow its end goes on a line of its own."""
    title, mark = str(change.get("title") or ""), str(change.get("mark") or change.get("code") or "")
    spans = [*head, padded(title, columns.mark - columns.title) if title or mark else ""]
    spans.append(padded(mark, columns.place - columns.mark) if mark or title else "")
    end = "   ".join(tail)
    if not title and not mark:
        spans.append(" " * (columns.place - columns.title))
    if page.width is not None and columns.place + cells(end) > page.width:
        page.line(*spans, hang=columns.title)
        page.line((INDENT + end, PLACE), hang=len(INDENT)) if end else None
        return
    page.line(*spans, (end, PLACE), hang=columns.place)


def short_place(source: str | None) -> str:
    """``file:line`` of ``file:line:column``."""
    return source.rsplit(":", 1)[0] if source and source.count(":") > 1 else source or ""
