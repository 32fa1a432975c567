"""Moves: renamed keys. A chain is drawn together, so that every old key leads to the newest."""

from collections.abc import Iterable, Mapping
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Move, Resource
from dani_playbook.language.envelope import sequence
from dani_playbook.language.marks import Map, Place
from dani_playbook.language.opened import Opened
from dani_playbook.language.report import Report


def read_moves(files: Iterable[Opened]) -> list[Move]:
    """All moves as written, in order of files and lines; the same move twice counts once."""
    moves: dict[tuple[Address, Address], Move] = {}
    for opened in files:
        entries = sequence(opened.content, "moved", opened.report)
        for index, entry in enumerate(entries):
            move = _move(entry, entries.at(index), opened)
            if move:
                moves.setdefault((move.before, move.after), move)
    return list(moves.values())


def _move(entry: Any, place: Place, opened: Opened) -> Move | None:
    report = opened.report
    if not isinstance(entry, Map) or set(entry) != {"from", "to"}:
        hint = "write it like {from: user.jdoe, to: user.john-doe}"
        report.problem("wrong-type", "a move has from and to, and nothing else", place, hint=hint)
        return None
    before = _address(entry, "from", opened.shared.dictionary, report)
    after = _address(entry, "to", opened.shared.dictionary, report)
    if not before or not after:
        return None
    if before.kind != after.kind or before == after:
        wrong = "moves to itself" if before == after else f"can't become a {after.kind}"
        report.problem("bad-move", f"{before} {wrong}", entry.at("to"), hint="a move changes the key only")
        return None
    return Move(before=before, after=after, source=report.source(entry.at("from")))


def _address(entry: Map, name: str, dictionary: Dictionary, report: Report) -> Address | None:
    try:
        address = Address.parse(str(entry[name]))
    except ValueError as error:
        report.problem("bad-address", str(error), entry.at(name))
        return None
    if address.kind not in dictionary.kinds:
        near = did_you_mean(address.kind, dictionary.kinds)
        report.problem("bad-address", f"there is no kind {address.kind}{near}", entry.at(name))
        return None
    return address


def resolve_moves(
    moves: Iterable[Move], resources: Mapping[Address, Resource]
) -> tuple[tuple[Move, ...], list[Problem], list[Problem]]:
    """Moves that lead straight to the newest key, sorted; problems; warnings."""
    problems: list[Problem] = []
    by_before: dict[Address, Move] = {}
    for move in moves:
        if move.before in resources:
            problems.append(_still_declared(move, resources[move.before]))
        elif move.before in by_before:
            problems.append(_twice(move, by_before[move.before], f"{move.before} moves to two keys"))
        else:
            by_before[move.before] = move
    problems += _collisions(by_before)
    resolved, cycles = _drawn_together(by_before)
    warnings = [_leads_nowhere(move) for move in resolved if move.after not in resources]
    return tuple(resolved), [*problems, *cycles], warnings


def _still_declared(move: Move, resource: Resource) -> Problem:
    return Problem(
        code="moved-still-declared",
        message=f"{move.before} has moved, but is still declared in {resource.source.short}",
        source=move.source,
        address=move.before,
        related=(resource.source,),
        hint="rename the key there, or take the move out",
    )


def _twice(move: Move, first: Move, what: str) -> Problem:
    return Problem(
        code="moved-twice",
        message=f"{what}; also in {first.source.short}",
        source=move.source,
        address=move.before,
        related=(first.source,),
        hint="keep one of the two",
    )


def _collisions(by_before: Mapping[Address, Move]) -> list[Problem]:
    by_after: dict[Address, Move] = {}
    problems = []
    for move in by_before.values():
        first = by_after.setdefault(move.after, move)
        if first is not move:
            problems.append(_twice(move, first, f"{first.before} and {move.before} move to one key, {move.after}"))
    return problems


def _drawn_together(by_before: Mapping[Address, Move]) -> tuple[list[Move], list[Problem]]:
    resolved: list[Move] = []
    cycles: dict[frozenset[Address], Problem] = {}
    for before in sorted(by_before):
        trail = [before]
        while trail[-1] in by_before and by_before[trail[-1]].after not in trail:
            trail.append(by_before[trail[-1]].after)
        if trail[-1] in by_before:
            circle = trail[trail.index(by_before[trail[-1]].after) :]
            cycles.setdefault(frozenset(circle), _cycle(circle, by_before))
        else:
            resolved.append(Move(before=before, after=trail[-1], source=by_before[before].source))
    return resolved, list(cycles.values())


def _cycle(circle: list[Address], by_before: Mapping[Address, Move]) -> Problem:
    places = [by_before[address].source for address in circle]
    return Problem(
        code="moved-cycle",
        message=f"moves go in a circle: {' → '.join(map(str, [*circle, circle[0]]))}",
        source=places[0],
        address=circle[0],
        related=tuple(places[1:]),
        hint="keep the moves that happened, in one direction",
    )


def _leads_nowhere(move: Move) -> Problem:
    return Problem(
        code="moved-to-undeclared",
        message=f"{move.before} moves to {move.after}, which these files don't declare",
        source=move.source,
        address=move.after,
        hint="take the move out once everything has moved",
    )
