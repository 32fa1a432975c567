"""Explain as text: where a value comes from, who owns it, what was applied, what is live."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import values
from dani_playbook.cli.text.apply import moment
from dani_playbook.cli.text.blocks import short_place
from dani_playbook.cli.text.page import PLACE, QUIET, STRONG, Page, cells, padded

_LABEL = 14
_MOST_VALUE = 36
_MOST_NAMES = 4
_AS_DECLARED = "as declared"
_OWNERS = {"playbook": "the playbook", "live": "the live system", "nobody": "nobody; it is declared nowhere"}


def write(page: Page, document: Mapping[str, Any]) -> None:
    """The resource, its fields (one in full, or several in short), and what happened to it."""
    place = short_place(document.get("source"))
    page.line((document["address"], STRONG), f"  {document.get('title') or ''}   ", (place, PLACE))
    managed = "managed by dani" if document["managed"] else "not managed"
    live = f", live id {document['live_id']}" if document.get("live_id") else ", not in the live system"
    page.line(f"  {managed}{live}, as of {document['as_of']}")
    page.blank()
    if len(document["fields"]) == 1:
        _write_field(page, document["fields"][0])
    else:
        _write_table(page, document["fields"], place.rpartition(":")[0])
    _write_history(page, document["history"])


def _write_field(page: Page, field: Mapping[str, Any]) -> None:
    page.line((field["name"], STRONG), f"  {field['verdict']}", hang=2)
    if field.get("description"):
        page.line("  " + field["description"], hang=2)
    _fact(page, "declared", values.shown(field["desired"]), _from(field))
    _fact(page, "applied", values.shown(field["applied"]))
    _fact(page, "live", values.shown(field["live"]))
    _fact(page, "owner", _OWNERS.get(field["owner"], field["owner"]))
    _fact(page, "class", field["class"])
    for shadowed in field["shadowed"]:
        place = short_place(shadowed.get("source"))
        _fact(page, "overruled", values.shown(shadowed["value"]), " ".join(_filled(shadowed["origin"], place)))
    for coming in field["next"]:
        _fact(page, "from " + coming["date"], values.shown(coming["value"]))


def _fact(page: Page, label: str, text: str, note: str = "") -> None:
    column = max(_LABEL, cells(label) + 2)
    tail = [("   " + note, PLACE)] if note else []
    page.line("  ", (padded(label, column)[0], QUIET), text, *tail, hang=column + 2)


def _from(field: Mapping[str, Any]) -> str:
    since = f"since {field['since']}" if field.get("since") else ""
    return " ".join(_filled(field.get("origin"), short_place(field.get("source")), since))


def _filled(*parts: Any) -> list[str]:
    return [str(part) for part in parts if part]


def _write_table(page: Page, fields: Sequence[Mapping[str, Any]], home: str) -> None:
    """Where a line is too short, a place in the file ``home`` is told by its line alone."""
    name = max((cells(field["name"]) for field in fields), default=0) + 4
    texts = [values.shown(_value(field)) for field in fields]
    note = name + min(max((cells(text) for text in texts), default=0), _MOST_VALUE) + 3
    for field, text in zip(fields, texts, strict=True):
        head, told = padded(f"  {field['name']}", name), _note(field)
        room = None if page.width is None else page.width - max(note, name + cells(text) + 1)
        if room is not None and home and cells(told) > room:
            told = told.replace(f"{home}:", "line ")
        fits = room is None or cells(told) <= room
        page.line(head, padded(text, note - name), (told if fits else "", PLACE), hang=note if fits else name)
        if not fits:
            page.line(("    " + told, PLACE), hang=4)


def _value(field: Mapping[str, Any]) -> Any:
    return field["desired"] if field["owner"] == "playbook" else field["live"]


def _note(field: Mapping[str, Any]) -> str:
    verdict = "" if field["verdict"] == _AS_DECLARED else field["verdict"]
    return ", ".join(_filled(_from(field), verdict))


def _write_history(page: Page, history: Sequence[Mapping[str, Any]]) -> None:
    if not history:
        return
    page.blank()
    page.line(("History", STRONG))
    for entry in history:
        head = f"  {moment(entry['at'])}  {entry['verb']}  {_names(entry['fields'])}"
        gone = "; values purged" if entry.get("purged") else ""
        page.line(head, (f"   run {entry['run']} by {entry['actor']}{gone}", QUIET), hang=4)


def _names(fields: Sequence[str]) -> str:
    return ", ".join(fields) if len(fields) <= _MOST_NAMES else f"{len(fields)} fields"
