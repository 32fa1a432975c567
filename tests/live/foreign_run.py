"""Run as a process of its own, since Django is configured once a process: ``foreign_run.py URL FOLDER``."""

import sys
from pathlib import Path

import django
import pytest
from django.conf import settings

from dani_playbook.runner.database_url import database_settings

URL, FOLDER = sys.argv[1], Path(sys.argv[2])


def configure():
    settings.configure(
        DATABASES={"default": database_settings(URL, FOLDER, {})},
        INSTALLED_APPS=["tests.live.foreign", "dani_playbook.state"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)


def bindings():
    from dani_playbook.core.binding import Binding, Key, Part

    unit = {"name": "title", "head": "boss", "parent": "upper"}
    worker = {
        "email": "mail",
        "first_name": "given",
        "enabled": "active",
        "department": "contract.unit",
        "manager": "contract.lead",
        "job_title": "contract.position",
        "start_date": "contract.since",
    }
    contract = Part(model="foreign.Contract", link="worker", path="contract")
    return {
        "department": Binding(
            kind="department", model="foreign.Unit", key=Key(columns=("slug",), stored=True), fields=unit
        ),
        "user": Binding(
            kind="user",
            model="foreign.Worker",
            key=Key(columns=("login",), stored=True),
            fields=worker,
            parts={"contract": contract},
            constants={"origin": "dani", "contract.position": "new"},
        ),
    }


def rows():
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def made(key, **fields):
    from tests.live.changes import change

    return change("create", f"user.{key}", {"email": f"{key}@firm.example", "first_name": key, **fields})


def known(live):
    from dani_playbook.core.address import Address

    kinds = ("department", "user")
    return {Address(kind, each.key): each.id for kind in kinds for each in live.read(kind).objects.values()}


def written(live, *changes):
    with live.transaction():
        return live.write(changes, known(live))


def shown(live, kind, key):
    fields = next(each.fields for each in live.read(kind).objects.values() if each.key == key)
    return {name: value for name, value in fields.items() if value not in (None, ())}


def refused(live, address, why):
    """Nothing goes along, and nothing is written."""
    from dani_playbook.core.errors import LiveError
    from tests.live.changes import delete

    before = rows()
    with pytest.raises(LiveError, match=why):
        written(live, delete(address))
    assert rows() == before


def looking_writes_nothing():
    from dani_playbook.runner.database import boot
    from tests.databases import orm_live

    before = rows()
    opened = boot("sqlite:///unused", base=FOLDER, environ={})
    live = orm_live(opened, bindings())
    assert not opened.built_in
    assert known(live) == {}
    assert rows() == before
    return live


def everything_is_created(live):
    from tests.live.changes import change
    from tests.live.foreign.models import Worker

    units = [change("create", f"department.{key}", {"name": key, "head": "bo", "parent": "top"}) for key in ("a", "b")]
    top = change("create", "department.top", {"name": "top"})
    written(live, *units, top, made("bo", manager="al", department="a"), made("al"))
    assert shown(live, "department", "a") == {"name": "a", "head": "bo", "parent": "top"}
    assert shown(live, "user", "bo") == {
        "email": "bo@firm.example",
        "first_name": "bo",
        "enabled": True,
        "department": "a",
        "manager": "al",
        "job_title": "new",
    }
    assert set(Worker.objects.values_list("origin", flat=True)) == {"dani"}


def hidden_rows_are_seen(live):
    from tests.live.changes import update
    from tests.live.foreign.models import Worker

    Worker.objects.create(login="hidden", mail="h@firm.example", given="h")
    written(live, update("user.hidden", job_title="Seen", start_date="2026-12-01"))
    assert shown(live, "user", "hidden")["start_date"] == "2026-12-01"


def names_are_swapped(live):
    from tests.live.changes import update
    from tests.live.foreign.models import Contract

    stamp = Contract.objects.get(worker__login="bo").changed
    written(live, update("department.a", name="B"), update("department.b", name="A"), update("user.bo", job_title="x"))
    assert (shown(live, "department", "a")["name"], shown(live, "department", "b")["name"]) == ("B", "A")
    assert Contract.objects.get(worker__login="bo").changed > stamp


def nothing_goes_along(live):
    from tests.live.changes import delete, update
    from tests.live.foreign.models import Badge, Unit, Worker

    Badge.objects.create(worker=Worker.objects.get(login="al"))
    refused(live, "user.al", "still refer to it")
    refused(live, "department.top", "still refer to it")
    refused(live, "department.a", "still refer to it")
    written(live, update("user.bo", manager=None, department=None))
    refused(live, "user.al", r"1 of foreign\.Badge")
    refused(live, "user.bo", r"2 of foreign\.Unit")
    units = [delete(f"department.{key}") for key in ("a", "top", "b")]
    written(live, *units, delete("user.bo"), delete("user.hidden"))
    assert (Unit.objects.count(), [each.login for each in Worker.objects.all()]) == (0, ["al"])


if __name__ == "__main__":
    configure()
    system = looking_writes_nothing()
    everything_is_created(system)
    hidden_rows_are_seen(system)
    names_are_swapped(system)
    nothing_goes_along(system)
