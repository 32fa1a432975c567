"""Body: the fields of one resource where they are written, and what has to be cut for them to change."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.values import Value
from dani_playbook.language.emit import entry, in_one_line, scalar, written
from dani_playbook.language.layout import Cut, Stuck, own_comments
from dani_playbook.language.outline import Entry, Node

_BEFORE_FIELDS = ("<<", "template", "state")
_HARMLESS = re.compile(r"\{\{ '(?:\{\{|\{%|\\r)' \}\}")
GONE = object()
"""In place of a value: the field isn't written any more."""


class Body:
    """The fields of one resource: a block, one line in braces, or nothing yet."""

    def __init__(self, lines: Sequence[str], found: Entry, kind: KindSpec, address: Address, said: Any) -> None:
        self.lines = lines
        self.found = found
        self.node = found.node
        self.ranks = {name: rank for rank, name in enumerate(kind.fields)}
        self.kind = kind
        self.address = address
        self.said = said
        self.empty: Any = {} if self.node.flow else None

    def cuts(self, fields: Mapping[str, Any]) -> Iterator[Cut]:
        if not self.node.is_block and (self.node.flow or self.node.kind == "scalar"):
            yield self._inline(fields)
            return
        if not self.node.is_block:
            raise Stuck(self.address, "it is an alias of something else")
        for name, value in sorted(fields.items(), key=lambda item: self.ranks[item[0]]):
            old = self.node.entry(name)
            if old is None:
                yield from [] if value is GONE else [self._inserted(name, value)]
            elif old.node.names or old.node.uses:
                raise Stuck(self.address, f"{name} is shared by an anchor")
            elif self._is_template(old):
                raise Stuck(self.address, f"{name} is worked out by a template text")
            elif value is GONE:
                yield Cut(own_comments(self.lines, old.line, old.column), old.node.end)
            else:
                yield from self._replaced(old, value)

    def _is_template(self, old: Entry) -> bool:
        """Whether something is worked out; signs of a template that an export made harmless are only text."""
        text = _HARMLESS.sub("", "\n".join(self.lines[old.line : old.node.end]))
        return "{{" in text or "{%" in text

    def _inserted(self, name: str, value: Value) -> Cut:
        before = [old for old in self.node.entries if self._is_before(old.key, name)]
        at = before[-1].node.end if before else self.found.line + 1
        return Cut(at, at, tuple(entry(name, value, self.node.column)))

    def _is_before(self, old: str, name: str) -> bool:
        return old in _BEFORE_FIELDS or (old in self.ranks and self.ranks[old] < self.ranks[name])

    def _replaced(self, old: Entry, value: Value) -> Iterator[Cut]:
        if self.kind.fields[old.key].is_set and old.node.kind == "list" and old.node.is_block:
            yield from self._items(old, value)
            return
        first, *rest = entry(old.key, value, old.column)
        if not old.node.literal and any("#" in line for line in self.lines[old.line + 1 : old.node.end]):
            raise Stuck(self.address, f"{old.key} has remarks inside of its value")
        yield Cut(old.line, old.node.end, (first + self._remark(old.line, old.node), *rest))

    def _remark(self, line: int, node: Node) -> str:
        """What stands behind a value on its first line, with the space before it."""
        text = self.lines[line]
        if node.end - node.line == 1 and not node.literal and not node.is_block:
            rest = text[node.column + node.end_index - node.start_index :]
        else:
            rest = text[text.find(" #") :] if " #" in text and (node.literal or node.is_block) else ""
        return rest.rstrip() if rest.lstrip().startswith("#") else ""

    def _items(self, old: Entry, value: Value) -> Iterator[Cut]:
        """A set as a block: who stays keeps the line, with its remark."""
        items = old.node.entries
        if any(item.node.kind != "scalar" for item in items):
            raise Stuck(self.address, f"{old.key} has items that aren't plain")
        kept = [item for item in items if item.node.text in value]
        if not kept:
            if any("#" in line for line in self.lines[old.line : old.node.end]):
                raise Stuck(self.address, f"{old.key} has remarks inside of its value")
            yield Cut(old.line, old.node.end, tuple(entry(old.key, value, old.column)))
            return
        for item in items:
            if item.node.text not in value:
                yield Cut(own_comments(self.lines, item.line, item.column), item.node.end)
        new = [one for one in value if one not in {item.node.text for item in items}]
        self.said[old.key] = [*(item.node.text for item in kept), *new]
        if new:
            yield Cut(old.node.end, old.node.end, tuple(f"{' ' * items[0].column}- {scalar(one)}" for one in new))

    def _inline(self, fields: Mapping[str, Any]) -> Cut:
        """``ada: {email: …}`` keeps its form; ``ada:`` and ``ada: {}`` become a block."""
        if self.node.names or (self.node.kind == "scalar" and self.node.text not in ("", "null", "~")):
            raise Stuck(self.address, "it is laid out in a way that can't be followed")
        line = self.lines[self.found.line]
        if self.node.end - self.found.line > 1:
            raise Stuck(self.address, "its braces go over several lines")
        if not self.node.entries:
            return self._unfolded(line, fields)
        return Cut(self.found.line, self.found.line + 1, (self._in_braces(line, fields),))

    def _unfolded(self, line: str, fields: Mapping[str, Any]) -> Cut:
        remark = line[line.find(" #") :] if " #" in line else ""
        head = f"{' ' * self.found.column}{scalar(self.found.key)}:{remark}"
        indent = self.found.column + 2
        new = [text for name, value in fields.items() if value is not GONE for text in entry(name, value, indent)]
        return Cut(self.found.line, self.found.line + 1, (head, *new))

    def _in_braces(self, line: str, fields: Mapping[str, Any]) -> str:
        spans = [self._span(old) for old in self.node.entries]
        close = self.node.column + self.node.end_index - self.node.start_index - 1
        pieces = {old.key: line[start:end] for old, (start, end) in zip(self.node.entries, spans, strict=True)}
        for name, value in fields.items():
            if "{{" in pieces.get(name, "") or "{%" in pieces.get(name, ""):
                raise Stuck(self.address, f"{name} is worked out by a template text")
            if value is GONE:
                pieces.pop(name, None)
                continue
            short = in_one_line(written(value))
            if short is None:
                raise Stuck(self.address, f"{name} doesn't fit into one line in braces")
            pieces[name] = f"{scalar(name)}: {short}"
        inner = ", ".join(pieces.values())
        padding = " " if line[self.node.column + 1 : self.node.column + 2] == " " and inner else ""
        return f"{line[: self.node.column]}{{{padding}{inner}{padding}}}{line[close + 1 :]}"

    def _span(self, old: Entry) -> tuple[int, int]:
        node = old.node
        if node.names or node.uses or node.line != self.found.line or old.line != self.found.line:
            raise Stuck(self.address, "it is laid out in a way that can't be followed")
        return old.column, node.column + node.end_index - node.start_index
