"""Adoptable: what an export would declare, tried on the live system that it came from."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.module import Kind
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.values import Fields, same
from dani_playbook.engine.adopt import correlated
from dani_playbook.engine.declared import declared_in
from dani_playbook.engine.moves import Moved
from dani_playbook.engine.observe import Observed, Snapshots, place
from dani_playbook.engine.predict import broken_rules, predicted, unknown_references


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The live system, what our runs manage of it, and which object each exported address came from."""

    kinds: Mapping[str, Kind]
    snapshots: Snapshots
    moved: Moved
    came_from: Mapping[Address, LiveId]


def recognised(trial: Trial, state: DesiredState) -> tuple[Observed, list[Problem]]:
    """Live objects by the addresses that ``state`` gives them, and a problem for each that stays a doubt."""
    specs = {name: kind.spec for name, kind in trial.kinds.items()}
    known = trial.moved.inventory.owners()
    observed = place(specs.values(), trial.snapshots, known)
    adopted, disputes = correlated(specs, state, observed, trial.moved, declared_in(state))
    for address, before in adopted.items():
        known.setdefault(address.kind, {})[observed.objects[before].id] = address.key
    return place(specs.values(), trial.snapshots, known), [
        Problem(code=item.code, message=item.message, address=item.address, source=item.source, hint=item.hint)
        for item in disputes.values()
    ]


def not_adoptable(trial: Trial, state: DesiredState) -> list[Problem]:
    """What keeps a plan of ``state`` from adopting every object just as it is. Fields come first, objects after."""
    observed, disputes = recognised(trial, state)
    specs = {name: kind.spec for name, kind in trial.kinds.items()}
    world = predicted(state, observed, (), specs)
    problems = [*broken_rules(world, trial.kinds.values()), *unknown_references(state, world, specs)]
    return problems or [*disputes, *_not_found(trial, state, observed, disputes)]


def _not_found(trial: Trial, state: DesiredState, observed: Observed, disputes: list[Problem]) -> Iterator[Problem]:
    told = {item.address for item in disputes}
    for address, live_id in trial.came_from.items():
        found = observed.objects.get(address)
        if address in state.resources and address not in told and (found is None or found.id != live_id):
            message = "has a key that no playbook may hold, and nothing else tells who it is"
            yield Problem(code="bad-key", message=message, address=address, hint="give it another key, or an identity")


def against_dates(
    derive: Callable[[Fields, date], Mapping[str, object]],
    said: Fields,
    live: Fields,
    as_of: date,
    days: tuple[str, ...],
) -> tuple[str, ...]:
    """The fields, dates of ``days`` first, that can't be declared because something else than is live follows from them.

    Empty where all can. An account that is open for somebody who has left is of that sort, too.
    """

    def is_so(left_out: tuple[str, ...]) -> bool:
        kept = {name: value for name, value in said.items() if name not in left_out}
        return all(same(value, live[name]) for name, value in derive(kept, as_of).items())

    written = tuple(name for name in days if said.get(name) is not None)
    follows = tuple(name for name in derive(said, as_of) if name in said)
    singly = [(name,) for name in reversed(written)]
    tried = [(), *singly, written, *((*written, name) for name in follows), (*written, *follows)]
    return next((names for names in tried if is_so(names)), tried[-1])
