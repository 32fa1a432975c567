"""Events: what libyaml says, put together into values with marks. Limits are counted here, before values grow."""

import re
from collections.abc import Callable
from sys import intern
from typing import Any

from yaml import events as yaml_events
from yaml.events import Event, ScalarEvent

from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.marks import Items, Map, Place
from dani_playbook.language.project import Limits
from dani_playbook.language.scalars import LIST_TAGS, MAP_TAGS, NAMED, NUMBER_STARTS, TAGS, TEXT_TAGS, UNFIT, resolve

_MERGE = "\0merge"
_DROPPED = "\0dropped"


_DOUBTFUL = re.compile(r"[\[{,:]\s*\?(?=\S)")


def doubtful(text: str) -> frozenset[int]:
    """Where a text may begin that libyaml takes for a key and YAML 1.2 for a text: behind ``[?``, ``{?`` and ``, ?``."""
    return frozenset(found.end() for found in _DOUBTFUL.finditer(text)) if "?" in text else frozenset()


# What begins with ! or * may be a password or a number that wasn't put in quotes: it isn't repeated.
_NO_TAG = "the tag that begins with this ! is not known here"
_TAG_HINT = "put the value in quotes if it is a text; playbooks need no tags"
_STAR_HINT = "put the value in quotes if it is a text"


class Stop(Exception):
    """The rest of the file can't be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Open:
    """A collection whose end hasn't come yet."""

    __slots__ = ("anchor", "container", "is_map", "key", "key_place", "merges", "nodes_before", "place")

    def __init__(self, container: Any, is_map: bool, place: Place, anchor: str | None, nodes_before: int) -> None:
        self.container = container
        self.is_map = is_map
        self.place = place
        self.anchor = anchor
        self.nodes_before = nodes_before
        self.key: str | None = None
        self.key_place: Place = place
        self.merges: list[tuple[Any, Place]] = []


