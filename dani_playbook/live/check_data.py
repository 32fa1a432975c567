"""What is in the tables, and doesn't go with a binding. Rows are counted, values never shown."""

from collections import Counter
from collections.abc import Iterator

from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.normalize import fold
from dani_playbook.core.snapshot import KindSnapshot
from dani_playbook.live.columns import Bound, meta, stored
from dani_playbook.live.found import Found


def data_findings(bound: Bound, snapshot: KindSnapshot, using: str) -> Iterator[Found]:
    """What one read of everything shows, and two counts."""
    yield from _hidden(bound, using)
    yield from _without_parts(bound, using)
    yield from _doubtful(bound, snapshot)
    for spec in bound.spec.identities:
        yield from _alike(bound, snapshot, spec)


def _hidden(bound: Bound, using: str) -> Iterator[Found]:
    """Rows that the reading manager, or the one that others would take, doesn't show."""
    model = bound.root.model
    everything = stored(model, using).filter(**bound.where).count()
    if (left := everything - bound.rows(using).count()) > 0:
        message = f"the manager {bound.manager} hides {left} of {everything} rows of {meta(model).label}"
        hint = "who is hidden looks absent, and would be created again: leave manager: out"
        yield Found(level="warning", kind=bound.kind, path="manager", message=message, hint=hint)
    default = meta(model).default_manager
    shown = default.using(using).filter(**bound.where).count() if default is not None else everything
    if shown < everything and not left:
        message = f"{meta(model).label}.{default.name} hides {everything - shown} of {everything} rows; dani sees them"
        yield Found(level="info", kind=bound.kind, path="manager", message=message)


def _without_parts(bound: Bound, using: str) -> Iterator[Found]:
    for part in bound.parts:
        missing = bound.rows(using).filter(**{f"{part.path}__isnull": True}).count()
        if missing:
            message = f"{missing} rows have no {meta(part.model).label}"
            hint = "what is declared for them in that part is written into a new row"
            yield Found(level="warning", kind=bound.kind, path=part.name, message=message, hint=hint)


def _doubtful(bound: Bound, snapshot: KindSnapshot) -> Iterator[Found]:
    """Values that can't be told: columns that disagree, codes that lead nowhere, values that no map knows."""
    counted = Counter((name, why) for item in snapshot.objects.values() for name, why in item.doubts.items())
    for (name, why), number in sorted(counted.items()):
        message = f"can't be told of {number} objects: {why}"
        hint = "mend them there, or leave the field out for them"
        yield Found(level="warning", kind=bound.kind, path=name, message=message, hint=hint)


def _alike(bound: Bound, snapshot: KindSnapshot, spec: FieldSpec) -> Iterator[Found]:
    """Objects that an identity can't tell apart."""
    names = (spec.name, *(name for name in spec.within if name in bound.places))
    found = Counter(
        tuple(fold(str(item.fields.get(name) or "")) for name in names)
        for item in snapshot.objects.values()
        if item.fields.get(spec.name) is not None
    )
    doubled = sum(number for number in found.values() if number > 1)
    if doubled:
        message = f"{doubled} objects share theirs with another one, so it doesn't tell them apart"
        hint = "name another field first under identity:, or mend the rows"
        yield Found(level="warning", kind=bound.kind, path=spec.name, message=message, hint=hint)
