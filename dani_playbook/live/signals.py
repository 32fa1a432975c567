"""Django's signals, one an instance, only where somebody listens."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.signals import m2m_changed, post_save, pre_save

from dani_playbook.core.errors import LiveError
from dani_playbook.live.columns import Column, Model, meta


def saving_is_heard(model: Model) -> bool:
    """Whether somebody listens when ``model`` is saved."""
    return bool(pre_save.has_listeners(model) or post_save.has_listeners(model))


def linking_is_heard(through: Model) -> bool:
    """Whether somebody listens when links of ``through`` change."""
    return bool(m2m_changed.has_listeners(through))


def before_saving(instances: Iterable[models.Model], using: str, names: frozenset[str] | None = None) -> None:
    """``pre_save``; a handler may still change the instance."""
    for instance in instances:
        _send(pre_save, type(instance), instance=instance, raw=False, using=using, update_fields=names)


def after_saving(
    instances: Iterable[models.Model], using: str, *, created: bool, names: frozenset[str] | None = None
) -> None:
    """``post_save``."""
    for instance in instances:
        _send(
            post_save, type(instance), instance=instance, created=created, raw=False, using=using, update_fields=names
        )


def links_changed(
    column: Column, through: Model, action: str, instance: models.Model, rows: set[Any], using: str
) -> None:
    """``m2m_changed`` for one object and one of pre_add, post_add, pre_remove, post_remove."""
    _send(
        m2m_changed,
        through,
        instance=instance,
        action=action,
        reverse=not column.field.concrete,
        model=column.field.related_model,
        pk_set=rows,
        using=using,
    )


def _send(signal: Any, sender: Model, **arguments: Any) -> None:
    if not signal.has_listeners(sender):
        return
    try:
        signal.send(sender=sender, **arguments)
    except LiveError:
        raise
    except (Exception, SystemExit) as error:
        raise handler_refused(sender, error) from error


def handler_refused(model: Model, error: BaseException) -> LiveError:
    """A handler's own words may hold personal values; only its kind of error is told."""
    return LiveError(
        f"a signal handler of {meta(model).label} refused the change ({type(error).__name__})",
        hint="the log of the live system says why",
    )
