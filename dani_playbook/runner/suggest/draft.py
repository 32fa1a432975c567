"""Facts -> a draft of bindings: for each kind what was found, why, and what is left open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.runner.suggest import facts
from dani_playbook.runner.suggest.choices import Mapped, mapped
from dani_playbook.runner.suggest.facts import Column, Model, Project
from dani_playbook.runner.suggest.places import Spot, by_natural_key, likely, mirrored, money, placed, spots
from dani_playbook.runner.suggest.tables import PartOf, named_by, parts_of, roots

JOINED = ("first_name", "last_name")
_NAMES = ("name", "full_name", "employee_name", "display_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a field is likely to be; exactly one of the forms. ``why`` is for who reads the draft."""

    columns: tuple[str, ...]
    values: Mapping[str, object] | None = None
    derived: bool = False
    refers_to: tuple[str, ...] = ()
    is_money: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One kind. ``demanded`` are columns that a new row needs and nothing fills; ``follows`` what appears or blocks."""

    spec: KindSpec
    root: Model
    key: tuple[str, ...]
    is_stored: bool
    parts: tuple[PartOf, ...]
    fields: Mapping[str, Place]
    joined: str = ""
    appears: tuple[tuple[str, str], ...] = ()
    blockers: tuple[tuple[str, str], ...] = ()
    demanded: tuple[str, ...] = ()
    likely: Mapping[str, str] = field(default_factory=dict)

    @property
    def placed(self) -> frozenset[str]:
        return frozenset(self.fields) | frozenset(JOINED if self.joined else ())

    @property
    def open(self) -> list[str]:
        return [name for name in self.spec.fields if name not in self.placed and name not in self.likely]

    @property
    def lacks(self) -> list[str]:
        """What a kind can't be bound without."""
        return [field.name for field in self.spec.fields.values() if field.required and field.name not in self.placed]


def drafts(project: Project, specs: Mapping[str, KindSpec]) -> tuple[list[Draft], list[Draft]]:
    """The kinds that can be bound, and those that look like it but lack something. References lead to the first."""
    kinds = roots(project, specs)
    while True:
        found = [_draft(project, specs[kind], kinds) for kind in kinds]
        whole = [draft for draft in found if not draft.lacks]
        if len(whole) == len(found):
            break
        kinds = {draft.spec.name: draft.root for draft in whole}
    lacking = [_draft(project, specs[kind], roots(project, specs)) for kind in roots(project, specs)]
    return whole, [draft for draft in lacking if draft.spec.name not in kinds]


def _draft(project: Project, spec: KindSpec, kinds: Mapping[str, Model]) -> Draft:
    root = kinds[spec.name]
    all_parts = parts_of(project, root, kinds)
    natural = by_natural_key(spec, root, kinds)
    coded = {column for columns, _ in natural.values() for column in columns}
    reachable = [spot for spot in spots(project, root, all_parts, kinds) if spot.path not in coded]
    chosen = placed(spec, reachable, kinds)
    pairs = money(spec, reachable)
    used = {spot.table for spot in (*chosen.values(), *(spot for pair in pairs.values() for spot in pair))}
    parts = tuple(part for part in all_parts if part.name in used or not part.link)
    fields = dict(_places(spec, reachable, chosen)) | dict(_natural(natural))
    joined = _joined(spec, root, fields)
    draft = Draft(
        spec=spec,
        root=root,
        key=_key(project, spec, root, fields),
        is_stored=bool(_slugs(root, fields)),
        parts=parts,
        fields={name: fields[name] for name in spec.fields if name in fields},
        joined=joined,
        appears=tuple(_appearing(project, root, parts, kinds)),
        blockers=tuple(_blocking(project, root, kinds)),
        likely=likely(spec, chosen, reachable),
    )
    return _with_demands(draft)


def _places(spec: KindSpec, reachable: Sequence[Spot], chosen: Mapping[str, Spot]) -> Iterator[tuple[str, Place]]:
    also = mirrored(spec, chosen, reachable)
    for name, spot in chosen.items():
        values = mapped(spec.fields[name], spot.column)
        if values is not None and not values.values:
            continue
        columns = (spot.path, also[name].path) if name in also else (spot.path,)
        yield (
            name,
            Place(
                columns=columns,
                values=values.values if values else None,
                derived=not spot.column.editable,
                why=_why(values, spot),
            ),
        )
    for name, (minor, currency) in money(spec, reachable).items():
        yield name, Place(columns=(minor.path, currency.path), is_money=True)


