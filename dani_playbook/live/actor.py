"""The live system's own history learns who acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from django.utils.module_loading import import_string

from dani_playbook.core.binding import Actor
from dani_playbook.core.errors import LiveError
from dani_playbook.live.columns import stored
from dani_playbook.live.paths import model_of


class Acting:
    """Hands the name of who acts over, as the binding says; does nothing where it says nothing."""

    def __init__(self, actor: Actor, by: str, using: str) -> None:
        self._actor = actor
        self._by = by
        self._using = using
        self._value: Any = by

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around all that is written."""
        if self._actor.model:
            self._value = self._row()
        if not self._actor.call:
            yield
            return
        try:
            call = import_string(self._actor.call)
        except ImportError:
            raise LiveError(
                f"{self._actor.call} can't be imported, and the live system is to learn by it who acts",
                hint="correct actor: in the bindings",
            ) from None
        with call(self._by):
            yield

    def mark(self, instance: models.Model) -> None:
        """Before an instance is saved or deleted."""
        if self._actor.attribute:
            setattr(instance, self._actor.attribute, self._value)

    def _row(self) -> models.Model:
        model = model_of(self._actor.model)
        found = list(stored(model, self._using).filter(**{self._actor.field: self._by})[:2])
        if len(found) != 1:
            raise LiveError(
                f"the live system is to learn who acts, and no row of {self._actor.model} is {self._by}",
                hint=f"act under a name that is a {self._actor.field} there, or change actor: in the bindings",
            )
        return found[0]  # type: ignore[no-any-return]
