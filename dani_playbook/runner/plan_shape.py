"""The shape of a saved plan: what stands where, and of which type. Asked of files that anybody may have written."""

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], None]
_MOST_DEEP = 100
"""Nothing that dani writes is nested deeper."""


def check_shape(payload: Any) -> None:
    """Raises ``ValueError`` or ``KeyError`` for what ``saving`` can't have written. Values of fields may be anything."""
    _not_deep(payload)
    _PAYLOAD(payload)
    if not 0 <= payload["hidden_values"] <= _places(payload["plan"]):
        raise ValueError("hidden_values")


def _not_deep(value: Any) -> None:
    level = [value]
    for _ in range(_MOST_DEEP):
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return
    raise ValueError("too deep")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _places(value: Any) -> int:
    """How many places name a hidden value; of what isn't deep."""
    found, level = 0, [value]
    while level:
        found += sum(isinstance(item, dict) and "$hidden" in item for item in level)
        level = [inner for item in level for inner in _inside(item)]
    return found


def _a(*kinds: type) -> Check:
    """Exactly one of these types: true is no number."""

    def check(value: Any) -> None:
        if type(value) not in kinds:
            raise ValueError(type(value).__name__)

    return check


def _any(value: Any) -> None:
    """Of a field: the reader takes it as it is."""


def _list(inner: Check) -> Check:
    def check(value: Any) -> None:
        _a(list)(value)
        for item in value:
            inner(item)

    return check


def _row(*inner: Check) -> Check:
    def check(value: Any) -> None:
        _a(list)(value)
        for one, item in zip(inner, value, strict=True):
            one(item)

    return check


def _table(inner: Check) -> Check:
    def check(value: Any) -> None:
        _a(dict)(value)
        for item in value.values():
            inner(item)

    return check


def _maybe(inner: Check) -> Check:
    return lambda value: None if value is None else inner(value)


def _record(**inner: Check) -> Check:
    def check(value: Any) -> None:
        _a(dict)(value)
        for name, one in inner.items():
            one(value[name])

    return check


_TEXT, _NUMBER, _YES = _a(str), _a(int), _a(bool)
_TEXTS = _list(_TEXT)
_SOURCE = _maybe(_row(_TEXT, _NUMBER, _NUMBER, _NUMBER))
_ITEM = _row(_TEXT, _TEXT, _table(_TEXT), _TEXT, _YES)
_IMAGE = _maybe(_table(_any))
_FIELD = _record(
    name=_TEXT,
    before=_any,
    after=_any,
    reason=_TEXT,
    source=_SOURCE,
    since=_maybe(_TEXT),
    nested=_list(_row(_TEXT, _any, _any)),
    writes=_YES,
)
_CHANGE = _record(
    address=_TEXT,
    verb=_TEXT,
    reason=_TEXT,
    title=_TEXT,
    mark=_maybe(_TEXT),
    live_id=_maybe(_TEXT),
    previous=_maybe(_TEXT),
    before=_IMAGE,
    after=_IMAGE,
    fields=_list(_FIELD),
    policy=_maybe(_TEXT),
    reversible=_YES,
    deletes=_YES,
    guards=_TEXTS,
    source=_SOURCE,
    inventory_before=_maybe(_ITEM),
    inventory_after=_maybe(_ITEM),
)
_CANDIDATE = _record(
    address=_TEXT,
    live_id=_TEXT,
    title=_TEXT,
    same_key=_YES,
    managed=_YES,
    evidence=_list(_row(_TEXT, _any, _any, _YES)),
    source=_SOURCE,
)
_FINDING = _record(
    code=_TEXT,
    message=_TEXT,
    address=_maybe(_TEXT),
    fields=_list(_FIELD),
    source=_SOURCE,
    hint=_maybe(_TEXT),
    title=_TEXT,
    candidates=_list(_CANDIDATE),
)
_MEASURED = _record(
    measure=_TEXT,
    count=_NUMBER,
    of=_NUMBER,
    earlier=_NUMBER,
    allowed=_maybe(_NUMBER),
    raised=_maybe(_NUMBER),
    returned=_NUMBER,
)
_PLAN = _record(
    digest=_TEXT,
    live_name=_TEXT,
    live_identity=_TEXT,
    as_of=_TEXT,
    changes=_list(_CHANGE),
    blockers=_list(_FINDING),
    held=_list(_FINDING),
    warnings=_list(_FINDING),
    skipped=_list(_FINDING),
    refreshed=_list(_row(_ITEM, _ITEM)),
    complete=_YES,
    unchanged=_NUMBER,
    unmanaged=_table(_NUMBER),
    totals=_table(_NUMBER),
    declared=_NUMBER,
    files=_TEXTS,
    undoes=_maybe(_TEXT),
    guards=_table(_row(_TEXT, _TEXT)),
    renames=_table(_table(_TEXT)),
    limits=_list(_MEASURED),
    reason=_TEXT,
    rules=_TEXT,
    first=_YES,
)
_ORIGIN = _record(
    plan_id=_TEXT,
    made_at=_TEXT,
    expires_at=_TEXT,
    made_by=_TEXT,
    people=_TEXTS,
    strangers=_TEXTS,
    ids=_TEXTS,
    doubts=_list(_row(_TEXT, _TEXT)),
    read=_table(_any),
    commit=_TEXT,
    serial=_NUMBER,
    head=_row(_NUMBER, _TEXT),
    settings=_TEXT,
    crosses=_maybe(_TEXT),
)
_PAYLOAD = _record(
    dani=_TEXT, format=_TEXT, plan=_PLAN, hidden=_TEXT, hidden_values=_NUMBER, origin=_ORIGIN, paths=_TEXTS
)
