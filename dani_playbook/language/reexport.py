"""Re-export: what differs between the playbooks of a folder and what is live, file by file."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, FieldSpec, KindSpec
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.values import Fields, SecretRef, SetEdit, Value, same
from dani_playbook.language.body import GONE
from dani_playbook.language.fmt import content_of
from dani_playbook.language.folder import Folder
from dani_playbook.language.layout import Stuck
from dani_playbook.language.rewrite import Edits, rewrite
from dani_playbook.language.write import Names, file_of, new_file

_ENVELOPE = frozenset(("version", "name"))
_HINT = "change it by hand, then export again; or export into an empty folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is to be said. ``said`` has the objects and fields that may be written, ``present`` all that is live.

    ``untouched`` are fields that stay as they are written, whatever is live; of those ``hidden`` may not be told.
    ``is_asked`` says whether an address is among those that the export is of.
    """

    said: Mapping[Address, Fields]
    present: Collection[Address]
    untouched: Names = field(default_factory=dict)
    hidden: Names = field(default_factory=dict)
    is_asked: Callable[[Address], bool] = lambda address: True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What becomes of one file: ``text`` is all of it, nothing where it goes."""

    name: str
    outcome: str
    text: str | None
    added: tuple[Address, ...] = ()
    changed: tuple[Address, ...] = ()
    removed: tuple[Address, ...] = ()


def file_changes(export: Export, folder: Folder, state: DesiredState, dictionary: Dictionary) -> list[FileChange]:
    """Every file of the folder and every new one, by name. ``state`` is what the folder declares today.

    Raises PlaybookError with each address that can't be changed where it is written.
    """
    edits, problems = _edits(export, folder, state, dictionary)
    new: dict[str, dict[Address, Fields]] = {}
    for address in sorted(export.said):
        if address not in state.resources:
            name = file_of(dictionary.kinds[address.kind], export.said[address])
            place = edits.setdefault(name, Edits()).added if name in folder.texts else new.setdefault(name, {})
            place[address] = export.said[address]
    changes = [_changed(name, edits.get(name), folder, state, dictionary, problems) for name in folder.texts]
    if problems:
        message = f"{folder.path} says things that an export can't change without losing what somebody wrote"
        raise PlaybookError(message, hint="nothing was written", problems=in_order(problems))
    changes += [_new(name, objects, export, dictionary) for name, objects in new.items()]
    return sorted(changes, key=lambda change: change.name)


def _new(name: str, objects: Mapping[Address, Fields], export: Export, dictionary: Dictionary) -> FileChange:
    text = new_file(name, objects, export.hidden, dictionary)
    return FileChange(name=name, outcome="written", text=text, added=tuple(objects))


def _changed(
    name: str,
    edits: Edits | None,
    folder: Folder,
    state: DesiredState,
    dictionary: Dictionary,
    problems: list[Problem],
) -> FileChange:
    before = folder.texts[name]
    if not edits:
        return FileChange(name=name, outcome="unchanged", text=before)
    try:
        text: str | None = rewrite(before, edits, dictionary, name)
    except Stuck as stuck:
        problems.append(_stuck(stuck.address, stuck.why, state))
        text = before
    if edits.removed and not edits.added and _says_nothing(text or "", name, dictionary):
        text = None
    return FileChange(
        name=name,
        outcome="removed" if text is None else "unchanged" if text == before else "changed",
        text=text,
        added=tuple(sorted(edits.added)),
        changed=tuple(sorted(edits.changed)),
        removed=tuple(sorted(edits.removed)),
    )


def _says_nothing(text: str, name: str, dictionary: Dictionary) -> bool:
    """Whether nothing is left of a file but its head: no resource, nothing around them and no remark of anybody's."""
    content: Any = content_of(text, name)
    remarks = [line for line in text.splitlines() if "#" in line and not line.startswith("# Left out, because")]
    left = {key: value for key, value in content.items() if key not in _ENVELOPE}
    return not remarks and all(key in dictionary.by_collection and not value for key, value in left.items())


def _stuck(address: Address, why: str, state: DesiredState) -> Problem:
    known = state.resources.get(address)
    source = known.resource.source if known else None
    return Problem(code="cannot-rewrite", message=why, address=address, source=source, hint=_HINT)


def _edits(
    export: Export, folder: Folder, state: DesiredState, dictionary: Dictionary
) -> tuple[dict[str, Edits], list[Problem]]:
    """What is declared in the folder and differs, by file; and what can't be told by a changed field."""
    edits: dict[str, Edits] = {}
    problems: list[Problem] = []
    for address, desired in state.resources.items():
        file = desired.resource.source.file
        if not export.is_asked(address) or not file.startswith(folder.prefix):
            continue
        try:
            changed = _difference(address, desired, export, dictionary.kinds[address.kind])
        except Stuck as stuck:
            problems.append(_stuck(stuck.address, stuck.why, state))
            continue
        name = folder.name_of(file)
        if changed and (name is None or "generate" in desired.resource.origins.values()):
            problems.append(_stuck(address, "it is made from a row of a table or a list", state))
        elif changed is GONE:
            edits.setdefault(str(name), Edits()).removed.append(address)
        elif changed:
            edits.setdefault(str(name), Edits()).changed[address] = changed
    return edits, problems


def _difference(address: Address, desired: Desired, export: Export, kind: KindSpec) -> Any:
    """Fields with what they become, ``GONE`` for who isn't live any more, nothing where all is as declared."""
    if address in export.said:
        untouched = export.untouched.get(address, ())
        return dict(_differing(desired, export.said[address], untouched, kind))
    if address in export.present or desired.absent:
        return None
    if desired.resource.upcoming:
        raise Stuck(address, "it isn't live, and has dated changes")
    return GONE


def _differing(
    desired: Desired, said: Fields, untouched: Collection[str], kind: KindSpec
) -> Iterator[tuple[str, Value]]:
    left_alone = {*untouched, *desired.resource.ignore}
    for name, spec in kind.fields.items():
        if name in left_alone or spec.create_only:
            continue
        value = said.get(name)
        if name in desired.fields:
            if not _agrees(desired.fields[name], value):
                yield name, _becomes(name, value, desired)
        elif value is not None and value != () and not _goes_without_saying(spec, value):
            yield name, value


def _agrees(wanted: Value, value: Value) -> bool:
    if isinstance(wanted, SecretRef):
        return True
    if isinstance(wanted, SetEdit):
        return same(wanted.over(value), value or ())
    return same(wanted, value) or (not wanted and not value and isinstance(wanted or value, tuple | None))


def _goes_without_saying(spec: FieldSpec, value: Value) -> bool:
    return spec.has_default and same(spec.default, value)


def _becomes(name: str, value: Value, desired: Desired) -> Value:
    """What to write; ``GONE`` where nothing has to be said. Raises ``Stuck`` for what must not be made flat."""
    resource = desired.resource
    if name in desired.since:
        raise Stuck(resource.address, f"{name} is set by a dated change of {desired.since[name].isoformat()}")
    if isinstance(desired.fields[name], SetEdit):
        raise Stuck(resource.address, f"{name} says only what is added and removed")
    own = resource.origins.get(name) == "resource" and not resource.shadowed.get(name)
    return GONE if value is None and own else value
