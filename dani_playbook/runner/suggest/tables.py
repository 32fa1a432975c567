"""Which model a kind's objects are kept in, and which parts it has."""

from collections.abc import Mapping

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.runner.suggest import facts
from dani_playbook.runner.suggest.facts import Column, Model, Project
from dani_playbook.runner.suggest.match import GOOD, holds, likeness, tokens
from dani_playbook.runner.suggest.words import FIELDS, MODELS, NOT_MODELS

_SHY, _TIED = 6.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """A part of a root. ``link`` is the part's column that points at the root, or empty where the root points at it."""

    name: str
    model: Model
    link: str = ""
    path: str = ""
    born_by_save: bool = False


def roots(project: Project, specs: Mapping[str, KindSpec]) -> dict[str, Model]:
    """The likeliest model of each kind that there are words for; one model is one kind. People are looked for first."""
    chosen: dict[str, Model] = {}
    for kinds in (("user",), tuple(kind for kind in MODELS if kind != "user")):
        people = _people(project, chosen.get("user"))
        found = [
            (_fitness(project, model, specs[kind]) + _related(model, kind, people), kind, model)
            for kind in kinds
            for model in project.models.values()
            if likeness(MODELS[kind], model.name) >= GOOD
        ]
        for fitness, kind, model in sorted(found, key=lambda item: (-item[0], item[1], item[2].label)):
            if fitness > 0 and kind not in chosen and model not in chosen.values():
                chosen[kind] = model
    return {kind: chosen[kind] for kind in MODELS if kind in chosen}


def _people(project: Project, root: Model | None) -> list[Model]:
    """The model of people and its parts."""
    return [root, *(part.model for part in parts_of(project, root, {}))] if root else []


def _related(model: Model, kind: str, people: list[Model]) -> float:
    """A person is in one department and in many groups."""
    labels = {item.label for item in people}
    one = any(
        column.to == model.label and column.type == facts.RELATION
        for item in people
        for column in item.columns.values()
    )
    many = any(column.to in labels and column.type == facts.RELATIONS for column in model.columns.values())
    return _TIED * {"department": one, "group": many}.get(kind, False)


def _fitness(project: Project, model: Model, spec: KindSpec) -> float:
    known = FIELDS[spec.name]
    found = sum(
        any(likeness(words, column.name) >= GOOD and holds(spec.fields[name], column, None) for column in _plain(model))
        for name, words in known.items()
    )
    shy = _SHY * bool(set(tokens(model.name)) & set(NOT_MODELS))
    used_as_login = model.is_login and any(column.one_to_one for _, column in project.pointing_at(model.label))
    return likeness(MODELS[spec.name], model.name) + found - shy - _SHY * used_as_login


def _plain(model: Model) -> list[Column]:
    return [column for column in model.columns.values() if not column.to]


def parts_of(project: Project, root: Model, taken: Mapping[str, Model]) -> list[PartOf]:
    """Models linked one to one with a root that are no kind themselves: first those that it points at."""
    kinds = {model.label for model in taken.values()}
    found = []
    for column in root.columns.values():
        if column.one_to_one and column.to in project.models and column.to not in kinds:
            part = project.models[column.to]
            made = f"self.{column.name}" in root.makes
            name = "login" if part.is_login else column.name
            found.append(PartOf(name=name, model=part, path=column.name, born_by_save=made))
    for part, column in project.pointing_at(root.label):
        if column.one_to_one and part.label not in kinds:
            name = column.back or part.name.lower()
            found.append(PartOf(name=name, model=part, link=column.name, born_by_save=part.name in root.makes))
    return found


def named_by(model: Model, *, as_key: bool = False) -> str:
    """The column by which a row of a model is told: unique and a text. Empty where there is none."""
    unique = [column.name for column in model.columns.values() if column.unique and column.type == facts.TEXT]
    first = ("code", "slug", "key", "name", "title") if as_key else ("name", "title", "label", "code")
    return next((name for name in first if name in unique), unique[0] if unique else "")
