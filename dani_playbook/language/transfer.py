"""Transfer: what was loaded, as JSON between two processes, and back with nothing taken on trust."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date
from typing import Any

from dani_playbook.core.address import KEY_PATTERN, Address
from dani_playbook.core.blob import BlobName
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, KindSpec
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Ignored, Move, Playbooks, Resource, Upcoming
from dani_playbook.core.source import Source
from dani_playbook.core.values import SecretRef, SetEdit, Value
from dani_playbook.language.load import Loaded

_DEEPEST = 100
Plain = Any
"""What JSON knows."""


class Garbled(ValueError):
    """What came isn't what was sent."""


def pack(loaded: Loaded) -> Plain:
    """``loaded`` as plain JSON; names of files stand once, in ``names``."""
    packer = _Packer()
    playbooks = loaded.playbooks
    packed = {
        "resources": [packer.resource(item) for item in playbooks.resources.values()],
        "moves": [[str(move.before), str(move.after), packer.source(move.source)] for move in playbooks.moves],
        "files": list(playbooks.files),
        "covered": list(playbooks.covered),
        "read": [[file, *names] for file, names in playbooks.read.items()],
        "problems": [packer.problem(item) for item in loaded.problems],
        "warnings": [packer.problem(item) for item in loaded.warnings],
    }
    return {**packed, "names": list(packer.names)}


def unpack(plain: Plain, dictionary: Dictionary) -> Loaded:
    """The inverse of ``pack``. Raises ``Garbled`` for whatever ``pack`` can't have given."""
    try:
        return _unpacked(plain, dictionary)
    except Garbled:
        raise
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise Garbled(type(error).__name__) from None


def _unpacked(plain: Plain, dictionary: Dictionary) -> Loaded:
    if not isinstance(plain, dict) or set(plain) != _PARTS:
        raise Garbled("parts")
    reader = _Unpacker(dictionary.kinds, _each(_text, plain["names"]))
    resources = _each(reader.resource, plain["resources"])
    return Loaded(
        playbooks=Playbooks(
            resources={item.address: item for item in resources},
            moves=_each(reader.move, plain["moves"]),
            files=_each(_text, plain["files"]),
            covered=_each(_text, plain["covered"]),
            read=dict(_each(_file, plain["read"])),
        ),
        problems=_each(reader.problem, plain["problems"]),
        warnings=_each(reader.problem, plain["warnings"]),
    )


_PARTS = {"resources", "moves", "files", "covered", "read", "problems", "warnings", "names"}


@dataclass(slots=True)
class _Packer:
    names: dict[str, int] = field(default_factory=dict)

    def source(self, source: Source) -> Plain:
        return [self.names.setdefault(source.file, len(self.names)), source.line, source.column, source.length]

    def sources(self, sources: Mapping[str, Source]) -> Plain:
        return {name: self.source(source) for name, source in sources.items()}

    def resource(self, item: Resource) -> Plain:
        return {
            "address": str(item.address),
            "fields": _values(item.fields),
            "source": self.source(item.source),
            "sources": self.sources(item.sources),
            "origins": dict(item.origins),
            "shadowed": {
                name: [[origin, self.source(source), _value(value)] for origin, source, value in layers]
                for name, layers in item.shadowed.items()
            },
            "upcoming": [
                [entry.on.isoformat(), _values(entry.fields), self.sources(entry.sources), self.source(entry.source)]
                for entry in item.upcoming
            ],
            "absent": item.absent,
            "protect": item.protect,
            "ignore": {
                name: [item.why, item.until.isoformat() if item.until else None] for name, item in item.ignore.items()
            },
        }

    def problem(self, item: Problem) -> Plain:
        return {
            "code": item.code,
            "message": item.message,
            "source": self.source(item.source) if item.source else None,
            "address": str(item.address) if item.address else None,
            "field": item.field,
            "hint": item.hint,
            "related": [self.source(source) for source in item.related],
        }


def _values(fields: Mapping[str, Value]) -> Plain:
    return {name: _value(value) for name, value in fields.items()}


