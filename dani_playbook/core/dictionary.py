"""The data dictionary: what fields a kind has, as its JSON Schema says.

``schemas/v1/<kind>.schema.json`` is the only place that lists fields. A field is a property with the vocabulary
``x-dani``; the schema itself carries an ``x-dani`` with what concerns the kind.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from dani_playbook.core.dataclass import dataclass

LANGUAGE_VERSION = 1


class Sensitivity(StrEnum):
    """Who may read a field; from ``PERSONAL`` upwards it is masked wherever people or machines read it."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SPECIAL = "special"
    SECRET = "secret"

    @cached_property
    def is_masked(self) -> bool:
        return self in (Sensitivity.PERSONAL, Sensitivity.SPECIAL, Sensitivity.SECRET)

    @cached_property
    def is_reference_only(self) -> bool:
        """Never in clear in a playbook: held as ``{secret: …}``, live values are ``Secret``."""
        return self in (Sensitivity.SPECIAL, Sensitivity.SECRET)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One line of the dictionary.

    ``type`` is one of string, integer, boolean, date, datetime, list, set, object, money. ``references`` names the
    kind whose keys the value (or each item of a set) holds; ``deferred`` says that it may be set in a second step.
    ``identity`` is a rank from 1: by which fields a live object is recognised, best first, 0 for none; ``within`` are
    fields that must agree too, ``folded`` compares without case and Unicode spelling.
    ``ask`` marks what is never restored by itself. ``choices`` is empty where any value goes.
    """

    name: str
    type: str
    title: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    references: str | None = None
    deferred: bool = False
    immutable: bool = False
    identity: int = 0
    within: tuple[str, ...] = ()
    folded: bool = True
    normalize: str | None = None
    ask: bool = False
    required: bool = False
    create_only: bool = False
    choices: tuple[str, ...] = ()
    has_default: bool = False
    default: Any = None

    @property
    def is_set(self) -> bool:
        return self.type == "set"

    @property
    def is_nested(self) -> bool:
        return self.type in ("list", "object")


@dataclass(frozen=True)
class KindSpec:
    """What is declared of a kind: its fields in the order of the schema, and how it is removed.

    ``removals`` maps a policy to the fields it sets; ``delete`` and ``forget`` need none and are always allowed.
    ``title`` lists the fields that make the name shown to people. ``people`` marks the kind whose objects are people.
    """

    name: str
    collection: str
    module: str
    fields: Mapping[str, FieldSpec]
    title: tuple[str, ...]
    removal: str
    removals: Mapping[str, Mapping[str, Any]]
    people: bool = False

    @cached_property
    def references(self) -> tuple[FieldSpec, ...]:
        return tuple(field for field in self.fields.values() if field.references)

    @cached_property
    def identities(self) -> tuple[FieldSpec, ...]:
        """Fields by which a live object is recognised, best first."""
        return tuple(sorted((f for f in self.fields.values() if f.identity), key=lambda f: f.identity))

    @cached_property
    def plain(self) -> frozenset[str]:
        """Fields of one text that is stored as it is and masked nowhere."""
        return frozenset(
            name
            for name, field in self.fields.items()
            if field.type in ("string", "date") and not field.sensitivity.is_masked and not field.create_only
        )

    @cached_property
    def masked(self) -> frozenset[str]:
        return frozenset(name for name, field in self.fields.items() if field.sensitivity.is_masked)

    @cached_property
    def reference_only(self) -> frozenset[str]:
        """Fields whose live values are ``Secret``."""
        return frozenset(name for name, field in self.fields.items() if field.sensitivity.is_reference_only)

    def shown_name(self, fields: Mapping[str, Any]) -> str:
        """The name shown to people, empty where the title fields are."""
        return " ".join(str(fields[name]) for name in self.title if fields.get(name))


@dataclass(frozen=True)
class Dictionary:
    """All kinds of one language version, in the order of ``playbook.schema.json``'s collections."""

    kinds: Mapping[str, KindSpec]
    schemas: Mapping[str, Mapping[str, Any]]

    @cached_property
    def by_collection(self) -> Mapping[str, KindSpec]:
        return {kind.collection: kind for kind in self.kinds.values()}


def schema_folder() -> Path:
    """Where the schemas are: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "schemas"
    return (packaged if packaged.is_dir() else package.parent / "schemas") / f"v{LANGUAGE_VERSION}"


def read_dictionary(folder: Path | None = None) -> Dictionary:
    """Reads every schema once, about 10 ms. Raises what ``json`` raises: a broken schema is a bug."""
    folder = folder or schema_folder()
    schemas = {
        item.name: json.loads(item.read_text("utf-8"))
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".schema.json")
    }
    collections = schemas["playbook.schema.json"]["x-dani"]["collections"]
    by_kind = {schema["x-dani"]["kind"]: schema for schema in schemas.values() if "kind" in schema.get("x-dani", {})}
    return Dictionary(kinds={kind: _kind(by_kind[kind]) for kind in collections}, schemas=schemas)


@cache
def shipped() -> Dictionary:
    """The data dictionary of this version, read once a process."""
    return read_dictionary()


def _kind(schema: Mapping[str, Any]) -> KindSpec:
    own = schema["x-dani"]
    required = frozenset(own.get("required", ()))
    return KindSpec(
        name=own["kind"],
        collection=own["collection"],
        module=own["module"],
        fields={
            name: _field(name, rule, name in required)
            for name, rule in schema["properties"].items()
            if "x-dani" in rule
        },
        title=tuple(own["title"]),
        removal=own["removal"]["default"],
        removals=own["removal"].get("policies", {}),
        people=own.get("people", False),
    )


def _field(name: str, rule: Mapping[str, Any], required: bool) -> FieldSpec:
    own = rule["x-dani"]
    return FieldSpec(
        name=name,
        type=own["type"],
        title=rule.get("title", name.replace("_", " ")),
        sensitivity=Sensitivity(own["sensitivity"]),
        references=own.get("references"),
        deferred=own.get("deferred", False),
        immutable=own.get("immutable", False),
        identity=own.get("identity", 0),
        within=tuple(own.get("within", ())),
        normalize=own.get("normalize"),
        ask=own.get("ask", False),
        required=required,
        create_only=own.get("create_only", False),
        choices=tuple(own.get("choices", ())),
        has_default="default" in rule,
        default=rule.get("default"),
    )
