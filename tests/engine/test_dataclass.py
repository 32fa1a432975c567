"""The cheap dataclasses beside the standard library's: whatever a class is asked, both say the same."""

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from dani_playbook.core import dataclass as ours

TEXT = '''
@dataclass({options})
class Card:
    """A card."""

    name: str
    level: int = 3
    tags: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False)
    secret: str = field(default="s", repr=False)
    weight: int = field(default=1, hash=False)
    counted: list[int] = field(default_factory=lambda: [0], init=False, compare=False)
    fixed: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        self.counted.append(self.level)
'''
OPTIONS = [
    "",
    "frozen=True",
    "slots=True",
    "frozen=True, slots=True",
    "frozen=True, slots=True, kw_only=True",
    "frozen=True, slots=True, eq=False",
    "slots=True, kw_only=True",
]


def defined(source: str, maker: Any) -> Any:
    known = {"dataclass": maker, "field": dataclasses.field, "__name__": __name__}
    exec(source, known)
    return known["Card"]


def answer(question: Any, card: Any) -> Any:
    """What a question gives, or how it is refused."""
    try:
        return question(card)
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


def loop(kind: Any) -> Any:
    card = kind(name="a")
    card.tags.append(card)
    return card


QUESTIONS: dict[str, Any] = {
    "positional": lambda c: repr(c("a", 2, ["x"])),
    "named": lambda c: repr(c(name="a", level=2, tags=["x"], note="n")),
    "defaults": lambda c: repr(c(name="a")),
    "missing": lambda c: c(),
    "unknown": lambda c: c(name="a", other=1),
    "not in init": lambda c: c(name="a", fixed=1),
    "post init": lambda c: c(name="a", level=9).counted,
    "factory is fresh": lambda c: c(name="a").tags is c(name="a").tags,
    "equal": lambda c: c(name="a", tags=[]) == c(name="a", tags=[]),
    "unequal": lambda c: c(name="a") == c(name="b"),
    "not compared": lambda c: c(name="a", note="x") == c(name="a", note="y"),
    "another class": lambda c: c(name="a") == "a",
    "hash": lambda c: hash(c(name="a", tags=())) == hash(c(name="a", tags=())),
    "not hashed": lambda c: hash(c(name="a", tags=(), weight=1)) == hash(c(name="a", tags=(), weight=2)),
    "unhashable": lambda c: hash(c(name="a", tags=[])) is None,
    "hashable": lambda c: c.__hash__ is None,
    "set": lambda c: setattr(c(name="a"), "name", "b"),
    "delete": lambda c: delattr(c(name="a"), "name"),
    "slots": lambda c: hasattr(c(name="a"), "__dict__"),
    "fields": lambda c: [one.name for one in dataclasses.fields(c)],
    "replace": lambda c: repr(dataclasses.replace(c(name="a"), level=5)),
    "asdict": lambda c: dataclasses.asdict(c(name="a")),
    "copy": lambda c: repr(copy.copy(c(name="a", level=8))),
    "deepcopy": lambda c: repr(copy.deepcopy(c(name="a", level=8))),
    "match": lambda c: c.__match_args__,
    "doc": lambda c: c.__doc__,
    "itself": lambda c: repr(loop(c)),
    "after a refusal": lambda c: (answer(lambda kind: kind(), c), repr(c(name="a")))[1],
}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_cheap_dataclass_answers_as_the_complete_one(options: str, question: str) -> None:
    source = TEXT.format(options=options)
    asked = QUESTIONS[question]
    assert answer(asked, defined(source, ours.dataclass)) == answer(asked, defined(source, dataclasses.dataclass))


@pytest.mark.parametrize("options", [options for options in OPTIONS if "frozen" in options])
def test_a_frozen_one_takes_no_name_that_it_does_not_know(options: str) -> None:
    card = defined(TEXT.format(options=options), ours.dataclass)(name="a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        card.unknown = 1


@ours.dataclass(frozen=True, slots=True)
class Frozen:
    """Pickled by its name, so it is defined where it can be found."""

    name: str
    tags: tuple[str, ...] = ()


@ours.dataclass(slots=True)
class Open:
    name: str


@pytest.mark.parametrize("card", [Frozen("a", ("b",)), Open("c")])
def test_a_cheap_dataclass_is_pickled(card: object) -> None:
    assert pickle.loads(pickle.dumps(card)) == card


def test_nothing_is_compiled_before_an_object_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    monkeypatch.setitem(vars(ours), "exec", lambda text, known: (compiled.append(text), exec(text, known)))
    kind = defined(TEXT.format(options="frozen=True"), ours.dataclass)
    assert not compiled
    assert kind("a") == kind("a")
    assert len(compiled) == 1


@pytest.mark.parametrize("name", ["__init__", "__repr__", "__eq__", "__hash__"])
def test_what_a_class_defines_itself_stays(name: str) -> None:
    def own(self: object, *_: object) -> str:
        return name

    kind = ours.dataclass(frozen=True)(type("Card", (), {"__annotations__": {"name": str}, name: own}))
    assert vars(kind)[name] is own


def test_what_waits_is_compiled_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [defined(TEXT.format(options=options), ours.dataclass) for options in OPTIONS]
    kinds[0]("made before")
    assert ours.compile_waiting() >= len(OPTIONS) - 1
    assert ours.compile_waiting() == 0
    monkeypatch.setitem(vars(ours), "exec", lambda *_: pytest.fail("compiled later"))
    assert [kind(name="a").name for kind in kinds] == ["a"] * len(kinds)
