"""Tables: documents as rows for spreadsheets, one header and cells of text. A document that is no table isn't here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dani_playbook.cli import values, words

Row = Sequence[str]


class Table(NamedTuple):
    """A header and its rows; each row has as many cells as the header."""

    header: Row
    rows: Sequence[Row]


def table_of(name: str, document: Mapping[str, Any]) -> Table:
    """Raises ``KeyError`` for a document that is no table."""
    return TABLES[name](document)


_CHANGE = (
    "address",
    "title",
    "verb",
    "mark",
    "note",
    "field",
    "class",
    "before",
    "after",
    "reason",
    "reversible",
    "source",
)


def _changes(document: Mapping[str, Any]) -> Table:
    """One row a field; a change without fields has one row of its own."""
    return Table(_CHANGE, [row for change in document["changes"] for row in _change_rows(change)])


def _change_rows(change: Mapping[str, Any]) -> Iterator[Row]:
    head = (change["address"], change["title"], change["verb"], change["mark"] or "", words.change_note(change))
    final = "yes" if change["reversible"] else "no"
    for field in change["fields"] or [{}]:
        place = field.get("source") or change["source"] or ""
        yield (*head, *_field_cells(field), field.get("reason") or change["reason"], final, place)


def _field_cells(field: Mapping[str, Any]) -> Row:
    if not field:
        return ("", "", "", "")
    return (field["name"], field["class"], values.shown(field["before"]), values.shown(field["after"]))


def _planned(document: Mapping[str, Any]) -> Table:
    return _changes(document["plan"])


def _runs(document: Mapping[str, Any]) -> Table:
    names = ("id", "started_at", "finished_at", "state", "actor", "as_of", "environment", "commit", "undoes", "reason")
    rows = [
        (*_texts(run, names), words.done_line(run["summary"]), _text(run.get("failure"))) for run in document["runs"]
    ]
    return Table((*names, "what", "failure"), rows)


def _audit(document: Mapping[str, Any]) -> Table:
    names = ("number", "at", "actor", "action", "object", "run", "result")
    rows = [(*_texts(row, names), values.shown(row["detail"]) if row["detail"] else "") for row in document["rows"]]
    return Table((*names, "detail"), rows)


def _drift(document: Mapping[str, Any]) -> Table:
    header = ("address", "title", "class", "field", "field class", "before", "after")
    items = [(item, field) for item in document["items"] for field in item["fields"] or [{}]]
    return Table(
        header, [(item["address"], item["title"], item["class"], *_field_cells(field)) for item, field in items]
    )


def _timeline(document: Mapping[str, Any]) -> Table:
    header = ("date", "state", "event", "address", "title", "field", "class", "before", "after", "source")
    items = [(item, field) for item in document["items"] for field in item["fields"] or [{}]]
    names = ("date", "state", "event", "address", "title")
    return Table(header, [(*_texts(item, names), *_field_cells(field), item["source"]) for item, field in items])


def _export(document: Mapping[str, Any]) -> Table:
    rows = [
        (address, name, values.shown(value))
        for address, fields in document["resources"].items()
        for name, value in fields.items()
        if value is not None
    ]
    return Table(("address", "field", "value"), rows)


def _texts(item: Mapping[str, Any], names: Sequence[str]) -> Row:
    return tuple(_text(item.get(name)) for name in names)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


TABLES: Mapping[str, Callable[[Mapping[str, Any]], Table]] = {
    "plan": _changes,
    "run": _changes,
    "apply": _planned,
    "runs": _runs,
    "audit": _audit,
    "drift": _drift,
    "timeline": _timeline,
    "export": _export,
}