def _why(values: Mapped | None, spot: Spot) -> str:
    told = [f"no value of theirs: {', '.join(values.ours)}"] if values and values.ours else []
    told += [f"no value of ours: {', '.join(values.theirs)}"] if values and values.theirs else []
    told += ["not editable, so it is taken as computed"] if not spot.column.editable else []
    return "; ".join(told)


def _natural(found: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> Iterator[tuple[str, Place]]:
    why = "no relation is declared; by the names of the columns"
    for name, (columns, key) in found.items():
        yield name, Place(columns=columns, refers_to=key, why=why)


def _joined(spec: KindSpec, root: Model, fields: dict[str, Place]) -> str:
    """One column for both names, where there is none for the first."""
    if not spec.people or JOINED[0] in fields:
        return ""
    name = next((name for name in _NAMES if name in root.columns and root.columns[name].editable), "")
    for other in [other for other, place in fields.items() if name in place.columns or (name and other in JOINED)]:
        del fields[other]
    return name


def _slugs(root: Model, fields: Mapping[str, Place]) -> list[str]:
    """Columns that can hold the key itself."""
    used = {column for place in fields.values() for column in place.columns}
    slugs = [item.name for item in root.columns.values() if item.slug and item.unique and not item.null]
    return [name for name in slugs if name not in used]


def _key(project: Project, spec: KindSpec, root: Model, fields: Mapping[str, Place]) -> tuple[str, ...]:
    if slugs := _slugs(root, fields):
        return (slugs[0],)
    for identity in spec.identities:
        place = fields.get(identity.name)
        column = root.columns.get(place.columns[0]) if place else None
        if place and column and column.unique:
            return place.columns[:1]
        if column and (names := next((names for names in root.together if column.name in names), ())):
            return tuple(_told_by(project, root.columns[name]) for name in names)
    if root.together:
        return tuple(_told_by(project, root.columns[name]) for name in root.together[0])
    name = named_by(root)
    first = next((place.columns[0] for field, place in fields.items() if field in ("name", "title", "email")), "")
    return (name or first or next(iter(fields.values())).columns[0],)


def _told_by(project: Project, column: Column) -> str:
    """A relation by the name of what it points at."""
    target = project.models.get(column.to)
    name = named_by(target, as_key=True) if target else ""
    return f"{column.name}.{name}" if name else column.name


def _appearing(
    project: Project, root: Model, parts: Sequence[PartOf], kinds: Mapping[str, Model]
) -> Iterator[tuple[str, str]]:
    """Models that the project's own code makes rows of, beside the root or a part."""
    makes = root.makes.union(*(part.model.makes for part in parts))
    yield from (
        (model.label, column.name) for model, column in _beside(project, root, parts, kinds) if model.name in makes
    )


def _blocking(project: Project, root: Model, kinds: Mapping[str, Model]) -> Iterator[tuple[str, str]]:
    parts = [part for kind in kinds.values() for part in parts_of(project, kind, kinds)]
    yield from ((model.label, column.name) for model, column in _beside(project, root, parts, kinds) if column.protects)


def _beside(
    project: Project, root: Model, parts: Sequence[PartOf], kinds: Mapping[str, Model]
) -> Iterator[tuple[Model, Column]]:
    """Models that point at the root and are neither a kind nor a part."""
    known = {model.label for model in kinds.values()} | {part.model.label for part in parts}
    yield from ((model, column) for model, column in project.pointing_at(root.label) if model.label not in known)


def _with_demands(draft: Draft) -> Draft:
    filled = {column for place in draft.fields.values() for column in place.columns} | {draft.joined}
    filled |= {path.rpartition(".")[0] for path in filled}
    filled |= {part.path for part in draft.parts} | {f"{part.name}.{part.link}" for part in draft.parts}
    filled |= set(draft.key) if draft.is_stored else set()
    filled |= {name.removeprefix("self.") for name in draft.root.makes}
    tables = [("", draft.root), *((f"{part.name}.", part.model) for part in draft.parts if not part.born_by_save)]
    demanded = [
        f"{start}{column.name}"
        for start, model in tables
        for column in model.columns.values()
        if column.demanded and column.type != facts.RELATIONS
    ]
    return replace(draft, demanded=tuple(path for path in demanded if path not in filled))
