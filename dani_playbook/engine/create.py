"""A resource that isn't live -> the change that brings it into being."""

from collections.abc import Iterator

from dani_playbook.core.change import Change, FieldChange, Reason, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.resource import Desired
from dani_playbook.core.values import Fields
from dani_playbook.engine.token import Tokens, effective


def creation(spec: KindSpec, desired: Desired, tokens: Tokens, item: InventoryItem | None) -> Change:
    """Declared fields, and the schema's defaults for the rest, which stay live's own.

    ``item`` is the inventory's where we managed the object and it is gone.
    """
    fields = tuple(_fields(spec, desired))
    after: Fields = dict.fromkeys(spec.fields) | {change.name: change.after for change in fields}
    return Change(
        address=desired.address,
        verb=Verb.CREATE,
        reason=Reason.DRIFT if item else Reason.DECLARED,
        title=spec.shown_name(after),
        after=after,
        fields=fields,
        source=desired.resource.source,
        inventory_before=item,
        inventory_after=InventoryItem(
            address=desired.address,
            live_id="",
            applied={name: tokens.of(spec.fields[name], value) for name, value in desired.fields.items()},
            path=desired.resource.source.file,
            protect=desired.resource.protect,
        ),
    )


def _fields(spec: KindSpec, desired: Desired) -> Iterator[FieldChange]:
    for name, rule in spec.fields.items():
        declared = name in desired.fields
        value = effective(rule, desired.fields[name], ()) if declared else rule.default
        if value is None or (rule.is_set and value == ()):
            continue
        yield FieldChange(
            name=name,
            before=None,
            after=value,
            reason=Reason.DERIVED if name in desired.derived else Reason.DECLARED,
            source=desired.source_of(name) if declared else None,
            since=desired.since.get(name),
        )
