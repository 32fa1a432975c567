"""A plan tried on the live system and taken back: what apply would be refused is known before anyone approves."""

from collections.abc import Iterator
from dataclasses import replace

from dani_playbook.core.change import Change, Finding
from dani_playbook.core.errors import LiveError
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import SecretRef
from dani_playbook.engine.journal import ids_of, renames_after, written_ids
from dani_playbook.engine.plan import Planner, sealed
from dani_playbook.engine.verify import look, not_as_wanted


class _TakenBack(Exception):
    """Ends the transaction of a rehearsal."""


def rehearse(planner: Planner, plan: Plan) -> Plan:
    """The same plan, with a blocker for all that the live system refuses. Nothing stays written.

    Secrets aren't read, so fields that need one aren't tried. Handlers of the live system run: a live system whose
    handlers do more than write to this database must not be rehearsed on.
    """
    if not plan.changes or plan.blockers:
        return plan
    tried = replace(plan, changes=tuple(_without_secrets(change) for change in plan.changes))
    problems: list[Problem] = []
    try:
        with planner.live.transaction():
            problems.extend(_tried(planner, tried))
            raise _TakenBack
    except _TakenBack:
        pass
    except LiveError as error:
        problems.append(Problem(code="refused-by-live", message=error.message, hint=error.hint))
    except Exception as error:  # noqa: BLE001 - whatever a foreign handler raises is a finding
        message = f"a handler of the live system raised {type(error).__name__}"
        problems.append(Problem(code="refused-by-live", message=message))
    if not problems:
        return plan
    found = tuple(
        Finding(code="refused-by-live", message=item.message, address=item.address, hint=item.hint) for item in problems
    )
    return sealed(planner, replace(plan, blockers=(*plan.blockers, *found)))


def _without_secrets(change: Change) -> Change:
    fields = tuple(field for field in change.fields if not isinstance(field.after, SecretRef))
    if len(fields) == len(change.fields) or change.after is None:
        return change
    hidden = {field.name: None for field in change.fields if isinstance(field.after, SecretRef)}
    return replace(change, fields=fields, after={**change.after, **hidden})


def _tried(planner: Planner, plan: Plan) -> Iterator[Problem]:
    ids = ids_of(plan)
    ids |= planner.live.write(plan.changes, ids)
    after = look(planner.live, planner.specs, written_ids(plan.changes, ids), renames_after(plan), ids)
    yield from not_as_wanted(plan.changes, after, ids, planner.specs)
