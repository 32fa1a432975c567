"""Render: template texts inside of a value are replaced by what they say. What comes out is never read again."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.language.marks import Items, Map, Place
from dani_playbook.language.project import Limits
from dani_playbook.language.report import Report

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
    """A text taken apart: constant texts and checked expressions, the names and the columns that they look up."""

    parts: tuple[Any, ...]
    names: frozenset[str]
    columns: frozenset[str]


_OF_DATA = frozenset(("empty-cell", "wrong-type", "too-long"))
"""What a row of a table can be wrong in; all else is wrong in the template itself."""


class Renderer:
    """Remembers every template text it has taken apart; one for a whole load."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._templates: dict[str, Template | Exception] = {}
        self.rendered = 0

    def render(self, value: Any, place: Place, scope: Scope, report: Report) -> Any:
        """``value`` with every template text in it worked out; marks stay. ``FAILED`` and ``OMITTED`` as they say."""
        if isinstance(value, str):
            return self._text(value, place, scope, report) if is_template(value) else value
        if isinstance(value, Map):
            return self._map(value, scope, report)
        if isinstance(value, Items):
            return self._items(value, scope, report)
        return value

    def templates(self, value: Any) -> list[Template]:
        """Every template inside of ``value`` that can be read."""
        if isinstance(value, str):
            template = self._template(value) if is_template(value) else None
            return [template] if isinstance(template, Template) else []
        inner = value.values() if isinstance(value, Map) else value if isinstance(value, Items) else ()
        return [template for item in inner for template in self.templates(item)]

    def uses_row(self, value: Any) -> bool:
        """Whether ``value`` differs from row to row."""
        return any("row" in template.names for template in self.templates(value))

    def columns(self, value: Any) -> frozenset[str]:
        """The columns of a row that ``value`` is made of."""
        return frozenset(column for template in self.templates(value) for column in template.columns)

    def _text(self, text: str, place: Place, scope: Scope, report: Report) -> Any:
        from dani_playbook.language.expression import ExpressionError
        from dani_playbook.language.template import work_out

        template = self._template(text)
        try:
            if isinstance(template, Exception):
                raise template
            if any(scope.get(name) is FAILED for name in template.names):
                return FAILED
            return self._counted(work_out(template, scope, self.limits.text))
        except ExpressionError as error:
            place_of = report if error.code in _OF_DATA else report.in_file()
            place_of.problem(error.code, error.message, place, hint=error.hint)
            return FAILED

    def _counted(self, value: Any) -> Any:
        from dani_playbook.language.expression import ExpressionError

        if not isinstance(value, str):
            return value
        had_room = self.rendered <= self.limits.rendered
        self.rendered += len(value)
        if self.rendered <= self.limits.rendered:
            return value
        if had_room:
            raise ExpressionError("too-large", "the templates of all files together give too much text")
        return FAILED

    def _template(self, text: str) -> Template | Exception:
        from dani_playbook.language.template import take_apart

        found = self._templates.get(text)
        if found is None:
            found = self._templates[text] = take_apart(text, self.limits)
        return found

    def _map(self, value: Map, scope: Scope, report: Report) -> Any:
        rendered = Map(value.place)
        failed = False
        for key, item in value.items():
            new = self.render(item, value.at(key), scope, report)
            failed = failed or new is FAILED
            if new is not OMITTED:
                rendered.put(key, new, value.places[key])
        return FAILED if failed else rendered

    def _items(self, value: Items, scope: Scope, report: Report) -> Any:
        rendered = Items(value.place)
        for index, item in enumerate(value):
            new = self.render(item, value.at(index), scope, report)
            if new is FAILED:
                return FAILED
            if new is not OMITTED:
                rendered.put(new, value.at(index))
        return rendered


def is_template(text: str) -> bool:
    """Whether ``text`` has to be taken apart."""
    return "{{" in text or "{%" in text


def plain(value: Any) -> Any:
    """``value`` without marks, for names in a scope."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