class Builder:
    """Takes the events of one file one by one; ``roots`` has the documents, ``problems`` what is wrong.

    ``escapes`` says that a value may hold what no value should.

    Raises ``Stop`` where going on makes no sense or would cost too much.
    """

    def __init__(
        self, file: str, limits: Limits, doubtful: frozenset[int] = frozenset(), *, escapes: bool = False
    ) -> None:
        self.file = file
        self.escapes = escapes
        self.doubtful = doubtful
        self.limits = limits
        self.problems: list[Problem] = []
        self.roots = Items()
        self.open = _Open(self.roots, False, (1, 1, 0), None, 0)
        self.outer: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0
        self.aliases = 0
        self.names: dict[str, str] = {}
        """Keys that are names in whatever way they are written."""

    def _steps(self) -> dict[Any, Callable[[Any], None]]:
        """Not kept: what leads back to itself stays in memory until somebody looks for it."""
        return {
            yaml_events.ScalarEvent: self._scalar,
            yaml_events.MappingStartEvent: self._start_map,
            yaml_events.SequenceStartEvent: self._start_list,
            yaml_events.MappingEndEvent: self._end_map,
            yaml_events.SequenceEndEvent: self._end,
            yaml_events.AliasEvent: self._alias,
            yaml_events.DocumentStartEvent: self._start_document,
        }

    def feed(self, next_event: Callable[[], Any]) -> None:
        """Takes all events. A scalar with nothing special about it is put in its place right here."""
        steps, names, most, nodes = self._steps(), self.names, self.limits.nodes, self.nodes
        watched = bool(self.escapes or self.doubtful)
        opened, is_map = self.open, False
        container, places = opened.container, opened.container.places
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is not ScalarEvent:
                step = steps.get(kind)
                if step:
                    self.nodes = nodes
                    step(event)
                    opened, nodes = self.open, self.nodes
                    container, places, is_map = opened.container, opened.container.places, opened.is_map
                continue
            if watched or event.tag or event.anchor or nodes >= most:
                self.nodes = nodes
                self._scalar(event)
                nodes = self.nodes
                continue
            nodes += 1
            text, start, end = event.value, event.start_mark, event.end_mark
            line, column = start.line, start.column
            place = (line + 1, column + 1, end.column - column if end.line == line else 0)
            key = opened.key
            if key is None and is_map:
                key = names.get(text)
                if key is None or key in container:
                    self._key(text, event.implicit[0], place)
                else:
                    opened.key, opened.key_place = key, place
                continue
            value = resolve(text) if event.implicit[0] and (text in NAMED or text[0] in NUMBER_STARTS) else text
            if is_map and key is not _MERGE and key is not _DROPPED:
                opened.key = None
                container[key] = value
                places[key] = opened.key_place + place
            else:
                self._put(value, place)

    def problem(self, code: str, message: str, place: Place, *, hint: str | None = None, first: Any = None) -> Problem:
        related = (Source(self.file, *first),) if first else ()
        return Problem(code=code, message=message, source=Source(self.file, *place), hint=hint, related=related)

    def _report(self, code: str, message: str, place: Place, *, hint: str | None = None, first: Any = None) -> None:
        self.problems.append(self.problem(code, message, place, hint=hint, first=first))

    def _start_document(self, event: Event) -> None:
        if self.roots:
            hint = "put each playbook into a file of its own"
            raise Stop(self.problem("several-documents", "a second document begins here", _place(event), hint=hint))

    def _scalar(self, event: Any) -> None:
        self._count(event, 1)
        start, end = event.start_mark, event.end_mark
        line: int = start.line
        column: int = start.column
        place = (line + 1, column + 1, end.column - column if end.line == line else 0)
        plain = event.implicit[0]
        if self.escapes and UNFIT.search(event.value):
            self._report("bad-character", "a character that no text may hold", place, hint="take it out")
        if self.open.is_map and self.open.key is None:
            if self.doubtful and start.index in self.doubtful:
                self._report("yaml-syntax", "a text in brackets begins with ?", place, hint="put it in quotes")
            self._key(event.value, plain, place)
            return
        value = resolve(event.value) if plain else event.value
        if event.tag:
            value = self._tagged(event.value, event.tag, place)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self._put(value, place)

    def _key(self, text: str, plain: bool, place: Place) -> None:
        opened = self.open
        opened.key_place = place
        if plain and text == "<<":
            opened.key = _MERGE
            return
        if plain and text in NAMED:
            self._report("bad-key", f"{text or 'nothing'} is no key", place, hint="put it in quotes if it is a name")
            opened.key = _DROPPED
            return
        key = intern(text)
        if key in opened.container:
            first = opened.container.key_place(key)
            self._report("duplicate-key", f'"{key}" is written twice; first in line {first[0]}', place, first=first)
            key = _DROPPED
        elif text != "<<" and text not in NAMED:
            self.names[text] = key
        opened.key = key

    def _put(self, value: Any, place: Place) -> None:
        opened = self.open
        container = opened.container
        if not opened.is_map:
            container.append(value)
            container.places.append(place)
            return
        key = opened.key
        opened.key = None
        if key is _MERGE:
            opened.merges.append((value, place))
        elif key is not None and key is not _DROPPED:
            container[key] = value
            container.places[key] = opened.key_place + place

    def _tagged(self, text: str, tag: str, place: Place) -> Any:
        if tag in TEXT_TAGS:
            return text
        value = resolve(text)
        if type(value) not in TAGS.get(tag, ()):
            self._report("unknown-tag", _NO_TAG, place, hint=_TAG_HINT)
        return value

    def _start_map(self, event: Any) -> None:
        mark = event.start_mark
        self._start(event, Map((mark.line + 1, mark.column + 1, 0)), True, MAP_TAGS)

    def _start_list(self, event: Any) -> None:
        mark = event.start_mark
        self._start(event, Items((mark.line + 1, mark.column + 1, 0)), False, LIST_TAGS)

    def _start(self, event: Any, container: Map | Items, is_map: bool, tags: frozenset[str]) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            self._count(event, 0)
        place = container.place
        if self.open.is_map and self.open.key is None:
            hint = "put it in quotes if it is a text"
            raise Stop(self.problem("bad-key", "a list or a mapping can't be a key", place, hint=hint))
        if event.tag and event.tag not in tags:
            self._report("unknown-tag", _NO_TAG, place, hint=_TAG_HINT)
        if len(self.outer) >= self.limits.depth:
            raise Stop(self.problem("too-deep", f"nested more than {self.limits.depth} levels deep", place))
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        self.outer.append(self.open)
        self.open = _Open(container, is_map, place, event.anchor, self.nodes - 1)

    def _end_map(self, event: Event) -> None:
        for value, place in self.open.merges:
            self._merge(value, place)
        self._end(event)

    def _end(self, _event: Event) -> None:
        ended = self.open
        if ended.anchor:
            self.anchors[ended.anchor] = (ended.container, self.nodes - ended.nodes_before)
        self.open = self.outer.pop()
        self._put(ended.container, ended.place)

    def _merge(self, value: Any, place: Place) -> None:
        own: Map = self.open.container
        for one in value if isinstance(value, Items) else (value,):
            if not isinstance(one, Map):
                self._report("bad-merge", "<< merges mappings only", place, hint="point it at a mapping, like *name")
                continue
            for key, item in one.items():
                if key not in own:
                    own.put(key, item, one.places[key])

    def _alias(self, event: Any) -> None:
        place = _place(event)
        self.aliases += 1
        if self.aliases > self.limits.aliases:
            raise Stop(self.problem("too-many-aliases", f"more than {self.limits.aliases} aliases in one file", place))
        value, size = self._anchored(event.anchor, place)
        self._count(event, size)
        if not (self.open.is_map and self.open.key is None):
            self._put(value, place)
        elif isinstance(value, str):
            self._key(value, False, place)
        else:
            raise Stop(self.problem("bad-key", "only a text can be a key", place))

    def _anchored(self, name: str, place: Place) -> tuple[Any, int]:
        known = self.anchors.get(name)
        if known:
            return known
        if any(opened.anchor == name for opened in (*self.outer, self.open)):
            raise Stop(self.problem("endless-alias", "this alias stands inside of what it names", place))
        near = did_you_mean(name, self.anchors)
        self._report("unknown-alias", f"nothing above has the name behind this *{near}", place, hint=_STAR_HINT)
        return None, 1

    def _count(self, event: Event, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            message = f"more than {self.limits.nodes:,} values, aliases spread out"
            raise Stop(self.problem("too-large", message, _place(event), hint="split the file"))


def _place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    if isinstance(event, yaml_events.AliasEvent):
        return start.line + 1, start.column + 1, end.column - start.column
    return start.line + 1, start.column + 1, 0
