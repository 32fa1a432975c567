"""Declared but not managed yet -> the live object that is meant, or a doubt for a person."""

from collections.abc import Iterator, Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.change import Finding
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.snapshot import LiveId
from dani_playbook.engine.candidates import Bystanders, claims_on, objects_for, open_title
from dani_playbook.engine.correlate import Match, correlate, identity_index, identity_of
from dani_playbook.engine.declared import Declared
from dani_playbook.engine.moves import Moved
from dani_playbook.engine.observe import Observed

_WHICH = "find out which one is meant; declare the key and identities of that one alone, or correct the others live"


def correlated(
    specs: Mapping[str, KindSpec], state: DesiredState, observed: Observed, moved: Moved, declared: Declared
) -> tuple[dict[Address, Address], dict[Address, Finding]]:
    """Declared addresses that aren't managed: the live object that each means, and the doubts."""
    new = [state.resources[address] for address in declared.unmanaged(moved.inventory)]
    wanted = {desired.address.kind for desired in new}
    index = identity_index([spec for name, spec in specs.items() if name in wanted], observed)

    def matched(desired: Desired) -> Match:
        spec = specs[desired.address.kind]
        return correlate(desired, spec, observed, index, lambda found, field: _gives_up(found, field, state, observed))

    matches = {desired.address: matched(desired) for desired in new}
    claims: dict[tuple[str, LiveId], list[Address]] = {}
    for address, match in matches.items():
        if match.one:
            claims.setdefault((address.kind, observed.objects[match.one].id), []).append(address)
    around = Bystanders(declared=state.resources, observed=observed, managed=moved.inventory)
    disputes = {
        address: _disputed(state.resources[address], specs[address.kind], match, claims, around)
        for address, match in matches.items()
        if match.disputed or (match.one and _is_claimed(match.one, claims, around))
    }
    adopted = {a: match.one for a, match in matches.items() if match.one and a not in disputes}
    return adopted, disputes


def strangers(
    specs: Mapping[str, KindSpec],
    replaced: Sequence[Desired],
    state: DesiredState,
    observed: Observed,
    moved: Moved,
) -> Iterator[Finding]:
    """Managed addresses whose live object is gone, with another one under the key: that one, and who is alike."""
    if not replaced:
        return
    kinds = sorted({desired.address.kind for desired in replaced})
    index = identity_index([specs[kind] for kind in kinds], observed)
    managed = moved.inventory.keys() - {desired.address for desired in replaced}
    around = Bystanders(declared=state.resources, observed=observed, managed=managed)
    for desired in replaced:
        spec = specs[desired.address.kind]
        match = correlate(desired, spec, observed, index)
        yield Finding(
            code="disputed",
            message="the live object that dani manages is gone, and another one with this key isn't alike",
            address=desired.address,
            source=desired.resource.source,
            hint="look whether it is meant; give this resource another key if it isn't",
            title=open_title(spec, desired.fields),
            candidates=objects_for(desired, spec, [address for address, _ in match.found], around),
        )


def _gives_up(found: Address, field: FieldSpec, state: DesiredState, observed: Observed) -> bool:
    """Whether the playbooks give an object another identity: then it isn't by the old one that somebody is meant."""
    own = state.resources.get(found)
    if own is None or own.absent or field.name not in own.fields:
        return False
    return identity_of(field, own.fields) != identity_of(field, observed.objects[found].fields)


Claims = Mapping[tuple[str, LiveId], list[Address]]
"""Live objects, and the addresses that mean each."""


def _is_claimed(found: Address, claims: Claims, around: Bystanders) -> bool:
    return found in around.managed or len(claims[found.kind, around.observed.objects[found].id]) > 1


def _disputed(desired: Desired, spec: KindSpec, match: Match, claims: Claims, around: Bystanders) -> Finding:
    shown = ", ".join(f"{address} (same {how})" for address, how in match.found)
    if match.one is None:
        message, hint = f"could be any of {shown}", _WHICH
        candidates = objects_for(desired, spec, [address for address, _ in match.found], around)
    elif match.one in around.managed:
        message = f"seems to be {shown}, which dani manages already"
        hint = f"if it is, write moved: - {{from: {match.one}, to: {desired.address}}}; else change what they share"
        candidates = claims_on(match.one, spec, (desired.address, match.one), around)
    else:
        claiming = claims[match.one.kind, around.observed.objects[match.one].id]
        others = [str(address) for address in claiming if address != desired.address]
        message, hint = f"seems to be {shown}, and so does {', '.join(others)}", "keep one of them"
        candidates = claims_on(match.one, spec, claiming, around)
    return Finding(
        code="disputed",
        message=message,
        address=desired.address,
        source=desired.resource.source,
        hint=hint,
        title=open_title(spec, desired.fields),
        candidates=candidates,
    )
