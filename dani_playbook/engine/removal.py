"""Managed, but no longer declared -> what becomes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Finding, Reason, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.source import Source
from dani_playbook.engine.observe import Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The removal policy of a kind: the project's, else the schema's."""

    project: Mapping[str, str] = field(default_factory=dict)

    def of(self, spec: KindSpec, *, declared_absent: bool = False) -> str:
        """``forget`` can't be meant by somebody who wrote ``state: absent``: then the schema's default counts."""
        chosen = self.project.get(spec.name, spec.removal)
        return spec.removal if declared_absent and chosen == "forget" else chosen


def in_scope(item: InventoryItem, state: DesiredState) -> bool:
    """Whether the files that declared ``item`` last were read completely."""
    return state.whole or any(
        item.path == path or item.path.startswith(path.rstrip("/") + "/") for path in state.covered
    )


def removals(
    state: DesiredState,
    inventory: Mapping[Address, InventoryItem],
    observed: Observed,
    kinds: Mapping[str, KindSpec],
    policies: Policies,
) -> Iterator[Change | Finding]:
    """Everything declared absent, and everything managed that the files, read completely, don't declare."""
    for desired in state.resources.values():
        if desired.absent:
            spec = kinds[desired.address.kind]
            policy = policies.of(spec, declared_absent=True)
            yield from removal(
                spec,
                desired.address,
                inventory.get(desired.address),
                observed.objects.get(desired.address),
                policy,
                desired,
            )
    for address, item in inventory.items():
        if address not in state.resources and address.kind in kinds and in_scope(item, state):
            spec = kinds[address.kind]
            yield from removal(spec, address, item, observed.objects.get(address), policies.of(spec))


def removal(
    spec: KindSpec,
    address: Address,
    item: InventoryItem | None,
    live: LiveObject | None,
    policy: str,
    desired: Desired | None = None,
) -> Iterator[Change | Finding]:
    """What takes one object away; nothing where it is away already and we don't manage it."""
    reason = Reason.DECLARED_ABSENT if desired else Reason.NO_LONGER_DECLARED
    source = desired.resource.source if desired else None
    if live is not None and _is_protected(item, desired) and policy != "forget":
        yield _protected(address, spec.shown_name(live.fields), source)
        return
    fields = _fields(spec, live, policy, reason)
    if live is not None and policy == "delete":
        yield _removed(address, live, item, spec, policy, reason, source, (), deletes=True)
    elif live is not None and fields:
        yield _removed(address, live, item, spec, policy, reason, source, fields, deletes=False)
    elif item is not None:
        yield _forgotten(address, live, item, spec, policy, reason, source)


def _is_protected(item: InventoryItem | None, desired: Desired | None) -> bool:
    return desired.resource.protect if desired else bool(item and item.protect)


def _protected(address: Address, title: str, source: Source | None) -> Finding:
    return Finding(
        code="protected",
        message="is protected, and this plan would remove it",
        address=address,
        title=title,
        source=source,
        hint="declare it again; to let it go, first apply it once without protect: true",
    )


def _fields(spec: KindSpec, live: LiveObject | None, policy: str, reason: Reason) -> tuple[FieldChange, ...]:
    if live is None or policy in ("delete", "forget"):
        return ()
    return tuple(
        FieldChange(name=name, before=live.fields[name], after=value, reason=reason)
        for name, value in spec.removals[policy].items()
        if live.fields[name] != value
    )


def _removed(
    address: Address,
    live: LiveObject,
    item: InventoryItem | None,
    spec: KindSpec,
    policy: str,
    reason: Reason,
    source: Source | None,
    fields: tuple[FieldChange, ...],
    *,
    deletes: bool,
) -> Change:
    return Change(
        address=address,
        verb=Verb.REMOVE,
        reason=reason,
        title=spec.shown_name(live.fields),
        live_id=live.id,
        before=live.fields,
        after=None if deletes else {**live.fields, **{change.name: change.after for change in fields}},
        fields=fields,
        policy=policy,
        deletes=deletes,
        source=source,
        inventory_before=item,
    )


def _forgotten(
    address: Address,
    live: LiveObject | None,
    item: InventoryItem,
    spec: KindSpec,
    policy: str,
    reason: Reason,
    source: Source | None,
) -> Change:
    """Nothing to write: the object is away, already as the policy wants it, or is to be let go."""
    return Change(
        address=address,
        verb=Verb.RELEASE,
        reason=reason,
        title=spec.shown_name(live.fields) if live else "",
        live_id=item.live_id,
        before=live.fields if live else None,
        after=live.fields if live else None,
        policy="forget" if policy == "forget" else None,
        source=source,
        inventory_before=item,
    )
