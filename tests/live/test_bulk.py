"""Rows written and deleted in sets stand as Django would have left them, and whatever isn't plain is left to Django."""

from datetime import date

import pytest
from django.db.models.functions import Now
from django.db.models.signals import post_delete, pre_save
from django.db.transaction import atomic

from dani_playbook.live import alone
from dani_playbook.live.bulk import insert_at_once
from tests.live.changes import create, ids, keys, write
from tests.live.changes import delete as deletion
from tests.live.test_signals import listening
from tests.live.test_statements import counted


def people():
    from dani_playbook.hris.accounts.models import User

    said = [
        {"key": "jo", "email": "Jo@Firm.example", "first_name": "Zoë", "roles": ["b", "a"]},
        {"key": "bo", "email": "bo@firm.example", "first_name": 'a"b\\c', "username": "bo", "is_active": False},
        {"key": "mo", "email": "mo@firm.example", "first_name": "x" * 100, "last_name": "", "is_staff": True},
    ]
    return [User(password="!", **one) for one in said]


def employments(users):
    from dani_playbook.hris.employees.models import Employee

    said = [
        {"start_date": date(2026, 1, 2), "salary_minor": 2**40, "home_address": {"city": "Köln", "zip": None}},
        {"manager": users[0], "spells": [{"from": "2020-01-01"}], "employee_id": "1"},
        {"employee_id": None, "hold": [], "mobile": "+49'; --"},
    ]
    return [Employee(user=user, **one) for user, one in zip(users, said, strict=True)]


def rows(model):
    return list(model.objects.order_by("pk").values())


def as_django_writes(make):
    """What ``bulk_create`` leaves in the table, taken back again."""
    with atomic():
        made = type(make[0]).objects.bulk_create(make)
        found = rows(type(made[0]))
        type(made[0]).objects.all().delete()
    return found


def alike(one, other, ignored=("id", "user_id", "manager_id", "created_at", "updated_at")):
    return [{k: v for k, v in row.items() if k not in ignored} for row in one] == [
        {k: v for k, v in row.items() if k not in ignored} for row in other
    ]


def test_what_is_written_at_once_is_what_bulk_create_writes(hr):
    hr()
    expected = as_django_writes(people())
    users = people()
    assert insert_at_once(type(users[0]), users, "default")
    found = rows(type(users[0]))
    assert alike(found, expected)
    assert [user.pk for user in users] == [row["id"] for row in found]
    assert [user._state.adding for user in users] == [False] * 3
    assert {row["email_folded"] for row in found} == {"jo@firm.example", "bo@firm.example", "mo@firm.example"}
    employed = as_django_writes(employments(users))
    assert insert_at_once(type(employments(users)[0]), employments(users), "default")
    again = rows(type(employments(users)[0]))
    assert alike(again, employed)
    assert [row["user_id"] for row in again] == [user.pk for user in users]
    assert again[1]["manager_id"] == users[0].pk


def some_with_ids(users):
    users[1].pk = 7
    return users


def an_expression(users):
    users[2].display_name = Now()
    return users


@pytest.mark.parametrize("change", [some_with_ids, an_expression])
def test_what_isnt_plain_is_left_to_django_and_nothing_is_written(hr, change):
    hr()
    users = change(people())
    assert not insert_at_once(type(users[0]), users, "default")
    assert rows(type(users[0])) == []


def test_a_model_that_somebody_listens_to_is_left_to_django(hr):
    hr()
    users = people()
    with listening(pre_save, type(users[0]), lambda **rest: None):
        assert not insert_at_once(type(users[0]), users, "default")


def test_a_column_that_prepares_its_values_itself_is_asked_for_each_one(hr, monkeypatch):
    from dani_playbook.hris.accounts.models import User

    hr()
    field, made = User._meta.get_field("last_name"), []

    class Own(type(field)):
        def get_db_prep_save(self, value, connection):
            made.append(value)
            return f"{value}{len(made)}"

    monkeypatch.setattr(field, "__class__", Own)
    assert insert_at_once(User, people(), "default")
    assert [row["last_name"] for row in rows(User)] == ["1", "2", "3"]


def test_600_people_go_in_two_statements_a_table_and_whoever_is_referred_to_is_found(hr):
    live, _ = hr()
    write(live, *[create(f"user.u{n}", manager=f"u{n // 2}" if n else None) for n in range(600)])
    known = ids(live)
    with live.transaction(), counted() as statements:
        live.write([deletion(str(address)) for address in known], known)
    gone = [text.split(" ")[2] for text in statements if text.startswith("DELETE")]
    assert sorted(gone) == ['"accounts_user"'] * 2 + ['"employees_employee"'] * 2
    assert len(statements) < 30
    assert ids(live) == {}


def test_rows_that_others_refer_to_or_that_somebody_hears_of_arent_deleted_alone(hr):
    from dani_playbook.hris.accounts.models import Group, User

    live, _ = hr()
    write(live, create("user.anna"), create("user.bo"), create("group.g", members=("bo",)))
    bound = live._kinds["user"]
    relations = alone.used_relations(bound, "default")
    assert [(found.model._meta.label, found.name) for found in relations] == [("accounts.Group_members", "user")]
    pks = dict(User.objects.values_list("key", "pk"))
    with atomic():
        assert not alone.delete_alone(bound, [pks["anna"], pks["bo"]], relations, "default")
        assert keys(live, "user") == ["anna", "bo"]
        with listening(post_delete, User, lambda **rest: None):
            assert not alone.delete_alone(bound, [pks["anna"]], relations, "default")
        assert alone.delete_alone(bound, [pks["anna"]], relations, "default")
    assert keys(live, "user") == ["bo"]
    assert Group.objects.count() == 1
