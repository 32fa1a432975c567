"""Columns of our own, for all apps of the built-in HR system."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from dani_playbook.core.address import KEY_PATTERN
from dani_playbook.core.normalize import fold

if TYPE_CHECKING:
    Char = models.CharField[str, str]
    Text = models.TextField[str, str]
else:
    Char = models.CharField
    Text = models.TextField


class KeyField(Char):
    """The key of a resource: stable, in small letters."""

    default_validators = [  # noqa: RUF012
        RegexValidator(rf"\A{KEY_PATTERN.pattern}", "Write small letters, digits, and . _ - between them.")
    ]

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 128)
        super().__init__(**options)


class FoldedField(Text):
    """Other fields of the same row, folded by case and Unicode, so that a unique constraint sees through spelling.

    It follows ``save`` and ``bulk_create``; ``QuerySet.update`` passes it by.
    """

    def __init__(self, *sources: str, **options: Any) -> None:
        self.sources = sources
        options.setdefault("editable", False)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, _, options = super().deconstruct()
        return name, path, list(self.sources), options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = "\n".join(fold(str(getattr(model_instance, source) or "")) for source in self.sources)
        setattr(model_instance, self.attname, folded)
        return folded


def check_folded(row: models.Model) -> None:
    """For ``Model.clean``: forms don't validate columns that nobody edits. Raises ``ValidationError``."""
    meta: Any = row._meta  # noqa: SLF001
    others = meta.default_manager.exclude(pk=row.pk)
    for field in meta.concrete_fields:
        if not isinstance(field, FoldedField) or not others.filter(**{field.name: field.pre_save(row, False)}).exists():
            continue
        name = field.sources[-1]
        label = meta.get_field(name).verbose_name
        raise ValidationError({name: f"{meta.verbose_name} with this {label} already exists, maybe spelled otherwise."})
