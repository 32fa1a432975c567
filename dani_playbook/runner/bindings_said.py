"""What the file says of one kind, with how problems of it are placed."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.language.marks import Map
from dani_playbook.runner.bindings_parse import BRACE


@dataclass(frozen=True, kw_only=True)
class Said:
    """One kind as the file says it; its mappings and lists have marks. ``kinds`` are all that it binds."""

    file: str
    kinds: Mapping[str, Any]
    spec: KindSpec
    content: Any

    @cached_property
    def joined(self) -> frozenset[str]:
        """Fields that share a column with others."""
        return frozenset(name for item in self.content.get("names", ()) for name in BRACE.findall(item["format"]))

    @cached_property
    def placed(self) -> frozenset[str]:
        return self.joined | frozenset(self.content["fields"])

    @cached_property
    def derived(self) -> frozenset[str]:
        fields = self.content["fields"].items()
        return frozenset(name for name, place in fields if isinstance(place, dict) and place.get("derived"))

    def problem(self, code: str, message: str, *path: str | int, hint: str | None = None) -> Problem:
        """At the key, or the item of a list, that ``path`` leads to from the kind."""
        return Problem(code=code, message=message, source=self._source(path), field=self.spec.name, hint=hint)

    def _source(self, path: tuple[str | int, ...]) -> Source:
        container, place = self.content, self.content.place
        for step in path:
            place = container.key_place(str(step)) if isinstance(container, Map) else container.at(step)
            container = container[step]
        return Source(self.file, *place)


def unknown(said: Said, name: str, *path: str | int) -> Problem:
    """A name that is no field of the kind."""
    fields = said.spec.fields
    message = f'"{name}" is no field of {said.spec.name}{did_you_mean(name, fields)}'
    return said.problem("unknown-field", message, *path, hint=f"dani schema {said.spec.name} lists them")
