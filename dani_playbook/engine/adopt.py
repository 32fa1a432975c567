"""Declared but not managed yet -> the live object that is meant, or a doubt for a person."""

from collections.abc import Mapping

from dani_playbook.core.address import Address
from dani_playbook.core.change import Finding
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.snapshot import LiveId
from dani_playbook.engine.correlate import Match, correlate, identity_index, identity_of
from dani_playbook.engine.declared import Declared
from dani_playbook.engine.moves import Moved
from dani_playbook.engine.observe import Observed


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
    disputes = {
        address: _disputed(state.resources[address], match, moved, claims, observed)
        for address, match in matches.items()
        if match.disputed or (match.one and _is_claimed(match.one, moved, claims, observed))
    }
    adopted = {a: match.one for a, match in matches.items() if match.one and a not in disputes}
    return adopted, disputes


def _gives_up(found: Address, field: FieldSpec, state: DesiredState, observed: Observed) -> bool:
    """Whether the playbooks give an object another identity: then it isn't by the old one that somebody is meant."""
    own = state.resources.get(found)
    if own is None or own.absent or field.name not in own.fields:
        return False
    return identity_of(field, own.fields) != identity_of(field, observed.objects[found].fields)


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
