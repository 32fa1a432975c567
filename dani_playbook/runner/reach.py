"""Reach: which kinds something is about, how many objects of each, and up to which class of fields."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from dani_playbook.core.access import RIGHTS, Action, higher
from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec, Sensitivity
from dani_playbook.core.plan import Plan
from dani_playbook.core.values import SetEdit, Value

Specs = Mapping[str, KindSpec]
Touched = Iterable[tuple[Address, Iterable[str]]]
"""Addresses with names of fields."""

_ROLES = ("user", "roles")
_IN_CLEAR = (Action.LOOK, Action.EXPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """By kind: the highest class, the highest that ``--reveal`` would show, and how many objects."""

    highest: Mapping[str, Sensitivity] = field(default_factory=dict)
    revealed: Mapping[str, Sensitivity] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def under(self, action: Action) -> Mapping[str, Sensitivity]:
        """The classes that count for an action: a masked document shows no more than what is internal."""
        if action is Action.REVEAL:
            return self.revealed
        if action in _IN_CLEAR:
            return dict.fromkeys(self.highest, Sensitivity.INTERNAL)
        return self.highest


NOTHING = Reach()


def reach(specs: Specs, touched: Touched) -> Reach:
    """What fields of which kinds are reached; secrets are never revealed, so they don't count there."""
    highest: dict[str, Sensitivity] = {}
    revealed: dict[str, Sensitivity] = {}
    objects = set()
    shapes: dict[tuple[str, tuple[str, ...]], None] = {}
    for address, names in touched:
        objects.add(address)
        shapes[address.kind, tuple(names)] = None
    for kind, names in shapes:
        highest.setdefault(kind, Sensitivity.PUBLIC)
        for name in names:
            found = specs[kind].fields[name].sensitivity
            highest[kind] = higher(highest[kind], found)
            if found.is_masked and found is not Sensitivity.SECRET:
                revealed[kind] = higher(revealed.get(kind, found), found)
    return Reach(highest=highest, revealed=revealed, counts=Counter(sorted(address.kind for address in objects)))


def changed_by(specs: Specs, changes: Sequence[Change]) -> Reach:
    """What changes write."""
    return reach(specs, ((change.address, [item.name for item in change.fields]) for change in changes))


def told_by(specs: Specs, plan: Plan) -> Reach:
    """What a plan shows: its changes, and whatever it finds."""
    findings = (*plan.blockers, *plan.held, *plan.warnings, *plan.skipped)
    found = [(item.address, _names(item)) for item in findings if item.address]
    return reach(specs, [*((change.address, [f.name for f in change.fields]) for change in plan.changes), *found])


def _names(finding: Finding) -> list[str]:
    compared = [evidence.name for candidate in finding.candidates for evidence in candidate.evidence]
    return [*(change.name for change in finding.fields), *compared]


def granted_by(specs: Specs, changes: Sequence[Change]) -> Reach:
    """Accounts whose roles with rights change."""
    return reach(specs, ((change.address, [_ROLES[1]]) for change in changes if _grants(change)))


def _grants(change: Change) -> bool:
    if change.address.kind != _ROLES[0]:
        return False
    return any(
        RIGHTS & (_roles(item.before) ^ _roles(item.after))
        for item in change.fields
        if item.name == _ROLES[1] and item.writes
    )


def _roles(value: Value) -> set[str]:
    if isinstance(value, SetEdit):
        return {*value.add, *value.remove}
    return set(value or ())
