"""Kind and Module: one corner of the house, and all that the rest may know of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from dani_playbook.core.binding import Binding, fitted
from dani_playbook.core.change import Change
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.operation import Operation
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Fields, Value
from dani_playbook.core.world import World

Rule = Callable[[World], Iterable[Problem]]
"""A business rule over desired laid over live. Pure."""


def _nothing_derived(fields: Fields, as_of: date) -> Mapping[str, Value]:
    return {}


def _no_mark(change: Change) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A declarative type of thing: its dictionary, its rules, and where it lives in the built-in HR system.

    ``derive`` gives fields that follow from the declared ones on a date (a person's status from the dates) and are
    not declared themselves, or are overruled by a date. ``mark`` gives the word HR people use for a change.
    """

    spec: KindSpec
    binding: Binding
    derive: Callable[[Fields, date], Mapping[str, Value]] = _nothing_derived
    rules: tuple[Rule, ...] = ()
    mark: Callable[[Change], str | None] = _no_mark
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A name, and what the corner offers. Order comes from references, not from here."""

    name: str
    kinds: Callable[[Mapping[str, KindSpec]], tuple[Kind, ...]]
    operations: tuple[Operation, ...] = ()


def bound(kind: Kind, binding: Binding) -> Kind:
    """The same kind where it lives in another system. What has no place there isn't derived either."""

    def derive(fields: Fields, as_of: date) -> Mapping[str, Value]:
        return {name: value for name, value in kind.derive(fields, as_of).items() if name in binding.fields}

    return replace(kind, spec=fitted(kind.spec, binding), binding=binding, derive=derive)
