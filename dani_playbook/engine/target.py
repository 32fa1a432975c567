"""--target and --exclude: part of a plan, with what it needs."""

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.engine.order import references


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Address patterns like ``user.jdoe`` or ``user.*``. No target means everything."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


def selected(
    changes: Sequence[Change], selection: Selection | None, kinds: Mapping[str, KindSpec]
) -> tuple[list[Change], bool]:
    """The changes that stay, and whether these are all.

    A target brings along what it refers to and what isn't there yet. An exclusion takes along what can't be without
    what it leaves out.
    """
    if selection is None or not (selection.targets or selection.excludes):
        return list(changes), True
    by_address = {change.address: change for change in changes}
    kept = set(by_address)
    if selection.targets:
        kept = _with_needed({a for a in kept if matches(a, selection.targets)}, by_address, kinds)
    kept = _without_dependents({a for a in kept if not matches(a, selection.excludes)}, by_address, kinds)
    return [change for change in changes if change.address in kept], len(kept) == len(by_address)


def concerns(address: Address | None, selection: Selection | None, kept: Collection[Address]) -> bool:
    """Whether a finding about ``address`` belongs to what was selected."""
    if selection is None or address is None or address in kept:
        return True
    wanted = not selection.targets or matches(address, selection.targets)
    return wanted and not matches(address, selection.excludes)


def matches(address: Address, patterns: tuple[str, ...]) -> bool:
    """Whether one of ``user.jdoe``, ``user.*``, ``*.berlin-*`` or a kind alone (``user``) means this address."""
    return any(address.kind == pattern or fnmatchcase(str(address), pattern) for pattern in patterns)


def _needs(change: Change, changes: Mapping[Address, Change], kinds: Mapping[str, KindSpec]) -> list[Address]:
    """What a change points at and this plan only now brings into being."""
    return [
        other
        for other in references(kinds[change.address.kind], change.after, deferred=True)
        if other in changes and changes[other].verb is Verb.CREATE
    ]


def _with_needed(kept: set[Address], changes: Mapping[Address, Change], kinds: Mapping[str, KindSpec]) -> set[Address]:
    todo = sorted(kept)
    while todo:
        for other in _needs(changes[todo.pop()], changes, kinds):
            if other not in kept:
                kept.add(other)
                todo.append(other)
    return kept


def _without_dependents(
    kept: set[Address], changes: Mapping[Address, Change], kinds: Mapping[str, KindSpec]
) -> set[Address]:
    while lost := {a for a in kept if any(other not in kept for other in _needs(changes[a], changes, kinds))}:
        kept -= lost
    return kept
