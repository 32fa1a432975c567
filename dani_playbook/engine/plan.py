"""Desired state -> plan. Writes nothing anywhere."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Demand, Known, Policy
from dani_playbook.core.change import Change, Finding, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.inventory import as_inventory
from dani_playbook.core.live import Live
from dani_playbook.core.memory import InventoryItem, Memory
from dani_playbook.core.module import Kind
from dani_playbook.core.plan import Guard, Plan
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.world import World
from dani_playbook.engine import guard
from dani_playbook.engine.brakes import braked
from dani_playbook.engine.compare import Draft, compare
from dani_playbook.engine.declared import Declared, declared_in
from dani_playbook.engine.digest import digest
from dani_playbook.engine.field import Choices
from dani_playbook.engine.first import without_removals
from dani_playbook.engine.hanging import blocked, hanging, irreversible, unfit
from dani_playbook.engine.limits import Limits
from dani_playbook.engine.memo import Ahead, Memo
from dani_playbook.engine.moves import Moved, follow_moves
from dani_playbook.engine.observe import Observed, read_all
from dani_playbook.engine.order import order, references
from dani_playbook.engine.predict import broken_rules, incomplete, predicted, unknown_references
from dani_playbook.engine.recall import Scene
from dani_playbook.engine.removal import Policies
from dani_playbook.engine.target import Selection, concerns, selected
from dani_playbook.engine.token import Tokens
from dani_playbook.engine.veil import Veil, VeiledLive, VeiledMemory

BLOCKERS = frozenset(
    {
        "breaks-rule",
        "conflict",
        "disputed",
        "empty-source",
        "frozen",
        "immutable",
        "key-taken",
        "limit",
        "move-occupied",
        "protected",
        "referred-to",
        "removal-blocked",
        "unreadable",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """What every plan of one session needs: kinds, the live system, the memory and how to make tokens.

    ``policy`` says who must approve, ``accounts`` who those people are now. ``settings`` is a fingerprint of the
    settings that decide what a plan may do. ``can_approve`` tells whether anybody active has one of these roles.
    ``asked`` keeps what the policy asks for a plan, by digest.
    """

    kinds: Mapping[str, Kind]
    live: Live
    memory: Memory
    tokens: Tokens
    policies: Policies = field(default_factory=Policies)
    limits: Limits = field(default_factory=Limits)
    policy: Policy = field(default_factory=Policy)
    accounts: Callable[[Collection[Address]], Known] = lambda people: {}
    settings: str = ""
    can_approve: Callable[[Collection[str]], bool] = lambda roles: True
    asked: dict[str, tuple[Demand, ...]] = field(default_factory=dict)
    veil: Veil | None = None
    """Where a stranger reads along."""
    memo: Memo = field(default_factory=Memo)

    @property
    def specs(self) -> dict[str, KindSpec]:
        return {name: kind.spec for name, kind in self.kinds.items()}


def make_plan(
    planner: Planner, state: DesiredState, *, choices: Choices | None = None, selection: Selection | None = None
) -> Plan:
    """Observe, compare, check, put in order, guard.

    Raises ``PlaybookError`` with every broken rule and unknown reference; conflicts, doubts and protected removals
    are blockers of the plan instead. Cost: one read per kind, one of the inventory, and one of what hangs on the
    objects of a kind that would go.
    """
    specs = planner.specs
    moved, draft = drafted(planner, state, choices or Choices())
    if not (draft.recalled.same and not draft.changes):
        _check(planner, state, draft)
    _remember(planner, draft)
    found = hanging(draft.changes, planner.live, specs)
    marked = [
        replace(change, mark=planner.kinds[change.address.kind].mark(change))
        for change in irreversible(draft.changes, found, planner.live, specs)
    ]
    kept, complete = selected(marked, selection, specs)
    mine = {change.address for change in kept}
    findings = [item for item in (*moved.findings, *draft.findings) if concerns(item.address, selection, mine)]
    findings += _guarded(kept, state, moved.inventory, draft.observed, specs)
    findings += [finding for _, finding in blocked(kept, found)]
    if not complete:
        findings += broken(planner, predicted(_part(state, kept), draft.observed, kept, specs))
    plan = assemble(
        planner, kept, findings, draft.observed, state, inventory=moved.inventory, declared=draft.scene.declared
    )
    plan = braked(plan, planner.limits, draft.observed, specs, planner.memory)
    behind = tuple(item for item in draft.refreshed if concerns(item.after.address, selection, mine))
    return sealed(planner, replace(plan, complete=complete, refreshed=behind, first=not moved.inventory))


def veiled(planner: Planner, base: DesiredState) -> Planner:
    """The planner for a stranger: of masked fields it knows what ``base`` says, and nothing that is live."""
    return replace(
        planner,
        live=VeiledLive(planner.live, planner.specs),
        memory=VeiledMemory(planner.memory, planner.specs),
        veil=Veil(base=base.resources),
        memo=Memo(),
    )


def drafted(planner: Planner, state: DesiredState, choices: Choices) -> tuple[Moved, Draft]:
    """Observe and compare: what differs, before any rule, selection or guard is asked."""
    ahead = planner.memo.ahead or Ahead(
        snapshots=read_all(planner.specs.values(), planner.live), inventory=as_inventory(planner.memory.inventory())
    )
    moved = follow_moves(ahead.inventory, state.moves)
    early: list[tuple[Problem, ...]] = []

    def meanwhile(scene: Scene) -> None:
        scene.make_stamps()
        early.append(tuple(broken_rules(predicted(state, scene.observed, (), scene.specs), planner.kinds.values())))

    draft = compare(
        planner.specs,
        state,
        ahead.snapshots,
        moved,
        tokens=planner.tokens,
        choices=choices,
        policies=planner.policies,
        veil=planner.veil,
        memo=planner.memo,
        meanwhile=meanwhile,
    )
    kept, held = without_removals(draft.changes, moved.inventory)
    said = early[0] if early and not draft.changes else None
    return moved, replace(draft, changes=kept, findings=[*draft.findings, *held], early=said)


def _remember(planner: Planner, draft: Draft) -> None:
    """What this comparison saw, for the next one. Only who was asked all rules may say that none is broken."""
    if planner.veil is None and draft.scene.state.whole and draft.scene.can_be_kept and not draft.scene.moved.previous:
        said = {change.address for change in draft.changes} | draft.missing
        said |= {item.after.address for item in draft.refreshed}
        said |= {finding.address for finding in draft.findings if finding.address}
        imprint = draft.scene.imprint(said, quiet=not draft.changes)
        if imprint != planner.memo.last:
            planner.memo.remember(imprint)


def _check(planner: Planner, state: DesiredState, draft: Draft) -> None:
    world = predicted(state, draft.observed, draft.changes, planner.specs)
    problems = [
        *incomplete(draft.changes, world, planner.specs),
        *unknown_references(state, world, planner.specs, draft.missing, draft.compared),
        *(broken_rules(world, planner.kinds.values()) if draft.early is None else draft.early),
        *unfit(draft.changes, planner.live),
    ]
    if problems:
        raise PlaybookError("The playbooks can't be planned", problems=in_order(problems))


def broken(planner: Planner, world: World) -> list[Finding]:
    """Rules that a world breaks, as blockers: for plans that do other than all that the files say."""
    return [
        Finding(code="breaks-rule", message=item.message, address=item.address, source=item.source, hint=item.hint)
        for item in broken_rules(world, planner.kinds.values())
    ]


def _part(state: DesiredState, changes: Sequence[Change]) -> DesiredState:
    chosen = {change.address for change in changes}
    return replace(state, resources={a: item for a, item in state.resources.items() if a in chosen})


def _guarded(
    changes: Sequence[Change],
    state: DesiredState,
    inventory: Mapping[Address, InventoryItem],
    observed: Observed,
    specs: Mapping[str, KindSpec],
) -> Iterable[Finding]:
    yield from guard.empty_source(state, inventory)
    yield from guard.taken_keys(changes, observed)
    for _, finding in guard.referred_to(changes, observed, specs):
        yield finding


def assemble(
    planner: Planner,
    changes: Sequence[Change],
    findings: Iterable[Finding],
    observed: Observed,
    state: DesiredState,
    *,
    inventory: Mapping[Address, InventoryItem],
    declared: Declared | None = None,
) -> Plan:
    """A plan of changes put in order, with what it relies on and counts; not sealed yet."""
    specs = planner.specs
    declared = declared or declared_in(state)
    ordered = order(changes, specs)
    in_turn = sorted(findings, key=lambda item: (str(item.address or ""), item.code))
    found = guard.guards(ordered, observed, specs, planner.tokens.fingerprint)
    changed = {change.address for change in ordered}
    touched = len([address for address in changed.difference(declared.absent) if address in declared])
    return Plan(
        digest="",
        live_name=planner.live.name,
        live_identity=planner.live.identity,
        as_of=state.as_of,
        changes=tuple(replace(change, guards=_relied_on(change, found, specs)) for change in ordered),
        blockers=tuple(item for item in in_turn if item.code in BLOCKERS),
        held=tuple(item for item in in_turn if item.code == "held"),
        skipped=tuple(item for item in in_turn if item.code == "skipped"),
        unchanged=len(declared) - len(declared.absent) - touched,
        unmanaged=unmanaged(observed, inventory, ordered),
        totals=_totals(observed, ordered),
        declared=len(declared),
        files=state.files,
        guards=found,
        renames=observed.renames,
    )


def sealed(planner: Planner, plan: Plan) -> Plan:
    """The plan with its digest. Nothing may change afterwards."""
    plan = replace(plan, rules=planner.policy.version)
    return replace(plan, digest=digest(plan, planner.specs, planner.tokens))


def _relied_on(change: Change, found: Mapping[Address, Guard], specs: Mapping[str, KindSpec]) -> tuple[Address, ...]:
    needed = references(specs[change.address.kind], change.after, deferred=True)
    return tuple(sorted({address for address in needed if address in found}))


def unmanaged(
    observed: Observed, inventory: Mapping[Address, InventoryItem], changes: Sequence[Change] = ()
) -> dict[str, int]:
    """Live objects that nobody declares, counted by kind."""
    managed = as_inventory(inventory)
    changed: dict[str, set[str]] = {}
    for change in changes:
        changed.setdefault(change.address.kind, set()).add(change.address.key)
    found = {
        kind: len(observed.keys_of(kind).keys() - managed.keys_of(kind) - changed.get(kind, set()))
        for kind in sorted(observed.by_id)
    }
    return {kind: count for kind, count in found.items() if count}


def _totals(observed: Observed, changes: Sequence[Change]) -> dict[str, int]:
    """How many objects of each kind there will be."""
    counted = {kind: len(found) for kind, found in observed.by_id.items()}
    for change in changes:
        counted[change.address.kind] += (change.verb is Verb.CREATE) - change.deletes
    return dict(sorted(counted.items()))
