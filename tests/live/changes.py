"""Changes as a plan would make them, with only what the live system looks at."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, FieldChange, Reason, Verb
from dani_playbook.core.live import Live

FIELDS: Mapping[str, Mapping[str, Any]] = {
    "department": {"status": "active"},
    "user": {"last_name": "Example", "enabled": True, "status": "active"},
    "group": {"type": "team"},
    "job": {"headcount": 1, "status": "draft", "priority": "normal", "publish_salary": False},
    "schedule": {
        "action": "reports.export",
        "when": "0 6 * * *",
        "time_zone": "Europe/Berlin",
        "missed": "run_once",
        "concurrency": "forbid",
        "retries": 0,
        "enabled": True,
    },
    "powerapps": {
        "environment": "people",
        "endpoint": "https://crm.example/api",
        "kind": "user",
        "field_mapping": ({"from": "mail", "to": "email"},),
        "dedupe_key": ("mail",),
        "batch_size": 100,
        "timeout_s": 30,
        "retries": 3,
        "on_error": "park",
        "enabled": True,
    },
    "setting": {"value": "x"},
}
"""What an object of each kind needs besides its names and references."""


def change(verb: Verb, address: str, fields: Mapping[str, Any] | None = None, **more: Any) -> Change:
    return Change(
        address=Address.parse(address),
        verb=Verb(verb),
        reason=Reason.DECLARED,
        fields=tuple(
            FieldChange(name=name, before=None, after=value, reason=Reason.DECLARED)
            for name, value in (fields or {}).items()
        ),
        **more,
    )


def named(kind: str, key: str) -> dict[str, Any]:
    if kind == "user":
        return {"email": f"{key}@firm.example", "first_name": key.title()}
    return {"title" if kind == "job" else "name": f"{kind} {key}"[:50]}


def create(address: str, live_id: str | None = None, **fields: Any) -> Change:
    kind, _, key = address.partition(".")
    return change(Verb.CREATE, address, {**FIELDS[kind], **named(kind, key), **fields}, live_id=live_id)


def update(address: str, **fields: Any) -> Change:
    return change(Verb.UPDATE, address, fields)


def move(before: str, after: str, **fields: Any) -> Change:
    return change(Verb.MOVE, after, fields, previous=Address.parse(before))


def delete(address: str) -> Change:
    return change(Verb.REMOVE, address, deletes=True)


def ids(live: Live) -> dict[Address, str]:
    kinds = ("department", "user", "group", "job", "schedule", "powerapps", "setting")
    return {Address(kind, found.key): found.id for kind in kinds for found in live.read(kind).objects.values()}


def write(live: Live, *changes: Change) -> Mapping[Address, str]:
    """In a transaction of its own, with the ids of all that is there; moved objects under both keys."""
    known = ids(live)
    known |= {c.address: known[c.previous] for c in changes if c.previous}
    with live.transaction():
        return live.write(changes, known)


def show(live: Live, address: str) -> Mapping[str, Any]:
    kind, _, key = address.partition(".")
    return next(found.fields for found in live.read(kind).objects.values() if found.key == key)


def read_in_every_way(live: Live, kind: str) -> Mapping[str, Any]:
    """All objects of a kind, after it was asked of each whether it is the same however it is read."""
    found = live.read(kind).found
    some = live.read_some(kind, list(found)).objects
    assert set(some) == set(found)
    for id, one in found.items():
        for other in (found.glance(id), some[id]):
            assert (other.id, other.key, dict(other.fields), other.doubts) == (
                id,
                one.key,
                dict(one.fields),
                one.doubts,
            )
    for name in next(iter(some.values())).fields if some else ():
        assert list(found.column(name)) == [one.fields[name] for one in found.values()]
    return found


def keys(live: Live, kind: str) -> Sequence[str]:
    return sorted(found.key for found in live.read(kind).objects.values())
