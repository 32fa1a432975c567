"""Write: resources become playbook files that say the same."""

from collections.abc import Collection, Iterator, Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import LANGUAGE_VERSION, Dictionary, FieldSpec, KindSpec, Sensitivity
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.values import Fields, Secret, SecretRef, Value
from dani_playbook.language.fmt import content_of, plain_content
from dani_playbook.language.project import Limits
from dani_playbook.language.spelled import raw_fields, resource_lines

Objects = Mapping[Address, Fields]
Names = Mapping[Address, Collection[str]]
"""Fields by address."""


def file_of(kind: KindSpec, fields: Fields) -> str:
    """Where a new resource goes: a file a collection, people by their department."""
    if not kind.people:
        return f"{kind.collection}.yaml"
    department = fields.get("department")
    return f"people/{department}.yaml" if department else "people.yaml"


def new_file(name: str, objects: Objects, hidden: Names, dictionary: Dictionary) -> str:
    """A whole file, read again to see that it says what was meant. Raises PlaybookError where it can't be read."""
    text = playbook_text(objects, hidden, dictionary)
    if len(text.encode()) > Limits().file_bytes:
        message = f"{name} would be larger than {Limits().file_bytes // (1024 * 1024)} MB"
        raise PlaybookError(message, hint="export in parts: dani export SELECTOR --to DIR")
    if plain_content(content_of(text, name)) != _expected(objects, dictionary):
        raise PlaybookError(f"{name} would say something else than is live", hint="this is a bug in dani; report it")
    return text


def _expected(objects: Objects, dictionary: Dictionary) -> dict[str, object]:
    said: dict[str, object] = {"version": LANGUAGE_VERSION}
    for kind in dictionary.kinds.values():
        own = {a.key: raw_fields(kind, objects[a]) for a in sorted(objects) if a.kind == kind.name}
        said.update({kind.collection: own} if own else {})
    return said


def playbook_text(objects: Objects, hidden: Names, dictionary: Dictionary) -> str:
    """One playbook that declares ``objects``; fields in the schema's order, resources in the order of their keys.

    Empty fields are left out. A comment at the head names the fields that are ``hidden``.
    """
    lines = [*_head(dictionary, {a: hidden.get(a, ()) for a in objects}), f"version: {LANGUAGE_VERSION}"]
    for kind in dictionary.kinds.values():
        own = sorted(address for address in objects if address.kind == kind.name)
        if own:
            lines += ["", f"{kind.collection}:"]
        for address in own:
            lines += resource_lines(kind, address.key, objects[address])
    return "\n".join(lines) + "\n"


def hidden_fields(kind: KindSpec, fields: Fields, *, reveal: bool) -> tuple[str, ...]:
    """What may not be written: values of the classes special and secret that aren't references, and personal ones
    unless ``reveal``.
    """
    return tuple(
        name
        for name, field in kind.fields.items()
        if fields.get(name) is not None and _is_hidden(field, fields[name], reveal=reveal)
    )


def _is_hidden(field: FieldSpec, value: Value, *, reveal: bool) -> bool:
    if isinstance(value, SecretRef):
        return False
    if field.sensitivity.is_reference_only or isinstance(value, Secret):
        return True
    return field.sensitivity is Sensitivity.PERSONAL and not reveal


def _head(dictionary: Dictionary, hidden: Names) -> Iterator[str]:
    personal, never = left_out(dictionary, hidden)
    if personal:
        yield f"# Left out, because personal (--reveal writes them): {', '.join(personal)}"
    if never:
        yield f"# Left out, because only a reference may stand in a playbook: {', '.join(never)}"


def left_out(dictionary: Dictionary, hidden: Names) -> tuple[list[str], list[str]]:
    """The names of hidden fields like ``user.mobile``: the personal ones, and those of which only references stand."""
    found = {(address.kind, name) for address, names in hidden.items() for name in names}
    personal: list[str] = []
    never: list[str] = []
    for kind in dictionary.kinds.values():
        for name, field in kind.fields.items():
            if (kind.name, name) in found:
                (personal if field.sensitivity is Sensitivity.PERSONAL else never).append(f"{kind.name}.{name}")
    return personal, never
