"""Dataclasses that are cheap to define: a start defines 150 of them, and makes objects of few.

The standard library compiles up to six functions for each class, which is most of what a class costs. Here one is
compiled, ``__init__``, when the first object is made; what else a dataclass has is the same few closures for all.
"""

from dataclasses import MISSING, Field, FrozenInstanceError, fields
from dataclasses import dataclass as _fields_of
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["compile_waiting", "dataclass"]

_waiting: list[Any] = []

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, kw_only=False, slots=False):
        """As the standard library's, for classes that inherit from no other dataclass.

        ``fields``, ``replace``, ``asdict``, ``match``, ``copy`` and ``pickle`` work as they do there; ``order``,
        ``unsafe_hash``, ``InitVar`` and weak references aren't here. The signature of a class is unknown until its
        first object is made.
        """

        def define(cls):
            return _defined(cls, frozen=frozen, eq=eq, kw_only=kw_only, slots=slots)

        return define if cls is None else define(cls)


def _defined(cls: Any, *, frozen: bool, eq: bool, kw_only: bool, slots: bool) -> Any:
    own = frozenset(cls.__dict__)
    made = _fields_of(init=False, repr=False, eq=False, kw_only=kw_only, slots=slots)(cls)
    added: dict[str, Any] = {"__init__": _first_init(made, frozen), "__repr__": _shown}
    if eq:
        added["__eq__"] = _equal(_values([one for one in fields(made) if one.compare]))
        added["__hash__"] = _hashed(made) if frozen else None
    if frozen:
        added |= {"__setattr__": _no_set, "__delattr__": _no_delete}
        if slots:
            added |= {"__getstate__": _state, "__setstate__": _set_state}
    for name, function in added.items():
        if name not in own:
            setattr(made, name, function)
    return made


def compile_waiting() -> int:
    """Compiles now what waits for its first object, for a process that may compile nothing later. The number of classes."""
    waiting = [first for first in _waiting if first()]
    _waiting.clear()
    return len(waiting)


def _first_init(cls: Any, frozen: bool) -> Any:
    def first(self: Any, *args: Any, **named: Any) -> None:
        compiled()
        cls.__init__(self, *args, **named)

    def compiled() -> bool:
        waits = cls.__init__ is first
        if waits:
            cls.__init__ = _init(cls, frozen)
        return waits

    _waiting.append(compiled)
    return first


def _init(cls: Any, frozen: bool) -> Any:
    """``__init__`` as text and compiled, with the names of the fields as its parameters."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_absent": MISSING}
    plain: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for one in fields(cls):
        parameter, value = _parameter(one, known)
        if parameter:
            (named if one.kw_only else plain).append(parameter)
        if value:
            body.append(f" _set(self, {one.name!r}, {value})" if frozen else f" self.{one.name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join(["self", *plain, *(["*", *named] if named else [])])
    exec("\n".join([f"def __init__({parameters}):", *(body or [" pass"])]), known)  # noqa: S102 - names of fields only, which are identifiers
    known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return known["__init__"]


def _parameter(one: "Field[Any]", known: dict[str, Any]) -> tuple[str, str]:
    """A field's parameter and the expression of its value; an empty text where there is none."""
    default = f"_default_{one.name}"
    if one.default_factory is not MISSING:
        known[default] = one.default_factory
        if not one.init:
            return "", f"{default}()"
        return f"{one.name}=_absent", f"{default}() if {one.name} is _absent else {one.name}"
    if one.default is not MISSING:
        known[default] = one.default
        return (f"{one.name}={default}", one.name) if one.init else ("", default)
    return (one.name, one.name) if one.init else ("", "")


def _values(compared: "list[Field[Any]]") -> Any:
    if len(compared) > 1:
        return attrgetter(*(one.name for one in compared))
    return lambda self: tuple(getattr(self, one.name) for one in compared)


def _equal(values: Any) -> Any:
    def equal(self: Any, other: Any) -> Any:
        if other.__class__ is self.__class__:
            return values(self) == values(other)
        return NotImplemented

    return equal


def _hashed(cls: Any) -> Any:
    values = _values([one for one in fields(cls) if (one.compare if one.hash is None else one.hash)])
    return lambda self: hash(values(self))


@recursive_repr()
def _shown(self: Any) -> str:
    said = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(said)})"


def _no_set(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
