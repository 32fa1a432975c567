"""Managed, but no longer declared -> what becomes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import field

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Finding, Reason, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.resource import Desired, DesiredState
from dani_playbook.core.snapshot import LiveObject
from dani_playbook.core.source import Source
from dani_playbook.engine.declared import Declared
from dani_playbook.engine.moves import Moved
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
    """Whether the files that declared ``item`` last were read completely, and no other file declares it now."""
    return state.whole or (
        (item.address not in state.elsewhere)
        and any(item.path == path or item.path.startswith(path.rstrip("/") + "/") for path in state.covered)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One object on its way out: ``desired`` where it is declared absent, ``item`` where we manage it."""

    spec: KindSpec
    address: Address
    policy: str
    item: InventoryItem | None = None
    live: LiveObject | None = None
    desired: Desired | None = None

    @property
    def reason(self) -> Reason:
        return Reason.DECLARED_ABSENT if self.desired else Reason.NO_LONGER_DECLARED

    @property
    def source(self) -> Source | None:
        return self.desired.resource.source if self.desired else None

    @property
    def is_protected(self) -> bool:
        """Protection that was applied once is lifted by an apply of its own, not by the plan that would use it."""
        return bool((self.desired and self.desired.resource.protect) or (self.item and self.item.protect))


def removals(
    state: DesiredState,
    declared: Declared,
    moved: Moved,
    observed: Observed,
    kinds: Mapping[str, KindSpec],
    policies: Policies,
) -> Iterator[Change | Finding]:
    """Everything declared absent, and everything managed that the files, read completely, don't declare."""
    for address in declared.absent:
        desired, spec, live = state.resources[address], kinds[address.kind], observed.objects.get(address)
        policy = policies.of(spec, declared_absent=True)
        item = moved.stored(address)
        yield from removal(Leaving(spec=spec, address=address, policy=policy, item=item, live=live, desired=desired))
    for address in declared.undeclared(moved.inventory):
        if address.kind in kinds and in_scope(moved.inventory[address], state):
            spec, live, item = kinds[address.kind], observed.objects.get(address), moved.stored(address)
            yield from removal(Leaving(spec=spec, address=address, policy=policies.of(spec), item=item, live=live))


def removal(leaving: Leaving) -> Iterator[Change | Finding]:
    """What takes one object away; nothing where it is away already and we don't manage it."""
    live, policy = leaving.live, leaving.policy
    if live is not None and leaving.is_protected and policy != "forget":
        yield _protected(leaving, live)
        return
    fields = tuple(_fields(leaving))
    if live is not None and (policy == "delete" or fields):
        yield _removed(leaving, live, fields)
    elif leaving.item is not None:
        yield _forgotten(leaving, leaving.item)


def _protected(leaving: Leaving, live: LiveObject) -> Finding:
    return Finding(
        code="protected",
        message="is protected, and this plan would remove it",
        address=leaving.address,
        title=leaving.spec.shown_name(live.fields),
        source=leaving.source,
        hint="declare it again; to let it go, first apply it once without protect: true",
    )


def _fields(leaving: Leaving) -> Iterator[FieldChange]:
    if leaving.live is None or leaving.policy in ("delete", "forget"):
        return
    for name, value in leaving.spec.removals[leaving.policy].items():
        before = leaving.live.fields[name]
        if before != value and not (leaving.desired and name in leaving.desired.resource.ignore):
            yield FieldChange(name=name, before=before, after=value, reason=leaving.reason)


def _removed(leaving: Leaving, live: LiveObject, fields: tuple[FieldChange, ...]) -> Change:
    """A deleted person comes back without what only the live system knew: a password, a last sign-in. Nothing comes
    back as it was where not all of it could be read."""
    deletes = leaving.policy == "delete"
    return Change(
        address=leaving.address,
        verb=Verb.REMOVE,
        reason=leaving.reason,
        title=leaving.spec.shown_name(live.fields),
        live_id=live.id,
        before=live.fields,
        after=None if deletes else {**live.fields, **{change.name: change.after for change in fields}},
        fields=fields,
        policy=leaving.policy,
        deletes=deletes,
        reversible=not (deletes and (leaving.spec.people or live.doubts)),
        source=leaving.source,
        inventory_before=leaving.item,
    )


def _forgotten(leaving: Leaving, item: InventoryItem) -> Change:
    """Nothing to write: the object is away, already as the policy wants it, or is to be let go."""
    live = leaving.live.fields if leaving.live else None
    return Change(
        address=leaving.address,
        verb=Verb.RELEASE,
        reason=leaving.reason,
        title=leaving.spec.shown_name(live) if live else "",
        live_id=item.live_id,
        before=live,
        after=live,
        policy="forget" if leaving.policy == "forget" else None,
        source=leaving.source,
        inventory_before=item,
    )
