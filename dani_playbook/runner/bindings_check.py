"""What is wrong with bindings, as far as the file and the dictionary tell; the models are asked by ``live.check``."""

from collections.abc import Iterator, Mapping
from typing import Any

from dani_playbook.core.dictionary import Dictionary, KindSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source
from dani_playbook.runner.bindings_places import check_places
from dani_playbook.runner.bindings_said import Said, unknown
from dani_playbook.runner.schema_check import schema_problems

SCHEMA = "bindings.schema.json"


def check_bindings(content: Any, file: str, dictionary: Dictionary) -> list[Problem]:
    """Every problem, each with its place. What the schema says comes alone: the rest couldn't be read."""
    if problems := schema_problems(content, dictionary.schemas[SCHEMA], file):
        return problems
    return [*_actor(content, file), *_kinds(content["kinds"], file, dictionary.kinds)]


def _actor(content: Any, file: str) -> Iterator[Problem]:
    if (said := content.get("actor")) is None:
        return
    if ("call" in said) == ("attribute" in said):
        yield _clash(said, file, content.key_place("actor"), "an actor is either called or set as an attribute")
    elif ("model" in said) != ("field" in said) or ("model" in said and "call" in said):
        yield _clash(said, file, content.key_place("actor"), "attribute, model and field go together")


def _clash(said: Any, file: str, place: Any, message: str) -> Problem:
    hint = "write {call: NAME}, {attribute: NAME} or {attribute: NAME, model: APP.Model, field: NAME}"
    return Problem(code="bad-binding", message=message, source=Source(file, *place), field="actor", hint=hint)


def _kinds(kinds: Any, file: str, specs: Mapping[str, KindSpec]) -> Iterator[Problem]:
    for name, said in kinds.items():
        if name in specs:
            yield from _kind(Said(file=file, kinds=kinds, spec=specs[name], content=said))
            continue
        message = f'"{name}" is no kind{did_you_mean(name, specs)}'
        source = Source(file, *kinds.key_place(name))
        yield Problem(code="unknown-kind", message=message, source=source, hint=f"kinds: {', '.join(specs)}")


def _kind(said: Said) -> Iterator[Problem]:
    yield from check_places(said)
    yield from _missing(said)
    yield from _references(said)
    yield from _identities(said)
    yield from _parts(said)
    yield from _steps(said)
    yield from _children(said)


def _missing(said: Said) -> Iterator[Problem]:
    for field in said.spec.fields.values():
        if field.required and field.name not in said.placed:
            message = f"a {said.spec.name} needs {field.name}, and it has no place"
            yield said.problem("missing-place", message, "fields", hint=f"say in which column it is: {field.name}: …")


def _references(said: Said) -> Iterator[Problem]:
    for field in said.spec.references:
        if field.name in said.content["fields"] and field.references not in said.kinds:
            message = f"{field.name} refers to a {field.references}, which isn't bound"
            hint = f"bind {field.references} under kinds:, or take {field.name} out"
            yield said.problem("unbound-kind", message, "fields", field.name, hint=hint)


def _identities(said: Said) -> Iterator[Problem]:
    for index, item in enumerate(said.content.get("identity", ())):
        name = item if isinstance(item, str) else item["field"]
        if name not in said.spec.fields:
            yield unknown(said, name, "identity", index)
        elif name not in said.placed:
            message = f"{name} identifies, and it has no place"
            yield said.problem("missing-place", message, "identity", index, hint=f"give it one under fields: {name}: …")


def _parts(said: Said) -> Iterator[Problem]:
    parts = said.content.get("parts", {})
    for name, part in parts.items():
        if "link" not in part and "path" not in part:
            hint = "link: its field that points at the root, or path: the field of the root that points at it"
            yield said.problem("bad-binding", f"{name} says no way to it", "parts", name, hint=hint)
        if (owner := part.get("owner")) is not None and (owner not in parts or owner == name):
            message = f'"{owner}" is no other part{did_you_mean(owner, parts)}'
            yield said.problem("unknown-part", message, "parts", name, "owner")


def _steps(said: Said) -> Iterator[Problem]:
    steps = said.content.get("create", ())
    seen: set[str] = set()
    for index, step in enumerate(steps):
        for number, name in enumerate(step.get("fields", ())):
            yield from _stepped(said, name, seen, ("create", index, "fields", number))
            seen.add(name)
    rests = [index for index, step in enumerate(steps) if "fields" not in step]
    for index in rests[1:]:
        yield said.problem("bad-binding", "only one step can write all that is left", "create", index)
    left = sorted(said.placed - seen - said.derived)
    if steps and not rests and left:
        message = f"no step writes {', '.join(left)}"
        yield said.problem(
            "bad-binding", message, "create", hint="add a step without fields: it writes all that is left"
        )


def _stepped(said: Said, name: str, seen: set[str], path: tuple[str | int, ...]) -> Iterator[Problem]:
    if name not in said.spec.fields:
        yield unknown(said, name, *path)
    elif name not in said.placed:
        yield said.problem("missing-place", f"{name} is written in this step, and it has no place", *path)
    elif name in said.derived:
        yield said.problem("bad-binding", f"{name} is derived: no step writes it", *path)
    elif name in seen:
        yield said.problem("bad-binding", f"{name} is written in an earlier step already", *path)


def _children(said: Said) -> Iterator[Problem]:
    for index, child in enumerate(said.content.get("appears", ())):
        yield from _linked(said, child, ("appears", index))
    for index, blocker in enumerate(said.content.get("removal", {}).get("blockers", ())):
        yield from _linked(said, blocker, ("removal", "blockers", index))


def _linked(said: Said, rows: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    parts = said.content.get("parts", {})
    if (part := rows.get("part")) is not None and part not in parts:
        yield said.problem("unknown-part", f'"{part}" is no part{did_you_mean(part, parts)}', *path, "part")
    link = rows["link"]
    if not isinstance(link, str) and len(link["columns"]) != len(link["refers to"]):
        message = f"{len(link['columns'])} columns can't hold {len(link['refers to'])}"
        yield said.problem("bad-binding", message, *path, "link")
