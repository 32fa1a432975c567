"""Desired state, live state, memory -> what differs, resource by resource."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Finding
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.plan import Refresh
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.snapshot import LiveId
from dani_playbook.engine.correlate import Match, correlate, identity_index
from dani_playbook.engine.create import creation
from dani_playbook.engine.diff import Difference, difference
from dani_playbook.engine.field import Case, Choices
from dani_playbook.engine.moves import Moved
from dani_playbook.engine.observe import Observed, Snapshots, owners, place
from dani_playbook.engine.removal import Policies, removals
from dani_playbook.engine.token import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Changes in no order yet, findings, inventory that is behind, and what was observed, by final address."""

    observed: Observed
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refreshed: list[Refresh] = field(default_factory=list)

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
) -> Draft:
    """Every declared resource against what is there, then what is no longer declared."""
    known = owners(moved.inventory.values())
    observed = place(specs.values(), snapshots, known)
    adopted, disputes = _correlated(specs, state, observed, moved)
    if any(address != before for address, before in adopted.items()):
        for address, before in adopted.items():
            known.setdefault(address.kind, {})[observed.objects[before].id] = address
        observed = place(specs.values(), snapshots, known)
    draft = Draft(observed=observed, findings=list(disputes.values()))
    for address, desired in state.resources.items():
        if not desired.absent and address not in disputes:
            is_known = address in moved.inventory or address in adopted
            draft.take(_one(specs[address.kind], desired, draft, moved, tokens, choices, is_known=is_known))
    for found in removals(state, moved.inventory, observed, specs, policies):
        if isinstance(found, Change):
            draft.changes.append(found)
        else:
            draft.findings.append(found)
    return draft


def _one(
    spec: KindSpec,
    desired: Desired,
    draft: Draft,
    moved: Moved,
    tokens: Tokens,
    choices: Choices,
    *,
    is_known: bool,
) -> Difference:
    item = moved.inventory.get(desired.address)
    live = draft.observed.objects.get(desired.address) if is_known else None
    if live is None:
        return Difference(change=creation(spec, desired, tokens, item))
    case = Case(
        spec=spec,
        desired=desired,
        live=live,
        item=item,
        tokens=tokens,
        choices=choices,
        previous=moved.previous.get(desired.address),
    )
    return difference(case)


def _correlated(
    specs: Mapping[str, KindSpec], state: DesiredState, observed: Observed, moved: Moved
) -> tuple[dict[Address, Address], dict[Address, Finding]]:
    """Declared addresses that aren't managed: the live object that each means, and the doubts."""
    new = [item for address, item in state.resources.items() if address not in moved.inventory and not item.absent]
    wanted = {desired.address.kind for desired in new}
    index = identity_index([spec for name, spec in specs.items() if name in wanted], observed)
    matches = {desired.address: correlate(desired, specs[desired.address.kind], observed, index) for desired in new}
    claims: dict[tuple[str, LiveId], list[Address]] = {}
    for address, match in matches.items():
        if match.one:
            claims.setdefault((address.kind, observed.objects[match.one].id), []).append(address)
    disputes = {
        address: _disputed(state.resources[address], match, moved, claims, observed)
        for address, match in matches.items()
        if match.disputed or (match.one and _is_claimed(match.one, moved, claims, observed))
    }
    adopted = {a: match.one for a, match in matches.items() if match.one and a not in disputes}
    return adopted, disputes


def _is_claimed(
    found: Address, moved: Moved, claims: Mapping[tuple[str, LiveId], list[Address]], observed: Observed
) -> bool:
    return found in moved.inventory or len(claims[found.kind, observed.objects[found].id]) > 1


def _disputed(
    desired: Desired,
    match: Match,
    moved: Moved,
    claims: Mapping[tuple[str, LiveId], list[Address]],
    observed: Observed,
) -> Finding:
    shown = ", ".join(f"{address} (same {how})" for address, how in match.found)
    if match.one is None:
        message, hint = f"could be any of {shown}", "make its key and identity fields point at one of them"
    elif match.one in moved.inventory:
        message = f"seems to be {shown}, which dani manages already"
        hint = f"if it is, write moved: - {{from: {match.one}, to: {desired.address}}}; else change what they share"
    else:
        others = [str(a) for a in claims[match.one.kind, observed.objects[match.one].id] if a != desired.address]
        message, hint = f"seems to be {shown}, and so does {', '.join(others)}", "keep one of them"
    return Finding(code="disputed", message=message, address=desired.address, source=desired.resource.source, hint=hint)
