"""Desired state, live state, memory -> what differs, resource by resource."""

from collections.abc import Callable, Mapping
from dataclasses import field

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.plan import Refresh
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.engine.adopt import correlated, strangers
from dani_playbook.engine.correlate import identity_of
from dani_playbook.engine.create import creation
from dani_playbook.engine.declared import declared_in
from dani_playbook.engine.diff import Difference, difference
from dani_playbook.engine.doubts import unreadable
from dani_playbook.engine.field import Case, Choices
from dani_playbook.engine.glance import looked_at
from dani_playbook.engine.memo import Memo
from dani_playbook.engine.moves import Moved
from dani_playbook.engine.observe import Observed, Snapshots, place
from dani_playbook.engine.recall import Recalled, Scene, recalled
from dani_playbook.engine.removal import Policies, removals
from dani_playbook.engine.token import Tokens
from dani_playbook.engine.veil import Veil


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Changes in no order yet, findings, inventory that is behind, and what was observed, by final address.

    ``missing`` are people who were deleted outside and stay away until somebody says that they come back. ``scene`` is
    what was compared, ``recalled`` what of it had to be looked at, ``compared`` what a glance wasn't enough for,
    ``replaced`` what is managed and has something else under its key.
    """

    observed: Observed
    scene: Scene
    recalled: Recalled
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refreshed: list[Refresh] = field(default_factory=list)
    missing: set[Address] = field(default_factory=set)
    compared: set[Address] = field(default_factory=set)
    replaced: list[Desired] = field(default_factory=list)
    early: tuple[Problem, ...] | None = None
    """What the rules said of the world as it is, where they were asked before it was known that nothing changes."""

    def take(self, found: Difference) -> None:
        if found.change:
            self.changes.append(found.change)
        if found.refreshed:
            self.refreshed.append(found.refreshed)
        self.findings.extend(found.findings)


def compare(
    specs: Mapping[str, KindSpec],
    state: DesiredState,
    snapshots: Snapshots,
    moved: Moved,
    *,
    tokens: Tokens,
    choices: Choices,
    policies: Policies,
    veil: Veil | None = None,
    memo: Memo | None = None,
    meanwhile: Callable[[Scene], None] = lambda scene: None,
) -> Draft:
    """Every declared resource against what is there, then what is no longer declared.

    What is as it was when the last comparison was made isn't compared again. Where other processes look, too, something
    else may be done ``meanwhile``.
    """
    memo = memo or Memo()
    known = moved.inventory.owners()
    observed = place(specs.values(), snapshots, known)
    declared = declared_in(state)
    adopted, disputes = correlated(specs, state, observed, moved, declared)
    if any(address != before for address, before in adopted.items()):
        for address, before in adopted.items():
            known.setdefault(address.kind, {})[observed.objects[before].id] = address.key
        observed = place(specs.values(), snapshots, known)
    if veil is not None:
        observed = veil.laid(observed, moved.previous, specs)
    key = tokens.fingerprint.key
    scene = Scene(
        specs=specs,
        state=state,
        declared=declared,
        moved=moved,
        snapshots=snapshots,
        observed=observed,
        key=key,
        basis=memo.basis,
    )
    recall = recalled(scene, memo.last if veil is None and not adopted else None)
    draft = Draft(observed=observed, scene=scene, recalled=recall, findings=list(disputes.values()))
    for address in looked_at(scene, recall, tokens, veil, memo.share, lambda: meanwhile(scene)):
        draft.compared.add(address)
        desired = state.resources.get(address)
        if desired is not None and not desired.absent and address not in disputes:
            is_known = address in moved.inventory or address in adopted
            draft.take(_one(specs[address.kind], desired, draft, moved, tokens, choices, veil, is_known=is_known))
    for found in removals(state, declared, moved, observed, specs, policies):
        if isinstance(found, Change):
            draft.changes.append(found)
        else:
            draft.findings.append(found)
    draft.findings.extend(strangers(specs, draft.replaced, state, observed, moved))
    return draft


def _one(
    spec: KindSpec,
    desired: Desired,
    draft: Draft,
    moved: Moved,
    tokens: Tokens,
    choices: Choices,
    veil: Veil | None,
    *,
    is_known: bool,
) -> Difference:
    item = moved.inventory.get(desired.address)
    live = draft.observed.objects.get(desired.address) if is_known else None
    if live is None and item and spec.people and not choices.restore(desired.address):
        draft.missing.add(desired.address)
        return Difference(findings=(_deleted_outside(desired),))
    if live is None:
        return Difference(change=creation(spec, desired, tokens, moved.stored(desired.address)))
    if item and item.live_id != live.id and not _is_alike(spec, desired, live):
        draft.replaced.append(desired)
        return Difference()
    if doubtful := unreadable(spec, desired, live):
        return Difference(findings=(doubtful,))
    previous = moved.previous.get(desired.address)
    case = Case(
        spec=spec,
        desired=desired,
        live=live,
        item=item,
        tokens=tokens,
        choices=choices,
        previous=previous,
        said=veil.said(spec, desired.address, previous) if veil else None,
    )
    return difference(case)


def _is_alike(spec: KindSpec, desired: Desired, live: LiveObject) -> bool:
    """Whether a live object that took the place of ours has at least one of its identities, or none were declared."""
    known = [field for field in spec.identities if desired.fields.get(field.name)]
    alike = [field for field in known if identity_of(field, desired.fields) == identity_of(field, live.fields)]
    return bool(alike) or not known


def _deleted_outside(desired: Desired) -> Finding:
    return Finding(
        code="held",
        message="was deleted outside dani; nobody is brought back without a yes of their own",
        address=desired.address,
        source=desired.resource.source,
        hint=f"to create it again: dani apply --restore {desired.address}; to accept it: take it out of the playbook",
    )
