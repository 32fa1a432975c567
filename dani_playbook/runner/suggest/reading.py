"""A project's apps, set up -> facts about its models. No row is read."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from dani_playbook.runner.suggest import facts
from dani_playbook.runner.suggest.facts import Column, Model, Project

_TYPES = (
    ("BooleanField", facts.BOOLEAN),
    ("DateTimeField", facts.MOMENT),
    ("DateField", facts.DATE),
    ("TimeField", facts.TIME),
    ("DecimalField", facts.DECIMAL),
    ("FloatField", facts.DECIMAL),
    ("IntegerField", facts.INTEGER),
    ("CharField", facts.TEXT),
    ("TextField", facts.TEXT),
)
_MAKES = re.compile(r"\b(self\.\w+)\s*=[^=]|\b([A-Z]\w+)\b")
_FOREIGN = ("django.", "dani_playbook.")


def read_project() -> Project:
    """Models of the project itself, and the one that signs in. Libraries' other models are left out."""
    from django.apps import apps
    from django.contrib.auth import get_user_model

    login = get_user_model() if apps.is_installed("django.contrib.auth") else None
    found = [
        _model(model, is_login=model is login)
        for model in apps.get_models()
        if model is login or not model.__module__.startswith(_FOREIGN)
    ]
    return Project(models={model.label: model for model in found})


def _model(model: Any, *, is_login: bool) -> Model:
    meta = model._meta  # noqa: SLF001 - the only way to a model's columns
    columns = [_column(field) for field in (*meta.concrete_fields, *meta.many_to_many) if not _is_own_key(field)]
    handlers = list(_handlers(model))
    return Model(
        label=meta.label,
        columns={column.name: column for column in columns},
        together=_together(meta),
        makes=frozenset(_mentioned([model.save, *handlers] if _has_save(model) else handlers)),
        is_login=is_login,
        saves_itself=_has_save(model),
        handlers=tuple(sorted(f"{item.__module__}.{getattr(item, '__name__', '')}" for item in handlers)),
    )


def _is_own_key(field: Any) -> bool:
    return bool(field.primary_key and (field.get_internal_type().endswith("AutoField") or not field.concrete))


def _column(field: Any) -> Column:
    relation = field.remote_field if field.is_relation else None
    on_delete = getattr(relation, "on_delete", None)
    return Column(
        name=field.name,
        type=_type(field),
        title=str(getattr(field, "verbose_name", "") or ""),
        to=relation.model._meta.label if relation and relation.model else "",  # noqa: SLF001 - as above
        back=relation.get_accessor_name() or "" if relation and not field.many_to_many else "",
        one_to_one=bool(field.one_to_one),
        protects=getattr(on_delete, "__name__", "") in ("PROTECT", "RESTRICT"),
        unique=bool(field.unique),
        slug=type(field).__name__ == "SlugField",
        null=bool(field.null),
        demanded=_demanded(field),
        editable=bool(field.editable),
        choices=tuple((value, str(label)) for value, label in field.flatchoices) if field.choices else (),
    )


def _type(field: Any) -> str:
    if field.many_to_many:
        return facts.RELATIONS
    if field.is_relation:
        return facts.RELATION
    names = [base.__name__ for base in type(field).__mro__]
    return next((kind for name, kind in _TYPES if name in names), facts.OTHER)


def _demanded(field: Any) -> bool:
    if field.many_to_many or field.null or field.has_default() or not field.editable or field.primary_key:
        return False
    filled = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) or field.has_db_default()
    return not filled and not (field.blank and field.empty_strings_allowed)


def _together(meta: Any) -> tuple[tuple[str, ...], ...]:
    found = [tuple(names) for names in meta.unique_together]
    found += [tuple(item.fields) for item in meta.total_unique_constraints]
    found += [tuple(item.name for item in meta.pk_fields)] if len(meta.pk_fields) > 1 else []
    return tuple(sorted(set(found), key=lambda names: (len(names), names)))


def _has_save(model: Any) -> bool:
    return not model.save.__module__.startswith("django.")


def _handlers(model: Any) -> Iterator[Any]:
    """The project's own handlers that hear of saves of a model."""
    from django.db.models.signals import post_save, pre_save

    for signal in (pre_save, post_save):
        heard: Any = signal._live_receivers(model)  # noqa: SLF001 - asks, sends nothing
        for handler in heard[0]:
            if not handler.__module__.startswith(_FOREIGN):
                yield handler


def _mentioned(functions: list[Any]) -> Iterator[str]:
    for function in functions:
        try:
            text = inspect.getsource(function)
        except (OSError, TypeError):
            continue
        for own, name in _MAKES.findall(text):
            yield own or name
        if "get_user_model" in text or "create_user" in text:
            yield "get_user_model"