def _value(value: Any) -> Plain:
    if isinstance(value, SecretRef):
        return {"secret": value.uri}
    if isinstance(value, SetEdit):
        return {"add": _value(value.add), "remove": _value(value.remove)}
    if isinstance(value, tuple | list):
        return [_value(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": {key: _value(item) for key, item in value.items()}}
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"{type(value).__name__} is no value")


@dataclass(frozen=True, slots=True)
class _Unpacker:
    kinds: Mapping[str, KindSpec]
    names: tuple[str, ...]

    def source(self, data: Plain) -> Source:
        number, line, column, length = map(_whole, data)
        return Source(self.names[number], line, column, length)

    def resource(self, data: Plain) -> Resource:
        address = self.address(data["address"])
        known = self.kinds[address.kind].fields

        def by_field(items: Plain, read: Callable[[Plain], Any]) -> dict[str, Any]:
            if not isinstance(items, dict) or not known.keys() >= items.keys():
                raise Garbled("fields")
            return {name: read(item) for name, item in items.items()}

        def upcoming(entry: Plain) -> Upcoming:
            on, fields, sources, source = entry
            return Upcoming(
                on=_day(on),
                fields=by_field(fields, _read_value),
                sources=by_field(sources, self.source),
                source=self.source(source),
            )

        return Resource(
            address=address,
            fields=by_field(data["fields"], _read_value),
            source=self.source(data["source"]),
            sources=by_field(data["sources"], self.source),
            origins=by_field(data["origins"], _text),
            shadowed=by_field(data["shadowed"], lambda layers: _each(self.layer, layers)),
            upcoming=_each(upcoming, data["upcoming"]),
            absent=_flag(data["absent"]),
            protect=_flag(data["protect"]),
            ignore=by_field(data["ignore"], _ignored),
        )

    def layer(self, data: Plain) -> tuple[str, Source, object]:
        origin, source, value = data
        return _text(origin), self.source(source), _read_value(value)

    def move(self, data: Plain) -> Move:
        before, after, source = data
        return Move(before=self.address(before), after=self.address(after), source=self.source(source))

    def problem(self, data: Plain) -> Problem:
        if set(data) != {"code", "message", "source", "address", "field", "hint", "related"}:
            raise Garbled("problem")
        return Problem(
            code=_text(data["code"]),
            message=_text(data["message"]),
            source=self.source(data["source"]) if data["source"] is not None else None,
            address=self.address(data["address"]) if data["address"] is not None else None,
            field=_maybe(_text, data["field"]),
            hint=_maybe(_text, data["hint"]),
            related=_each(self.source, data["related"]),
        )

    def address(self, data: Plain) -> Address:
        kind, _, key = _text(data).partition(".")
        if kind not in self.kinds or not KEY_PATTERN.match(key):
            raise Garbled("address")
        return Address(kind, key)


def _read_value(data: Plain, depth: int = 0) -> Value:
    if depth > _DEEPEST:
        raise Garbled("depth")
    if isinstance(data, list):
        return tuple(_read_value(item, depth + 1) for item in data)
    if isinstance(data, dict):
        return _read_mapping(data, depth)
    if data is None or isinstance(data, bool | int | str):
        return data
    raise Garbled("value")


def _read_mapping(data: Mapping[str, Plain], depth: int) -> Value:
    names = set(data)
    if names == {"secret"}:
        return SecretRef(_text(data["secret"]))
    if names == {"add", "remove"}:
        add, remove = (_read_value(data[name], depth + 1) for name in ("add", "remove"))
        if not (isinstance(add, tuple) and isinstance(remove, tuple)):
            raise Garbled("set")
        return SetEdit(add=add, remove=remove)
    if names == {"map"} and isinstance(data["map"], dict):
        return {key: _read_value(item, depth + 1) for key, item in data["map"].items()}
    raise Garbled("mapping")


def _file(data: Plain) -> tuple[str, BlobName]:
    file, sha1, sha256 = _each(_text, data)
    return file, (sha1, sha256)


def _ignored(data: Plain) -> Ignored:
    why, until = data
    return Ignored(why=_maybe(_text, why), until=_maybe(_day, until))


def _each(read: Callable[[Plain], Any], items: Plain) -> tuple[Any, ...]:
    if not isinstance(items, list):
        raise Garbled("list")
    return tuple(read(item) for item in items)


def _maybe(read: Callable[[Plain], Any], data: Plain) -> Any:
    return None if data is None else read(data)


def _text(data: Plain) -> str:
    if not isinstance(data, str):
        raise Garbled("text")
    return data


def _flag(data: Plain) -> bool:
    if not isinstance(data, bool):
        raise Garbled("flag")
    return data


def _whole(data: Plain) -> int:
    if type(data) is not int or data < 0:
        raise Garbled("number")
    return data


def _day(data: Plain) -> date:
    try:
        return date.fromisoformat(_text(data))
    except ValueError:
        raise Garbled("day") from None
