"""Rewrite: an existing playbook says something else about some resources, and every other character stays.

Lines are cut out of the text and put into it. What can't be changed that way without losing what somebody wrote is
``Stuck``: who asked gets it told, and nothing is written.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import field
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, KindSpec
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.values import Fields
from dani_playbook.language.body import GONE, Body
from dani_playbook.language.fmt import content_of, plain_content
from dani_playbook.language.layout import Cut, Lines, Stuck, cut, own_comments
from dani_playbook.language.outline import Entry, Node, Unusual, outline
from dani_playbook.language.spelled import raw, raw_fields, resource_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What one file has to say from now on. ``changed`` maps fields to values, ``None`` for null, or ``GONE``."""

    changed: dict[Address, Mapping[str, Any]] = field(default_factory=dict)
    added: dict[Address, Fields] = field(default_factory=dict)
    removed: list[Address] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.removed)


def rewrite(text: str, edits: Edits, dictionary: Dictionary, file: str) -> str:
    """``text`` with ``edits`` carried out. Raises ``Stuck`` with the address that can't be changed in place.

    What it says afterwards is read again and must be what was wanted. Raises PlaybookError where it isn't.
    """
    lines = Lines.of(text)
    content = plain_content(content_of(text, file))
    try:
        root = outline(lines.text) if lines.is_plain else None
    except Unusual:
        root = None
    if root is None or not root.is_block:
        raise Stuck(_first(edits), "its file is laid out in a way that can't be followed")
    rewriting = _Rewriting(lines=lines.lines, root=root, dictionary=dictionary, content=content)
    cuts = list(rewriting.cuts(edits))
    after = lines.joined(cut(lines.lines, cuts))
    if plain_content(content_of(after, file)) != rewriting.expected:
        raise PlaybookError(f"{file} can't be changed without changing what else it says", hint="change it by hand")
    return after


def _first(edits: Edits) -> Address:
    return next(iter((*edits.changed, *edits.removed, *edits.added)))


class _Rewriting:
    """The cuts of one file; ``expected`` is kept beside them as what it has to say at the end."""

    def __init__(self, *, lines: Sequence[str], root: Node, dictionary: Dictionary, content: Any) -> None:
        self.lines = lines
        self.root = root
        self.dictionary = dictionary
        self.expected = deepcopy(content)
        self.entries = {
            Address(kind.name, found.key): found
            for kind in dictionary.kinds.values()
            if (collection := root.entry(kind.collection)) and collection.node.is_block
            for found in collection.node.entries
        }

    def cuts(self, edits: Edits) -> Iterator[Cut]:
        for address in edits.removed:
            yield self._removed(address)
        for address, fields in edits.changed.items():
            yield from self._changed(address, fields)
        for kind in self.dictionary.kinds.values():
            new = {address: fields for address, fields in edits.added.items() if address.kind == kind.name}
            if new:
                yield from self._added(kind, new, edits)

    def _entry(self, address: Address) -> Entry:
        found = self.entries.get(address)
        if found is None:
            raise Stuck(address, "it isn't written in a block of its own")
        return found

    def _said(self, address: Address) -> dict[str, Any]:
        said = self.expected[self.dictionary.kinds[address.kind].collection]
        said[address.key] = said[address.key] or {}
        found: dict[str, Any] = said[address.key]
        return found

    def _removed(self, address: Address) -> Cut:
        found = self._entry(address)
        if found.node.names:
            raise Stuck(address, "others use what it defines with an anchor")
        said = self.expected[self.dictionary.kinds[address.kind].collection]
        del said[address.key]
        if not said:
            self.expected[self.dictionary.kinds[address.kind].collection] = None
        end = self._end(found)
        start = own_comments(self.lines, found.line, found.column)
        while not self.lines[start - 1].strip() and end < len(self.lines) - 1 and not self.lines[end].strip():
            end += 1
        return Cut(start, end)

    def _end(self, found: Entry) -> int:
        """The line behind a resource, with the comments below it that are indented like its fields."""
        end = max(found.node.end, found.line + 1)
        for number in range(end, len(self.lines)):
            line = self.lines[number]
            if line.strip() and (
                len(line) - len(line.lstrip(" ")) <= found.column or not line.lstrip().startswith("#")
            ):
                break
            if line.strip():
                end = number + 1
        return end

    def _changed(self, address: Address, fields: Mapping[str, Any]) -> Iterator[Cut]:
        found, said, kind = self._entry(address), self._said(address), self.dictionary.kinds[address.kind]
        for name, value in fields.items():
            if value is GONE:
                said.pop(name, None)
            else:
                said[name] = raw(value)
        if found.node.uses and not found.node.is_block:
            raise Stuck(address, "it is an alias of something else")
        body = Body(self.lines, found, kind, address, said)
        yield from body.cuts(fields)
        if not said:
            self.expected[kind.collection][address.key] = body.empty

    def _added(self, kind: KindSpec, new: Mapping[Address, Fields], edits: Edits) -> Iterator[Cut]:
        collection = self.root.entry(kind.collection)
        said = self.expected.get(kind.collection) or {}
        self.expected[kind.collection] = said
        said.update({address.key: raw_fields(kind, fields) for address, fields in new.items()})
        if collection is None:
            end = _last_line(self.lines)
            lines = [line for address in sorted(new) for line in resource_lines(kind, address.key, new[address])]
            yield Cut(end, end, ("", f"{kind.collection}:", *lines))
        elif not collection.node.is_block:
            yield self._first_ones(kind, collection, new)
        else:
            yield from self._among(kind, collection.node, new, set(edits.removed))

    def _first_ones(self, kind: KindSpec, collection: Entry, new: Mapping[Address, Fields]) -> Cut:
        """``users:`` or ``users: {}``, with nothing in it so far."""
        line = self.lines[collection.line]
        if collection.node.entries or collection.node.names or collection.node.text not in ("", "null", "~"):
            raise Stuck(min(new), f"{kind.collection} stand in one line")
        behind = line.partition("#")
        remark = f"  #{behind[2]}" if behind[1] else ""
        lines = [line for address in sorted(new) for line in resource_lines(kind, address.key, new[address])]
        return Cut(collection.line, collection.line + 1, (f"{kind.collection}:{remark}", *lines))

    def _among(
        self, kind: KindSpec, node: Node, new: Mapping[Address, Fields], removed: Collection[Address]
    ) -> Iterator[Cut]:
        """Each behind the one that comes before it where the keys are in order, else all at the end."""
        staying = [found for found in node.entries if Address(kind.name, found.key) not in removed]
        keys = [found.key for found in staying]
        in_order = keys == sorted(keys)
        spaced = self._is_spaced(node)
        for address in sorted(new):
            position = bisect_left(keys, address.key) if in_order else len(keys)
            lines = resource_lines(kind, address.key, new[address], node.column)
            if position:
                at = self._end(staying[position - 1])
                yield Cut(at, at, ("", *lines) if spaced else tuple(lines))
            else:
                at = own_comments(self.lines, node.entries[0].line, node.column)
                yield Cut(at, at, (*lines, "") if spaced else tuple(lines))

    def _is_spaced(self, node: Node) -> bool:
        """Whether there is a blank line between the first two."""
        if len(node.entries) < 2:
            return False
        return not self.lines[own_comments(self.lines, node.entries[1].line, node.column) - 1].strip()


def _last_line(lines: Sequence[str]) -> int:
    """Behind the last line that says something."""
    return max((number + 1 for number, line in enumerate(lines) if line.strip()), default=0)
