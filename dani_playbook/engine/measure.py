"""Changes -> how many of what, by effect and not by name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Verb
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.values import Fields
from dani_playbook.engine.observe import Observed

LEAVERS, MEMBERSHIPS = "leavers", "memberships"
REMOVALS, FIELD, CREATES = "removals", "field", "creates"
Specs = Mapping[str, KindSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One measure: ``who`` has an address once for each thing counted, ``of`` how many there are now.

    ``group`` is the standing limit that holds for it.
    """

    measure: str
    group: str
    who: tuple[Address, ...]
    of: int


def counts(changes: Iterable[Change], observed: Observed, kinds: Specs) -> list[Count]:
    """Every measure that these changes touch, sorted by its name. Cost: one pass over changes and live objects."""
    changes = [change for change in changes if change.touches]
    renamed = {(c.address.kind, c.previous.key): c.address.key for c in changes if c.previous}
    found: dict[tuple[str, str, str], list[Address]] = {}
    for change in changes:
        for measure, group, about in _of(change, kinds, renamed):
            found.setdefault((measure, group, about), []).append(change.address)
    sizes = _Population(observed, kinds)
    return [
        Count(measure=measure, group=group, who=tuple(who), of=sizes.of(group, about))
        for (measure, group, about), who in sorted(found.items())
    ]


def measure_names(kinds: Specs) -> list[str]:
    """Every name that a measure can have."""
    people = [spec for spec in kinds.values() if spec.people]
    fields = {field_measure(name) for spec in people for name in spec.fields}
    removals = {f"{REMOVALS}-{spec.name}" for spec in kinds.values() if not spec.people}
    return sorted({LEAVERS, MEMBERSHIPS, *fields, *removals, *(f"{CREATES}-{name}" for name in kinds)})


def inverse(change: Change) -> Change:
    """The change that this one takes back."""
    verb = {Verb.CREATE: Verb.REMOVE, Verb.REMOVE: Verb.CREATE if change.deletes else Verb.UPDATE}
    return replace(
        change,
        verb=verb.get(change.verb, change.verb),
        before=change.after,
        after=change.before,
        deletes=change.verb is Verb.CREATE,
    )


def ends(spec: KindSpec, change: Change) -> bool:
    """Whether the object is out of force afterwards and wasn't before: deleted, left, closed."""
    if change.deletes or (change.verb is Verb.REMOVE and change.touches):
        return True
    if change.before is None or change.after is None:
        return False
    return in_force(spec, change.before) and not in_force(spec, change.after)


def in_force(spec: KindSpec, fields: Fields) -> bool:
    """False where a removal would find nothing to do: a person who left, a closed job."""
    gone = [values for values in map(_telling, spec.removals.values()) if values]
    return not any(all(fields.get(name) == value for name, value in values.items()) for values in gone)


def _telling(removal: Mapping[str, object] | None) -> Mapping[str, object]:
    """A status says more than a switch: an account that is off may be that of a person on leave."""
    fields = dict(removal or {})
    return {name: value for name, value in fields.items() if not isinstance(value, bool)} or fields


def lost_items(spec: KindSpec, change: Change, kinds: Specs, renamed: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """The fields that grant something, once for each item that goes."""
    after = change.after or {}
    for rule in spec.fields.values():
        if grants(spec, rule, kinds):
            kind = rule.references or ""
            kept = set(after.get(rule.name) or ())
            for item in (change.before or {}).get(rule.name) or ():
                if item not in kept and renamed.get((kind, item), item) not in kept:
                    yield rule.name


def grants(spec: KindSpec, rule: FieldSpec, kinds: Specs) -> bool:
    """Whether a field gives people something: a set of people, or a person's roles."""
    if not rule.is_set:
        return False
    refers_to_people = rule.references in kinds and kinds[rule.references or ""].people
    return refers_to_people or (spec.people and rule.ask)


def _of(change: Change, kinds: Specs, renamed: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str, str]]:
    """(measure, group, what the population is of) once for each thing that one change does."""
    spec = kinds[change.address.kind]
    leaving = ends(spec, change)
    if leaving:
        yield (LEAVERS, LEAVERS, "") if spec.people else (f"{REMOVALS}-{spec.name}", REMOVALS, spec.name)
    if change.verb is Verb.CREATE:
        yield f"{CREATES}-{spec.name}", CREATES, spec.name
        return
    for _ in lost_items(spec, change, kinds, renamed):
        yield MEMBERSHIPS, MEMBERSHIPS, ""
    if spec.people and change.verb is not Verb.REMOVE and not change.deletes:
        removal = {name for fields in spec.removals.values() for name in fields or ()} if leaving else set()
        for name in sorted(set(change.written) - removal):
            yield field_measure(name), FIELD, ""


def field_measure(name: str) -> str:
    """What a field of people is counted as."""
    return f"{FIELD}-{name.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class _Population:
    observed: Observed
    kinds: Specs

    def of(self, group: str, kind: str) -> int:
        if group == CREATES:
            return len(self.observed.by_id.get(kind, {}))
        if group == REMOVALS:
            return self._in_force(self.kinds[kind])
        if group == MEMBERSHIPS:
            return self._granted()
        return sum(self._in_force(spec) for spec in self.kinds.values() if spec.people)

    def _in_force(self, spec: KindSpec) -> int:
        """By columns; the rule is that of ``in_force``."""
        objects = self.observed.of(spec.name)
        gone: set[str] = set()
        for values in filter(None, map(_telling, spec.removals.values())):
            found = [{k for k, v in objects.column(name).items() if v == value} for name, value in values.items()]
            gone |= set.intersection(*found)
        return len(objects) - len(gone)

    def _granted(self) -> int:
        total = 0
        for spec in self.kinds.values():
            names = [rule.name for rule in spec.fields.values() if grants(spec, rule, self.kinds)]
            objects = self.observed.of(spec.name)
            total += sum(len(value or ()) for name in names for value in objects.column(name).values())
        return total
