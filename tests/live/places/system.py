"""The project's bindings, and how cases look at it and write to it. Models are imported only when Django is there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.binding import (
    Actor,
    Binding,
    Blocker,
    Child,
    Joined,
    Key,
    Moment,
    Money,
    Part,
    Place,
    Plain,
    Reference,
    Split,
    Write,
    fitted,
)
from dani_playbook.core.change import Change
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.values import Secret
from dani_playbook.live.orm import OrmLive
from dani_playbook.runner.registry import dictionary
from tests.live.changes import change

NAME = Joined(column="full_name", format="{last_name}, {first_name}")
PERSON: Mapping[str, Place] = {
    "employee_id": "number",
    "email": Plain(columns=("mail", "account.mail"), fold=("nick", "account.nick")),
    "first_name": NAME,
    "last_name": NAME,
    "display_name": Plain(columns=("shown_name",), derived=True),
    "job_title": Split(columns=("title_one", "title_two")),
    "company": "firm.name",
    "status": Plain(columns=("state",), values={"active": "A", "left": "L"}),
    "enabled": Plain(columns=("flag",), values={True: "Y", False: "N"}),
    "employment_type": "terms",
    "start_date": Moment(date="started_on", time="started_at", zone="Europe/Berlin"),
    "salary": Money(minor="pay", currency="pay_in"),
    "manager": Reference(columns=("boss_firm", "boss_number"), target=("firm.code", "number")),
    "office": "desk.room",
    "work_phone": "desk.phone",
}
UNIT: Mapping[str, Place] = {
    "name": "title",
    "code": "code",
    "company": "firm_code",
    "parent": Reference(columns=("upper_firm", "upper_code"), target=("firm_code", "code")),
}


def specs() -> dict[str, KindSpec]:
    """The dictionary's, with a moment in it: no field of ours is one yet."""
    known = dictionary().kinds
    user = known["user"]
    moment = replace(user.fields["start_date"], type="datetime")
    found = dict(known) | {"user": replace(user, fields={**user.fields, "start_date": moment})}
    return {kind: fitted(found[kind], binding) for kind, binding in bindings(Write.SAVE).items()}


def bindings(write: Write) -> dict[str, Binding]:
    return {
        "department": Binding(
            kind="department",
            model="places.Unit",
            key=Key(columns=("firm_code", "code")),
            fields=UNIT,
            write=Write.SAVE,
        ),
        "user": Binding(
            kind="user",
            model="places.Person",
            key=Key(columns=("number",)),
            fields=PERSON,
            parts={
                "desk": Part(model="places.Desk", link="person"),
                "account": Part(model="places.Account", path="account"),
            },
            constants={"desk.room": "none"},
            children=(Child(model="places.Note", link="person"),),
            blockers=(
                Blocker(model="places.Note", link="person", where={"is_open": True}, says="an open note"),
                Blocker(
                    model="places.Note",
                    link=("number",),
                    target=("number",),
                    where={"person": None},
                    says="a note about the number",
                    deactivation=True,
                ),
            ),
            write=write,
        ),
        "group": Binding(
            kind="group",
            model="places.Team",
            key=Key(columns=("label",)),
            fields={"name": "label", "members": "people", "owners": "leaders"},
            write=write,
        ),
    }


def live(write: Write, *, actor: Actor | None = None, by: str = "", **more: Any) -> OrmLive:
    return OrmLive(bindings(write) | more, specs(), name="places", identity="places", actor=actor, by=by)


def person(key: str, **fields: Any) -> Change:
    said = {"email": f"{key}@firm.example", "employee_id": key, "company": "Acme", **fields}
    return change("create", f"user.{key}", said)


def update(key: str, **fields: Any) -> Change:
    return change("update", f"user.{key}" if "." not in key else key, fields)


def known(system: OrmLive) -> dict[Address, str]:
    """Live ids by the keys that the system suggests."""
    kinds = ("department", "user", "group")
    return {Address(kind, found.key): id for kind in kinds for id, found in system.read(kind).objects.items()}


def write(system: OrmLive, *changes: Change) -> Mapping[Address, str]:
    ids = known(system)
    with system.transaction():
        return system.write(changes, ids)


def shown(system: OrmLive, address: str) -> dict[str, Any]:
    """The fields that say anything, secrets in clear."""
    kind, _, key = address.partition(".")
    found = next(each.fields for each in system.read(kind).objects.values() if each.key == key)
    plain = {name: value.reveal() if isinstance(value, Secret) else value for name, value in found.items()}
    return {name: value for name, value in plain.items() if value not in (None, ())}


def doubts(system: OrmLive, address: str) -> dict[str, str]:
    kind, _, key = address.partition(".")
    return dict(next(each.doubts for each in system.read(kind).objects.values() if each.key == key))


def columns(key: str) -> dict[str, Any]:
    """The raw row of a person, with its parts."""
    from tests.live.places.models import Person

    row = Person.objects.select_related("account", "desk").get(number=key)
    found = {field.attname: getattr(row, field.attname) for field in Person._meta.concrete_fields}
    found |= {f"account.{name}": getattr(row.account, name) for name in ("mail", "nick", "open")}
    return found | {f"desk.{name}": getattr(row.desk, name) for name in ("room", "phone")}


def rows() -> dict[str, list[str]]:
    """Every row of every table of the project."""
    from django.apps import apps

    models = apps.get_app_config("places").get_models(include_auto_created=True)
    return {model.__name__: sorted(map(repr, model.objects.values_list())) for model in models}


def empty() -> None:
    """Two firms and nothing else."""
    from tests.live.places import models

    for model in (
        models.Note,
        models.Desk,
        models.Person,
        models.Account,
        models.Team,
        models.Unit,
        models.Room,
        models.Firm,
    ):
        if model is models.Person:
            model.objects.update(buddy=None)
        model.objects.all().delete()
    models.Firm.objects.create(code="AC", name="Acme")
    models.Firm.objects.create(code="BE", name="Berg")
