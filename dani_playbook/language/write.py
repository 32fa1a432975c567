"""Write: resources become playbook files that say the same."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import LANGUAGE_VERSION, Dictionary, FieldSpec, KindSpec, Sensitivity
from dani_playbook.core.errors import UsageError
from dani_playbook.core.values import Fields, Secret, SecretRef, Value
from dani_playbook.language.emit import entry, scalar

Objects = Mapping[Address, Fields]


def write_playbooks(
    objects: Objects, dictionary: Dictionary, folder: Path, *, reveal: bool = False, overwrite: bool = False
) -> tuple[Path, ...]:
    """Write ``objects`` below ``folder``: one file a collection, people by their department.

    Gives the files in the order of their paths. What ``playbook_text`` leaves out is left out here. Raises UsageError
    where a file exists already and ``overwrite`` wasn't asked for; then nothing is written.
    """
    texts = {
        folder / name: playbook_text(part, dictionary, reveal=reveal)
        for name, part in arranged(objects, dictionary).items()
    }
    existing = [path for path in texts if path.exists()]
    if existing and not overwrite:
        more = f", and so do {len(existing) - 1} other files" if len(existing) > 1 else ""
        raise UsageError(f"{existing[0]} exists already{more}", hint="choose an empty folder")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return tuple(texts)


def arranged(objects: Objects, dictionary: Dictionary) -> Mapping[str, Objects]:
    """Which object goes into which file, by path relative to the folder."""
    files: dict[str, dict[Address, Fields]] = {}
    for address in sorted(objects):
        name = _file(dictionary.kinds[address.kind], objects[address])
        files.setdefault(name, {})[address] = objects[address]
    return {name: files[name] for name in sorted(files)}


def playbook_text(objects: Objects, dictionary: Dictionary, *, reveal: bool = False) -> str:
    """One playbook that declares ``objects``; fields in the schema's order, resources in the order of their keys.

    Left out are empty fields, values of the classes special and secret that aren't references, and those of the
    class personal unless ``reveal``; a comment at the head names them.
    """
    hidden = {address: _hidden(dictionary.kinds[address.kind], objects[address], reveal=reveal) for address in objects}
    lines = [*_head(dictionary, hidden), f"version: {LANGUAGE_VERSION}"]
    for kind in dictionary.kinds.values():
        own = sorted(address for address in objects if address.kind == kind.name)
        if own:
            lines += ["", f"{kind.collection}:"]
        for address in own:
            lines += _resource(kind, address.key, objects[address], hidden[address])
    return "\n".join(lines) + "\n"


def _file(kind: KindSpec, fields: Fields) -> str:
    if not kind.people:
        return f"{kind.collection}.yaml"
    department = fields.get("department")
    return f"people/{department}.yaml" if department else "people.yaml"


def _resource(kind: KindSpec, key: str, fields: Fields, hidden: Collection[str]) -> Iterator[str]:
    said = {name: fields[name] for name in kind.fields if fields.get(name) is not None and name not in hidden}
    if not said:
        yield f"  {scalar(key)}: {{}}"
        return
    yield f"  {scalar(key)}:"
    for name, value in said.items():
        yield from entry(name, value, 4)


def _hidden(kind: KindSpec, fields: Fields, *, reveal: bool) -> tuple[str, ...]:
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


def _head(dictionary: Dictionary, hidden: Mapping[Address, tuple[str, ...]]) -> Iterator[str]:
    found = {(address.kind, name) for address, names in hidden.items() for name in names}
    personal: list[str] = []
    never: list[str] = []
    for kind in dictionary.kinds.values():
        for name, field in kind.fields.items():
            if (kind.name, name) in found:
                (personal if field.sensitivity is Sensitivity.PERSONAL else never).append(f"{kind.name}.{name}")
    if personal:
        yield f"# Left out, because personal (--reveal writes them): {', '.join(personal)}"
    if never:
        yield f"# Left out, because only a reference may stand in a playbook: {', '.join(never)}"
