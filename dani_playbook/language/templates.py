"""Templates: named field sets that build on one another."""

from collections.abc import Iterable, Sequence
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.envelope import by_kind, mapping
from dani_playbook.language.layers import Layer, read_layer
from dani_playbook.language.marks import Map
from dani_playbook.language.opened import Opened

Named = Sequence[tuple[str, Source]]


@dataclass(frozen=True, slots=True)
class _Written:
    """A template as written."""

    name: str
    kind: KindSpec
    body: Map
    opened: Opened
    source: Source

    @property
    def uses_row(self) -> bool:
        return self.opened.document.templated and self.opened.shared.renderer.uses_row(self.body)


class Shelf:
    """All templates of one load. A file's own template goes before one of the same name in another file."""

    def __init__(self, files: Iterable[Opened]) -> None:
        self._by_name: dict[tuple[str, str], list[_Written]] = {}
        self._layers: dict[Source, Layer] = {}
        for opened in files:
            for written in _written(opened):
                self._by_name.setdefault((written.kind.name, written.name), []).append(written)

    def check(self) -> None:
        """Reads every template that is the same for all, so that a mistake in an unused one is found too."""
        for found in list(self._by_name.values()):
            for written in found:
                if not written.uses_row:
                    self.layers(written.kind, [(written.name, written.source)], written.opened)

    def layers(self, kind: KindSpec, named: Named, user: Opened, row: Any = None) -> list[Layer]:
        """What the named templates say, nearest first: a later name before an earlier one, each before its bases."""
        return self._spread(kind, named, user, row, ())

    def _spread(self, kind: KindSpec, named: Named, user: Opened, row: Any, trail: tuple[_Written, ...]) -> list[Layer]:
        layers: list[Layer] = []
        for name, source in reversed(named):
            written = self._find(kind, name, source, user)
            if written is None:
                continue
            if written in trail:
                user.report.problems.append(_cycle(trail[trail.index(written) :]))
                continue
            layer = self._layer(written, row)
            layers.append(layer)
            layers += self._spread(kind, layer.template or (), written.opened, row, (*trail, written))
        return layers

    def _layer(self, written: _Written, row: Any) -> Layer:
        known = self._layers.get(written.source)
        if known:
            return known
        reading = written.opened.reading(written.kind, row=row)
        layer = read_layer(written.body, f"template {written.name}", reading)
        if row is None or not written.uses_row:
            self._layers[written.source] = layer
        return layer

    def _find(self, kind: KindSpec, name: str, source: Source, user: Opened) -> _Written | None:
        found = self._by_name.get((kind.name, name), [])
        own = [written for written in found if written.opened is user]
        if own or len(found) == 1:
            return (own or found)[0]
        problem = _ambiguous(name, found, source) if found else self._unknown(kind, name, source)
        user.report.problems.append(problem)
        return None

    def _unknown(self, kind: KindSpec, name: str, source: Source) -> Problem:
        known = [other for kind_name, other in self._by_name if kind_name == kind.name]
        message = f"{kind.collection} have no template {name}{did_you_mean(name, known)}"
        hint = (
            f"templates of {kind.collection}: {', '.join(sorted(set(known)))}" if known else "write it under templates"
        )
        return Problem(code="unknown-template", message=message, source=source, hint=hint)


def _ambiguous(name: str, found: Sequence[_Written], source: Source) -> Problem:
    places = tuple(written.source for written in found)
    message = f"several other files have a template {name}: {', '.join(place.short for place in places)}"
    return Problem(code="ambiguous-template", message=message, source=source, related=places, hint="rename one")


def _cycle(circle: tuple[_Written, ...]) -> Problem:
    start = min(range(len(circle)), key=lambda index: circle[index].source)
    turned = circle[start:] + circle[:start]
    names = " → ".join([*(written.name for written in turned), turned[0].name])
    related = tuple(written.source for written in turned[1:])
    return Problem(
        code="template-cycle",
        message=f"templates build on each other in a circle: {names}",
        source=turned[0].source,
        related=related,
        hint="take one of them out of the circle",
    )


def _written(opened: Opened) -> Iterable[_Written]:
    report = opened.report
    for kind, collection, _ in by_kind("templates", opened.content, opened.shared.dictionary, report):
        templates = mapping(opened.content["templates"], collection, report)
        for name, body in templates.items():
            place = templates.key_place(name)
            if isinstance(body, Map):
                yield _Written(name, kind, body, opened, report.source(place))
            else:
                report.problem("wrong-type", f"template {name} must be a mapping of fields", place)
