"""Which column a field is likely to be in."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.runner.suggest import facts
from dani_playbook.runner.suggest.facts import Column, Model, Project
from dani_playbook.runner.suggest.match import GOOD, holds, likeness, tokens
from dani_playbook.runner.suggest.tables import PartOf, named_by
from dani_playbook.runner.suggest.words import CURRENCY, FIELDS, MINOR, MONEY

_FAR = {"": 0.0, "login": 2.0}
"""What is nearer to the root is likelier; a login repeats."""

MIRRORED = ("email", "enabled")
"""What a login mostly keeps as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A column that can be reached, and how: ``path`` as a binding spells it, ``table`` the part, empty for the root."""

    path: str
    column: Column
    table: str = ""
    model: str = ""


def spots(project: Project, root: Model, parts: Sequence[PartOf], kinds: Mapping[str, Model]) -> list[Spot]:
    """Every column of a root and of its parts, and the names of what they point at and what is no kind."""
    taken = {model.label for model in kinds.values()} | {part.model.label for part in parts}
    tables = [("", root), *((part.name, part.model) for part in parts)]
    return [spot for name, model in tables for spot in _of_table(project, name, model, taken)]


def _of_table(project: Project, table: str, model: Model, taken: set[str]) -> Iterator[Spot]:
    start = f"{table}." if table else ""
    for column in model.columns.values():
        yield Spot(path=f"{start}{column.name}", column=column, table=table, model=model.label)
        if column.type != facts.RELATION or column.to in taken or column.to not in project.models:
            continue
        if name := named_by(project.models[column.to]):
            through = Column(name=column.name, type=facts.TEXT, title=column.title)
            yield Spot(path=f"{start}{column.name}.{name}", column=through, table=table, model=model.label)


def placed(spec: KindSpec, reachable: Sequence[Spot], kinds: Mapping[str, Model]) -> dict[str, Spot]:
    """The likeliest column of each field that has one. A column is given once, to the field that it fits best."""
    leads = Counter((spot.column.to, spot.column.type) for spot in reachable if spot.column.to)
    found = [
        (fitness - _FAR.get(spot.table, 0.5), name, spot)
        for name, words in FIELDS[spec.name].items()
        if name in spec.fields
        for spot in reachable
        if (fitness := _fitness(spec.fields[name], words, spot, kinds, leads)) >= GOOD
    ]
    chosen: dict[str, Spot] = {}
    for _, name, spot in sorted(found, key=lambda item: (-item[0], item[1], item[2].path)):
        if name not in chosen and spot not in chosen.values():
            chosen[name] = spot
    return {name: chosen[name] for name in spec.fields if name in chosen}


def _fitness(
    field: FieldSpec, words: Sequence[str], spot: Spot, kinds: Mapping[str, Model], leads: Counter[tuple[str, str]]
) -> float:
    target = kinds.get(field.references or "")
    if not holds(field, spot.column, target.label if target else None):
        return 0.0
    alone = GOOD * (leads[spot.column.to, spot.column.type] == 1)
    return max(alone, likeness(words, spot.column.name), 0.9 * likeness(words, spot.column.title))


def mirrored(spec: KindSpec, chosen: Mapping[str, Spot], reachable: Sequence[Spot]) -> dict[str, Spot]:
    """Columns of a login that hold the same as one of the root."""
    words = FIELDS[spec.name]
    return {
        name: spot
        for name in MIRRORED
        for spot in reachable
        if name in chosen
        and spot.table == "login" != chosen[name].table
        and spot not in chosen.values()
        and holds(spec.fields[name], spot.column, None)
        and likeness(words[name], spot.column.name) >= GOOD
    }


def money(spec: KindSpec, reachable: Sequence[Spot]) -> dict[str, tuple[Spot, Spot]]:
    """Amounts kept as minor units and a currency, by field."""
    found = {}
    for name, words in MONEY.items():
        near = [spot for spot in reachable if name in spec.fields and _starts(words, spot.column.name)]
        minor = next((s for s in near if s.column.type == facts.INTEGER and _ends(MINOR, s.column.name)), None)
        currency = next((s for s in near if s.column.type == facts.TEXT and _ends(CURRENCY, s.column.name)), None)
        if minor and currency:
            found[name] = (minor, currency)
    return found


def _starts(words: Sequence[str], name: str) -> bool:
    return any(set(word.split()) <= set(tokens(name)) for word in words)


def _ends(words: Sequence[str], name: str) -> bool:
    return any(" ".join(tokens(name)).endswith(word) for word in words)


def by_natural_key(
    spec: KindSpec, root: Model, kinds: Mapping[str, Model]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """References without a relation: columns of one prefix, as many as the other model's natural key has."""
    found = {}
    for name, words in FIELDS[spec.name].items():
        field = spec.fields.get(name)
        target = kinds.get((field and field.references) or "")
        if field is None or target is None or field.is_set or _has_relation(root, target):
            continue
        key = next((names for names in target.together if len(names) > 1), ())
        if (columns := _of_prefix(root, words, key)) and columns != key:
            found[name] = (columns, key)
    return found


def _has_relation(root: Model, target: Model) -> bool:
    return any(column.to == target.label for column in root.columns.values())


def _of_prefix(root: Model, words: Sequence[str], key: tuple[str, ...]) -> tuple[str, ...]:
    groups: dict[str, list[str]] = {}
    for column in root.columns.values():
        if not column.to and len(tokens(column.name)) > 1:
            groups.setdefault(tokens(column.name)[0], []).append(column.name)
    for prefix in sorted(groups, key=lambda item: -likeness(words, item)):
        if key and likeness(words, prefix) >= GOOD and len(groups[prefix]) == len(key):
            return _in_order(groups[prefix], key)
    return ()


def _in_order(columns: list[str], key: tuple[str, ...]) -> tuple[str, ...]:
    """Each beside the column of the key that it shares a word with, the others as they stand."""
    left, found = list(columns), []
    for name in key:
        shared = (item for item in left if set(tokens(item)[1:]) & set(tokens(name)))
        one = next(shared, left[0])
        left.remove(one)
        found.append(one)
    return tuple(found)


def likely(spec: KindSpec, chosen: Mapping[str, Spot], reachable: Sequence[Spot]) -> dict[str, str]:
    """Where fields with choices seem to be kept as codes whose meaning no column tells."""
    used = {spot.path for spot in chosen.values()}
    found = {}
    for name, words in FIELDS[spec.name].items():
        field = spec.fields.get(name)
        if field is None or name in chosen or not (field.choices or field.type == "boolean"):
            continue
        codes = (spot for spot in reachable if spot.path not in used and _is_code(spot.column))
        ranked = sorted((-likeness(words, spot.column.name), spot.path) for spot in codes)
        if ranked and -ranked[0][0] >= GOOD:
            found[name] = ranked[0][1]
    return found


def _is_code(column: Column) -> bool:
    return column.type in (facts.TEXT, facts.INTEGER) and not column.choices
