"""Outline: which lines of a file belong to which key, so that text can be moved without being written anew."""

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Any

from yaml import events as yaml_events
from yaml._yaml import CParser

from dani_playbook.core.dataclass import dataclass

Line = int


class Unusual(Exception):
    """YAML that is allowed but that nobody lays out by hand; its text stays as it is."""


@dataclass(slots=True, kw_only=True)
class Node:
    """One value in a file. Lines and columns count from 0; ``end`` is the line behind the last one of the value.

    ``start_index`` and ``end_index`` cut the value's text out of the file; they are exact for scalars and flow
    collections only. ``names`` and ``uses`` are the anchors and aliases inside.
    """

    kind: str
    line: Line
    column: int
    end: Line
    start_index: int = 0
    end_index: int = 0
    flow: bool = False
    literal: bool = False
    text: str = ""
    entries: list["Entry"] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)

    @property
    def is_block(self) -> bool:
        """A collection with a line of its own for each entry."""
        return self.kind in ("map", "list") and not self.flow and bool(self.entries)

    def entry(self, key: str) -> "Entry | None":
        return next((entry for entry in self.entries if entry.key == key), None)


@dataclass(slots=True, kw_only=True)
class Entry:
    """One key with its value, or one item of a list, whose ``key`` is empty. ``column`` is where it begins."""

    key: str
    line: Line
    column: int
    node: Node


def outline(text: str) -> Node | None:
    """The tree of the one document in ``text``, nothing where it is empty. The text must be valid."""
    lines = text.split("\n")
    stream = _events(text)
    for event in stream:
        if isinstance(event, yaml_events.DocumentStartEvent):
            return _node(next(stream), stream, lines)
    return None


def _events(text: str) -> Iterator[Any]:
    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        yield event


def _node(event: Any, stream: Iterator[Any], lines: Sequence[str]) -> Node:
    node = _started(event)
    if node.literal:
        _drop_blank_end(node, lines)
    if isinstance(event, yaml_events.MappingStartEvent):
        _fill_map(node, stream, lines)
    elif isinstance(event, yaml_events.SequenceStartEvent):
        _fill_list(node, stream, lines)
    for entry in node.entries:
        node.names |= entry.node.names
        node.uses |= entry.node.uses
    if node.is_block:
        node.end = node.entries[-1].node.end
        node.column = node.entries[0].column
    return node


def _drop_blank_end(node: Node, lines: Sequence[str]) -> None:
    """Blank lines below a block of text are between it and what follows; a ``+`` in its head would make them text."""
    if "+" in lines[node.line][node.column :].split("#")[0]:
        raise Unusual
    while node.end > node.line + 1 and not lines[node.end - 1].strip():
        node.end -= 1


_KINDS: dict[type, str] = {
    yaml_events.MappingStartEvent: "map",
    yaml_events.SequenceStartEvent: "list",
    yaml_events.ScalarEvent: "scalar",
    yaml_events.AliasEvent: "alias",
}


def _started(event: Any) -> Node:
    start, end = event.start_mark, event.end_mark
    kind = _KINDS[type(event)]
    literal = kind == "scalar" and event.style in ("|", ">")
    is_alias = kind == "alias"
    anchored = set() if is_alias or not event.anchor else {event.anchor}
    return Node(
        kind=kind,
        line=start.line,
        column=start.column,
        end=max(end.line + bool(end.column), start.line + 1) if literal else end.line + 1,
        start_index=start.index,
        end_index=end.index,
        flow=bool(getattr(event, "flow_style", False)),
        literal=literal,
        text=event.value if kind == "scalar" else "",
        names=anchored,
        uses={event.anchor} if is_alias else set(),
    )


def _fill_map(node: Node, stream: Iterator[Any], lines: Sequence[str]) -> None:
    for event in stream:
        if isinstance(event, yaml_events.MappingEndEvent):
            _closed(node, event)
            return
        key = event.value if isinstance(event, yaml_events.ScalarEvent) else None
        line, column = event.start_mark.line, event.start_mark.column
        if key is None or event.anchor or lines[line][:column].rstrip().endswith("?"):
            raise Unusual
        node.entries.append(Entry(key=key, line=line, column=column, node=_node(next(stream), stream, lines)))


def _fill_list(node: Node, stream: Iterator[Any], lines: Sequence[str]) -> None:
    for event in stream:
        if isinstance(event, yaml_events.SequenceEndEvent):
            _closed(node, event)
            break
        item = _node(event, stream, lines)
        column = event.start_mark.column
        if not node.flow:
            column = lines[event.start_mark.line][:column].rfind("-")
        node.entries.append(Entry(key="", line=event.start_mark.line, column=column, node=item))
    columns = {entry.column for entry in node.entries}
    if not node.flow and (len(columns) > 1 or -1 in columns):
        raise Unusual


def _closed(node: Node, event: Any) -> None:
    if node.flow:
        node.end, node.end_index = event.end_mark.line + 1, event.end_mark.index
