"""A mapping that was checked -> ``core.binding.Bindings``."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dani_playbook.core.binding import (
    Actor,
    Binding,
    Bindings,
    Birth,
    Blocker,
    Boot,
    Child,
    Identity,
    Joined,
    Key,
    Moment,
    Money,
    Part,
    Place,
    Plain,
    Reference,
    Split,
    Step,
    Write,
)
from dani_playbook.core.dictionary import FieldSpec, KindSpec

BRACE = re.compile(r"\{([a-z_]+)\}")
_TRUTH: Mapping[str, object] = {"true": True, "false": False}


def bindings_of(content: Mapping[str, Any], folder: Path, specs: Mapping[str, KindSpec]) -> Bindings:
    """Everything that a file says; ``folder`` is what its paths are relative to."""
    return Bindings(
        boot=_boot(content["django"], folder),
        kinds={name: _binding(said, specs[name]) for name, said in content["kinds"].items()},
        actor=Actor(**content.get("actor", {})),
    )


def _boot(said: Mapping[str, Any], folder: Path) -> Boot:
    given = {name: tuple(said[name]) for name in ("arguments", "off") if name in said}
    return Boot(
        settings=said["settings"],
        folder=str((folder / said.get("folder", ".")).resolve()),
        environment=dict(said.get("environment", {})),
        database=said.get("database", "default"),
        **given,
    )


def _binding(said: Mapping[str, Any], spec: KindSpec) -> Binding:
    removal = said.get("removal", {})
    return Binding(
        kind=spec.name,
        model=said["model"],
        key=_key(said["key"]),
        fields=dict(_fields(said, spec)),
        parts={name: _part(part) for name, part in said.get("parts", {}).items()},
        constants=dict(said.get("constants", {})),
        manager=said.get("manager", ""),
        where=_lookups(said),
        identities=tuple(_identity(item) for item in said.get("identity", ())),
        write=Write(said.get("write", "save")),
        steps=tuple(_step(item) for item in said.get("create", ())),
        children=tuple(Child(**_linked(item)) for item in said.get("appears", ())),
        blockers=tuple(Blocker(**_linked(item), where=_lookups(item)) for item in removal.get("blockers", ())),
        deletes=removal.get("delete", True),
    )


def _key(said: Any) -> Key:
    return Key(columns=(said,), stored=True) if isinstance(said, str) else Key(columns=tuple(said["made from"]))


def _fields(said: Mapping[str, Any], spec: KindSpec) -> Iterator[tuple[str, Place]]:
    """In the order of the dictionary."""
    places = {name: _place(place, spec.fields[name]) for name, place in said["fields"].items()}
    for item in said.get("names", ()):
        places |= dict.fromkeys(BRACE.findall(item["format"]), Joined(column=item["column"], format=item["format"]))
    for name in spec.fields:
        if name in places:
            yield name, places[name]


def _place(said: Any, spec: FieldSpec) -> Place:
    if isinstance(said, str):
        return said
    columns = tuple(said.get("columns", ())) or ((said["column"],) if "column" in said else ())
    if "minor" in said:
        return Money(minor=said["minor"], currency=said["currency"])
    if "date" in said:
        return Moment(date=said["date"], time=said["time"], zone=said["zone"])
    if "refers to" in said:
        return Reference(columns=columns, target=tuple(said["refers to"]))
    if "split at" in said:
        return Split(columns=columns, separator=said["split at"])
    return Plain(
        columns=columns,
        values={our_value(name, spec): value for name, value in said.get("values", {}).items()},
        fold=tuple(said.get("fold", ())),
        derived=said.get("derived", False),
    )


def our_value(written: str, spec: FieldSpec) -> object:
    """A key of a value map as our value: keys are always texts in YAML as we read it."""
    if written == "null":
        return None
    if spec.type == "boolean":
        return _TRUTH.get(written, written)
    return int(written) if spec.type == "integer" and written.lstrip("-").isdecimal() else written


def _part(said: Mapping[str, Any]) -> Part:
    return Part(
        model=said["model"],
        link=said.get("link", ""),
        path=said.get("path", ""),
        birth=Birth(said.get("born", "ours")),
        owner=said.get("owner", ""),
    )


def _identity(said: Any) -> Identity:
    return Identity(field=said) if isinstance(said, str) else Identity(**said)


def _step(said: Mapping[str, Any]) -> Step:
    return Step(fields=tuple(said.get("fields", ())), sets=dict(said.get("set", {})))


def _linked(said: Mapping[str, Any]) -> dict[str, Any]:
    """All that is said of rows that point at an object, but their condition."""
    plain = {name: value for name, value in said.items() if name != "where"}
    if isinstance(link := said["link"], str):
        return plain
    return {**plain, "link": tuple(link["columns"]), "target": tuple(link["refers to"])}


def _lookups(said: Mapping[str, Any]) -> Mapping[str, object]:
    return {name: list(value) if isinstance(value, list) else value for name, value in said.get("where", {}).items()}
