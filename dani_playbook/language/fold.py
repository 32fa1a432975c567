"""Fold: dated changes whose day has passed become part of the resource itself."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, KindSpec, read_dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.language.fmt import content_of, format_text, plain_content
from dani_playbook.language.outline import Entry, Line, Node, Unusual, outline

_UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True)
class _Edit:
    """The lines from ``start`` to before ``end`` become ``lines``."""

    start: Line
    end: Line
    lines: tuple[str, ...] = ()


def fold(text: str, until: date, dictionary: Dictionary | None = None, *, file: str = "playbook") -> str:
    """``text`` with every ``upcoming`` entry up to and including ``until`` laid into its resource, then formatted.

    On ``until`` and later the playbook says what it said before. Entries stay where that couldn't be told from the
    file alone: a set with ``add`` or ``remove``, values with anchors, a resource written in one line, and files
    whose templates or defaults have dated changes. Raises PlaybookError where ``text`` isn't valid YAML.
    """
    dictionary = dictionary or read_dictionary()
    text = format_text(text, dictionary, file=file)
    content = content_of(text, file)
    root = outline(text)
    if root is None or not isinstance(content, dict) or _has_inherited_dates(content):
        return text
    expected = deepcopy(plain_content(content))
    edits: list[_Edit] = []
    lines = text.split("\n")
    for collection, kind in dictionary.by_collection.items():
        for entry in _resources(root, collection):
            edits += _folded(entry, kind, lines, until, expected[collection][entry.key])
    folded = format_text(_edited(lines, edits), dictionary, file=file)
    if plain_content(content_of(folded, file)) != expected:
        raise PlaybookError(f"{file} can't be folded without changing what it says", hint="fold it by hand")
    return folded


def _has_inherited_dates(content: Mapping[str, Any]) -> bool:
    return any(_UPCOMING in str(content.get(part, "")) for part in ("templates", "defaults"))


def _resources(root: Node, collection: str) -> Iterator[Entry]:
    found = root.entry(collection)
    if found and found.node.is_block:
        yield from (entry for entry in found.node.entries if entry.node.is_block and entry.node.entry(_UPCOMING))


def _folded(resource: Entry, kind: KindSpec, lines: Sequence[str], until: date, said: dict[str, Any]) -> list[_Edit]:
    """The edits of one resource; ``said`` is changed to what it will say."""
    upcoming = resource.node.entry(_UPCOMING)
    due = _due(upcoming, kind, until, resource.node) if upcoming else []
    if not upcoming or not due:
        return []
    chunks: dict[str, tuple[str, ...]] = {}
    for day in due:
        for field in day.node.entries:
            chunks[field.key] = _chunk(field, lines, resource.node.column)
        said.update(said[_UPCOMING].pop(day.key))
    removed = [_Edit(day.line, day.node.end) for day in due]
    if not said[_UPCOMING]:
        del said[_UPCOMING]
        removed = [_Edit(upcoming.line, upcoming.node.end)]
    return [*removed, *_placed(chunks, resource.node, upcoming)]


def _due(upcoming: Entry, kind: KindSpec, until: date, resource: Node) -> list[Entry]:
    """The entries to fold, in order of their dates, up to the first that has to stay."""
    due: list[Entry] = []
    if not upcoming.node.is_block:
        return due
    for day in sorted(upcoming.node.entries, key=lambda entry: entry.key):
        if not _has_come(day.key, until) or not _can_fold(day.node, kind, resource):
            break
        due.append(day)
    return due


def _has_come(day: str, until: date) -> bool:
    try:
        return date.fromisoformat(day) <= until
    except ValueError:
        return False


def _can_fold(day: Node, kind: KindSpec, resource: Node) -> bool:
    if day.kind != "map" or day.names or day.uses:
        return False
    for field in day.entries:
        spec = kind.fields.get(field.key)
        base = resource.entry(field.key)
        is_edit = spec is None or (spec.is_set and field.node.kind == "map")
        if is_edit or field.key == "<<" or (base and base.node.names):
            return False
    return not any(field.node.end - field.line > 1 and day.flow for field in day.entries)


def _chunk(field: Entry, lines: Sequence[str], indent: int) -> tuple[str, ...]:
    """The lines of one field, moved to the column ``indent``."""
    line = lines[field.line]
    before = line[: field.column]
    if before.strip():
        # inside of {…}: cut it out
        end = _end_in_line(field, line)
        return (" " * indent + line[field.column : end].rstrip(),)
    shift = indent - field.column
    start = field.line
    while lines[start - 1].lstrip().startswith("#"):
        start -= 1
    block = lines[start : field.node.end]
    return tuple(" " * max(0, len(one) - len(one.lstrip(" ")) + shift) + one.lstrip(" ") for one in block)


def _end_in_line(field: Entry, line: str) -> int:
    node = field.node
    if node.line != field.line or node.end_index <= node.start_index:
        raise Unusual
    return node.column + node.end_index - node.start_index if node.column else len(line)


def _placed(chunks: Mapping[str, tuple[str, ...]], resource: Node, upcoming: Entry) -> Iterator[_Edit]:
    """Over the field where it is written, else above ``upcoming``."""
    for name, chunk in chunks.items():
        base = resource.entry(name)
        if base:
            yield _Edit(base.line, base.node.end, chunk)
        else:
            yield _Edit(upcoming.line, upcoming.line, chunk)


def _edited(lines: Sequence[str], edits: Sequence[_Edit]) -> str:
    """Every edit carried out, from the last line to the first; insertions come before a removal at their line."""
    result = list(lines)
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        result[edit.start : edit.end] = edit.lines
    return "\n".join(result)
