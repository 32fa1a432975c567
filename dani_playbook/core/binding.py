"""Binding: where a kind lives in a Django project, and what writing it takes there. Data alone; ``live`` carries it out."""

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec

NOISE = ("mail", "threads")
"""What a project may do by itself, and must not while we look and write."""


class Birth(StrEnum):
    """Who makes the row of a part: we do, or the target does when another row is saved."""

    OURS = "ours"
    SAVE = "save"


class Write(StrEnum):
    """``save`` calls the models' own save(), with their signals; ``bulk`` is for models declared free of side effects."""

    SAVE = "save"
    BULK = "bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A field kept in two columns: minor units as an integer, and the ISO currency."""

    minor: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A field in one column, or alike in several: ``columns`` are paths, and reading checks that they agree.

    ``values`` maps our value to the target's, both as the target's column takes it; what isn't in it is refused.
    ``fold`` are further paths that take the value in small letters (a user name made from an email). ``derived``: the
    target computes it; it is read and compared, never written.
    """

    columns: tuple[str, ...]
    values: Mapping[object, object] = field(default_factory=dict)
    fold: tuple[str, ...] = ()
    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A field that points at another kind without a relation: ``columns`` here hold what ``target`` columns hold there.

    Both are as long as the natural key. ``target`` are paths from the root of the referred kind's model.
    """

    columns: tuple[str, ...]
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Several of our fields in one column: ``format`` is like ``{last_name}, {first_name}``, one field a brace.

    Reading splits at the text between the braces: the last one takes what is left. A value that holds that text
    itself, and couldn't be told apart again, is refused when it is written.
    """

    column: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One of our fields in several columns: cut at each ``separator`` when written, the last column takes what is left;
    joined with it when read."""

    columns: tuple[str, ...]
    separator: str = " "


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment kept as a date and a time of day in ``zone``, an IANA name."""

    date: str
    time: str
    zone: str


Place = str | Money | Plain | Reference | Joined | Split | Moment
"""Where one field is: a path alone is ``Plain`` with one column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A model linked one to one to the root, or to the part called ``owner``.

    ``link`` is the field of the part's model that points at its owner; the way back is found from it, and ``path``
    may be left empty. Where the owner points at the part instead (``Employee.user`` at the login), ``link`` is empty
    and ``path`` is the owner's field: the part's row is made before its owner's.
    """

    model: str
    link: str = ""
    path: str = ""
    birth: Birth = Birth.OURS
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """Rows that the target makes by itself beside an object: only such rows may go along when it is deleted.

    ``link`` are fields of ``model``: a relation that points at the root, or at the part called ``part``. Where nothing
    is declared as a relation, they hold what ``target`` holds, paths from the root.
    """

    model: str
    link: str | tuple[str, ...]
    part: str = ""
    target: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """Rows that keep an object from being removed: where any row of ``model`` points at it by ``link`` and fits ``where``
    (Django look-ups). ``says`` tells people what it is. ``deactivation`` means that it also keeps a person from leaving.
    ``link``, ``part`` and ``target`` are as a child's.
    """

    model: str
    link: str | tuple[str, ...]
    says: str
    part: str = ""
    target: tuple[str, ...] = ()
    where: Mapping[str, object] = field(default_factory=dict)
    deactivation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One save of a new object. ``fields`` are ours that it writes, all that are left where it is empty; ``sets`` are
    columns with values that hold until a later step writes them (``{"is_active": False}``)."""

    fields: tuple[str, ...] = ()
    sets: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A field by which live objects are recognised; ``folded`` compares without case and Unicode spelling."""

    field: str
    folded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The key that a live object suggests: one column that holds it (``stored``), or made from ``columns`` as a slug.

    A made key isn't kept in the live system: the inventory knows which object it is. Two that would be alike get the
    live id behind them.
    """

    columns: tuple[str, ...]
    stored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Where a kind lives in a Django project.

    ``model`` is ``app_label.Model``; ``manager`` the name of the manager that reads it, Django's unfiltered base manager
    where it is empty; ``where`` narrows which rows are of this kind at all. ``fields`` maps ours to their places. Paths
    lead from the root, through parts, with dots (``work.department`` where ``work`` is a part). A reference's path ends at
    the relation. ``constants`` are columns that are written at creation. ``identities`` in their order; the
    dictionary's own where it is empty. ``steps`` are empty where one save makes a whole object. ``deletes`` tells
    whether rows may be deleted at all.

    A path may go one step through a relation that leads to no part (``company.name``): then the row at the other side
    is found by that column when it is written, never made or changed.
    """

    kind: str
    model: str
    key: Key
    fields: Mapping[str, Place]
    parts: Mapping[str, Part] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    manager: str = ""
    where: Mapping[str, object] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()
    write: Write = Write.BULK
    steps: tuple[Step, ...] = ()
    children: tuple[Child, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    deletes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """How the target's own history learns who acts: ``call`` is the dotted name of a context manager function that takes
    the actor's name, or ``attribute`` is set on every instance before it is saved (to the name, or to the row of
    ``model`` whose ``field`` is the name)."""

    call: str = ""
    attribute: str = ""
    model: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """How a customer's Django project is started inside our process.

    ``settings`` is its settings module, ``folder`` what is put on the module path, ``arguments`` what ``sys.argv`` holds
    meanwhile, ``environment`` variables that are set before. ``off`` names what must not happen: ``mail`` (the backend
    is one that keeps nothing and sends nothing), ``threads`` (starting one is refused).
    """

    settings: str
    folder: str = ""
    arguments: tuple[str, ...] = ("manage.py", "migrate")
    environment: Mapping[str, str] = field(default_factory=dict)
    off: tuple[str, ...] = ("mail", "threads")
    database: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """Everything about one customer's project."""

    boot: Boot
    kinds: Mapping[str, Binding]
    actor: Actor = field(default_factory=Actor)


def fitted(spec: KindSpec, binding: Binding) -> KindSpec:
    """What is declared of a kind, as far as a binding has a place for it.

    Fields stay in the dictionary where they have no place, but nothing is written there by itself: neither a default
    nor what a removal sets. Identities are the binding's own where it names some.
    """
    ranks = {item.field: (rank, item.folded) for rank, item in enumerate(binding.identities, 1)}
    fields = {}
    for name, rule in spec.fields.items():
        if name not in binding.fields:
            rule = replace(rule, has_default=False, default=None, identity=0)
        if binding.identities:
            rank, folded = ranks.get(name, (0, True))
            rule = replace(rule, identity=rank, folded=folded)
        fields[name] = rule
    removals = {
        policy: {name: value for name, value in sets.items() if name in binding.fields}
        for policy, sets in spec.removals.items()
    }
    return replace(spec, fields=fields, removals=removals)
