"""Render: template texts inside of a value are replaced by what they say. What comes out is never read again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.marks import Items, Map, Place
from dani_playbook.language.project import Limits

Scope = Mapping[str, Any]


class _Sign:
    """Stands in the place of a value."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


FAILED = _Sign("FAILED")
"""The value couldn't be worked out; the problem is reported already."""
OMITTED = _Sign("OMITTED")
"""The value is an empty cell of a table: as if it weren't written."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text taken apart: constant texts and checked expressions, and the names that they look up."""

    parts: tuple[Any, ...]
    names: frozenset[str]


class Renderer:
    """Remembers every template text it has taken apart; one for a whole load."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._templates: dict[str, Template | Exception] = {}


    def render(self, value: Any, place: Place, scope: Scope, report: "Report") -> Any:
        """``value`` with every template text in it worked out; marks stay. ``FAILED`` and ``OMITTED`` as they say."""
        if isinstance(value, str):
            return self._text(value, place, scope, report) if is_template(value) else value
        if isinstance(value, Map):
            return self._map(value, scope, report)
        if isinstance(value, Items):
            return self._items(value, scope, report)
        return value

    def names(self, value: Any) -> frozenset[str]:
        """Every name that templates inside of ``value`` look up."""
        if isinstance(value, str) and is_template(value):
            template = self._template(value)
            return template.names if isinstance(template, Template) else frozenset()
        inner = value.values() if isinstance(value, Map) else value if isinstance(value, Items) else ()
        return frozenset().union(*map(self.names, inner))

    def _text(self, text: str, place: Place, scope: Scope, report: "Report") -> Any:
        from dani_playbook.language.expression import ExpressionError
        from dani_playbook.language.template import work_out

        template = self._template(text)
        try:
            if isinstance(template, Exception):
                raise template
            return work_out(template, scope, self.limits.text)
        except ExpressionError as error:
            report.problem(error.code, error.message, place, hint=error.hint)
            return FAILED

    def _template(self, text: str) -> Template | Exception:
        from dani_playbook.language.template import take_apart

        found = self._templates.get(text)
        if found is None:
            found = self._templates[text] = take_apart(text, self.limits)
        return found

    def _map(self, value: Map, scope: Scope, report: "Report") -> Any:
        rendered = Map(value.place)
        failed = False
        for key, item in value.items():
            new = self.render(item, value.at(key), scope, report)
            failed = failed or new is FAILED
            if new is not OMITTED:
                rendered.put(key, new, value.places[key])
        return FAILED if failed else rendered

    def _items(self, value: Items, scope: Scope, report: "Report") -> Any:
        rendered = Items(value.place)
        for index, item in enumerate(value):
            new = self.render(item, value.at(index), scope, report)
            if new is FAILED:
                return FAILED
            if new is not OMITTED:
                rendered.put(new, value.at(index))
        return rendered


def is_template(text: str) -> bool:
    return "{{" in text or "{%" in text


@dataclass(frozen=True, slots=True)
class Report:
    """Where the problems of one file go."""

    file: str
    problems: list[Problem]
    at: Source | None = None
    """What every problem is placed at instead: the row of a table."""

    def source(self, place: Place) -> Source:
        return self.at or Source(self.file, *place)

    def problem(self, code: str, message: str, place: Place, **more: Any) -> None:
        """``more`` is what else ``Problem`` has."""
        self.problems.append(Problem(code=code, message=message, source=self.source(place), **more))


def plain(value: Any) -> Any:
    """``value`` without marks, for names in a scope."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
