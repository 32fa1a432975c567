"""Shapes: in which order the keys of a playbook are written."""

from collections.abc import Callable, Mapping
from dataclasses import field

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, KindSpec
from dani_playbook.language.outline import Node

_FIRST = ("<<", "template", "state")
_BEHIND = ("generate", "moved")
_LAST = ("protect", "ignore", "upcoming")


def _shapeless(key: str, parent: Node) -> "Shape":
    return Shape()


@dataclass(frozen=True, slots=True)
class Shape:
    """How one mapping is laid out. ``order`` ranks its keys: empty where the author's order counts.

    ``below`` gives the shape of the value behind a key, or of an item of a list.
    """

    order: Mapping[str, int] = field(default_factory=dict)
    below: Callable[[str, Node], "Shape"] = _shapeless
    by_name: bool = False

    def rank(self, key: str) -> tuple[int, str]:
        return (0, key) if self.by_name else (self.order.get(key, len(self.order) if self.order else 0), "")


def playbook_shape(dictionary: Dictionary) -> Shape:
    """The shape of a whole playbook: collections in the language's order, fields in their schema's."""
    schema = dictionary.schemas["playbook.schema.json"]
    generator = _ranked(schema["$defs"]["generator"]["properties"])
    kinds = {collection: _resource(kind) for collection, kind in dictionary.by_collection.items()}
    collections = _ranked([name for name in schema["properties"] if name in kinds])

    def of_collection(key: str, parent: Node) -> Shape:
        return kinds.get(key, Shape())

    def resources(key: str, parent: Node) -> Shape:
        return Shape(below=lambda name, collection: kinds.get(key, Shape()))

    def generated(key: str, parent: Node) -> Shape:
        collection = parent.entry("collection")
        return kinds.get(collection.node.text, Shape()) if key == "fields" and collection else Shape()

    def top(key: str, parent: Node) -> Shape:
        if key == "defaults":
            return Shape(collections, of_collection)
        if key == "templates":
            return Shape(collections, resources)
        if key == "generate":
            return Shape(below=lambda item, items: Shape(generator, generated))
        return resources(key, parent)

    around = [name for name in schema["properties"] if name not in kinds and name not in _BEHIND]
    return Shape(_ranked([*around, *collections, *_BEHIND]), top)


def _resource(kind: KindSpec) -> Shape:
    fields = Shape(_ranked([*_FIRST, *kind.fields, *_LAST]))
    dated = Shape(by_name=True, below=lambda day, upcoming: fields)
    return Shape(fields.order, lambda key, parent: dated if key == "upcoming" else Shape())


def _ranked(names: "list[str] | Mapping[str, object]") -> dict[str, int]:
    return {name: rank for rank, name in enumerate(names)}
