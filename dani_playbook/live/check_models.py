"""What the models alone say about a binding."""

from collections.abc import Iterator, Mapping
from functools import cache

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save

from dani_playbook.core.binding import Plain
from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.live.beyond import carried
from dani_playbook.live.columns import Bound, Column, Model, Table, meta
from dani_playbook.live.demands import computes, is_demanded, overrides, unfilled
from dani_playbook.live.found import Found
from dani_playbook.live.links import sides

_SIGNALS = {"pre_save": pre_save, "post_save": post_save, "pre_delete": pre_delete, "post_delete": post_delete}
Kinds = Mapping[str, Bound]


def model_findings(bound: Bound, kinds: Kinds) -> Iterator[Found]:
    """What fits the models, but not what writing them takes."""
    yield from _demanded(bound)
    yield from _side_effects(bound)
    for column in bound.links:
        yield from _links(bound, column)
    for column in (*bound.columns, *bound.links):
        yield from _short(bound, column)
        yield from _choices(bound, column)
        yield from _loose_key(bound, column, kinds)


def _demanded(bound: Bound) -> Iterator[Found]:
    """Columns that may not be empty, and that nobody fills. What runs at a save of the model may well do it."""
    for cell in unfilled(bound):
        level = "warning" if bound.saves and computes(cell.table.model) else "error"
        message = f"{cell.label} may not be empty, and nothing fills it"
        hint = f"give it a field, or a value under constants: {cell.field.name}: …"
        if level == "warning":
            hint = f"where a save() fills it, all is well; else {hint}"
        yield Found(level=level, kind=bound.kind, path=cell.lookup, message=message, hint=hint)


def _side_effects(bound: Bound) -> Iterator[Found]:
    """What a write in bulk would leave out."""
    for table in bound.tables if not bound.saves else ():
        model = table.model
        missed = [name for name, signal in _SIGNALS.items() if signal.has_listeners(model)]
        methods = ("save", "delete") if bound.deletes else ("save",)
        missed += [f"a {name}() of its own" for name in methods if overrides(model, name)]
        if missed:
            message = f"{meta(model).label} has {', '.join(missed)}, which write: bulk leaves out"
            yield Found(level="warning", kind=bound.kind, path="write", message=message, hint="write: save runs them")


def _links(bound: Bound, column: Column) -> Iterator[Found]:
    """What the table of a many-to-many field takes besides whom it links, and who hears of it."""
    through = sides(column)[0]
    name, label, table = column.spec.name, meta(through).label, Table(through, meta(through).pk)
    own = list(carried(column.field))
    for field in own:
        if is_demanded(table, field):
            message = f"{label}.{field.name} may not be empty, and a new link has nothing for it"
            hint = f"give it a default there, or leave {name} out of the binding"
            yield Found(level="error", kind=bound.kind, path=name, message=message, hint=hint)
    if own:
        names = ", ".join(field.name for field in own)
        message = f"a link knows more in {label} ({names}): who is taken out can't be put back as it was"
        yield Found(level="info", kind=bound.kind, path=name, message=message)
    heard = [method for method in ("save", "delete") if overrides(through, method)]
    heard += [signal for signal, listeners in _SIGNALS.items() if listeners.has_listeners(through)]
    if heard:
        message = f"{label} has {', '.join(heard)} of its own; links are made and removed together, without them"
        yield Found(level="warning", kind=bound.kind, path=name, message=message, hint="m2m_changed is sent")


def _short(bound: Bound, column: Column) -> Iterator[Found]:
    ours = _lengths(bound.kind).get(column.spec.name)
    is_plain = isinstance(column.place, str | Plain) and column.target is None and not column.theirs
    for cell in column.cells if ours and is_plain else ():
        length = getattr(cell.other or cell.field, "max_length", None)
        if length is not None and length < ours:
            message = f"{cell.label} takes {length} characters, {column.spec.name} may have {ours}"
            hint = "longer ones are refused when they are planned"
            yield Found(level="info", kind=bound.kind, path=column.spec.name, message=message, hint=hint)


@cache
def _lengths(kind: str) -> Mapping[str, int]:
    """The longest text of each field, as the dictionary has it."""
    properties = read_dictionary().schemas[f"{kind}.schema.json"]["properties"]
    return {name: rule["maxLength"] for name, rule in properties.items() if "maxLength" in rule}


def _choices(bound: Bound, column: Column) -> Iterator[Found]:
    kept = column.cells[0].other or column.cells[0].field
    theirs = {value for value, _ in kept.flatchoices} if not column.is_link else set()
    ours = [str(value) for value in column.theirs] or list(column.spec.choices)
    if strange := sorted(str(it) for it in column.theirs.values() if theirs and it not in theirs):
        message = f"{column.cells[0].label} has no choice {', '.join(strange)}"
        yield Found(level="error", kind=bound.kind, path=column.spec.name, message=message)
    if not column.theirs and theirs and (strange := [it for it in ours if it not in theirs]):
        message = f"{column.cells[0].label} has no choice {', '.join(strange)}"
        hint = "say under values: what stands for each"
        yield Found(level="warning", kind=bound.kind, path=column.spec.name, message=message, hint=hint)
    if column.theirs and (left := [it for it in column.spec.choices if it not in ours]):
        message = f"values: has nothing for {', '.join(left)}"
        hint = "who declares one of them is refused"
        yield Found(level="info", kind=bound.kind, path=column.spec.name, message=message, hint=hint)


def _loose_key(bound: Bound, column: Column, kinds: Kinds) -> Iterator[Found]:
    """A natural key that nothing in the other table keeps unique."""
    target = kinds.get(column.target or "")
    if not column.natural or target is None or _keeps_unique(target.root.model, column.natural):
        return
    label = meta(target.root.model).label
    message = f"nothing keeps {', '.join(column.natural)} unique in {label}"
    hint = "where two rows have the same, the reference can't be read"
    yield Found(level="warning", kind=bound.kind, path=column.spec.name, message=message, hint=hint)


def _keeps_unique(model: Model, names: tuple[str, ...]) -> bool:
    wanted, options = set(names), meta(model)
    sets = [{field.name for field in options.pk_fields}, *map(set, options.unique_together)]
    sets += [{field.name} for field in options.concrete_fields if field.unique]
    sets += [set(item.fields) for item in options.total_unique_constraints]
    return any(item and item <= wanted for item in sets)
