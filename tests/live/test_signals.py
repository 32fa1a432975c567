"""Signals: sent for each object where somebody listens, and not a statement more where nobody does."""

from contextlib import contextmanager

import pytest
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from dani_playbook.core.errors import LiveError
from tests.live.changes import create, delete, keys, show, update, write


@contextmanager
def listening(signal, sender, handler):
    signal.connect(handler, sender=sender, weak=False)
    try:
        yield
    finally:
        signal.disconnect(handler, sender=sender)


@pytest.fixture
def user(database):
    from dani_playbook.hris.accounts.models import User

    return User


@pytest.fixture
def heard():
    return []


def test_a_handler_hears_each_object_that_is_created_and_changed(hr, user, heard):
    live, _ = hr()

    def before(instance, update_fields, **rest):
        heard.append(("pre", instance.key, sorted(update_fields or ())))

    def after(instance, created, **rest):
        heard.append(("post", instance.key, created, instance.pk is not None))

    with listening(pre_save, user, before), listening(post_save, user, after):
        write(live, create("user.a"), create("user.b"))
        write(live, update("user.b", first_name="Bea", job_title="Lead"))
    assert heard == [
        ("pre", "a", []),
        ("pre", "b", []),
        ("post", "a", True, True),
        ("post", "b", True, True),
        ("pre", "b", ["first_name"]),
        ("post", "b", False, True),
    ]


def test_what_a_handler_changes_is_written_too(hr, user):
    live, _ = hr()
    write(live, create("user.a"))

    def shout(instance, **rest):
        instance.display_name = instance.first_name.upper()

    with listening(pre_save, user, shout):
        write(live, update("user.a", first_name="Ann"))
    assert show(live, "user.a")["display_name"] == "ANN"
    assert show(live, "user.a")["first_name"] == "Ann"


@pytest.mark.parametrize("signal", [pre_save, post_save])
def test_a_handler_that_raises_ends_the_transaction_without_telling_its_words(hr, user, signal):
    live, _ = hr()
    write(live, create("user.a"))

    def refuse(instance, **rest):
        raise ValueError(f"no {instance.email}")

    with listening(signal, user, refuse):
        for refused in (create("user.b"), update("user.a", first_name="Ann")):
            with pytest.raises(LiveError, match=r"a signal handler of accounts\.User .*ValueError") as caught:
                write(live, create("department.d"), refused)
            assert "firm.example" not in caught.value.message
    assert (keys(live, "user"), keys(live, "department")) == (["a"], [])


def test_handlers_hear_links_that_come_and_go(hr, heard):
    from dani_playbook.hris.accounts.models import Group

    live, _ = hr()
    write(live, create("user.a"), create("user.b"), create("group.g", members=("a",)), create("group.h"))

    def note(action, instance, pk_set, **rest):
        heard.append((action, instance.key, len(pk_set)))

    with listening(m2m_changed, Group.members.through, note):
        write(live, update("group.g", members=("b",)), update("group.h", members=()))
    assert heard == [("pre_remove", "g", 1), ("post_remove", "g", 1), ("pre_add", "g", 1), ("post_add", "g", 1)]


def test_handlers_hear_what_is_deleted_and_may_refuse(hr, heard):
    from dani_playbook.hris.accounts.models import Group

    live, _ = hr()
    write(live, create("group.g"), create("group.h"))

    def refuse(instance, **rest):
        raise ValueError

    with listening(post_delete, Group, lambda instance, **rest: heard.append(instance.key)):
        with listening(pre_delete, Group, refuse), pytest.raises(LiveError, match="signal handler"):
            write(live, delete("group.g"))
        write(live, delete("group.h"))
    assert (heard, keys(live, "group")) == (["h"], ["g"])


def test_a_column_that_follows_the_clock_moves_with_every_change(hr, user):
    live, _ = hr()
    write(live, create("user.a"), create("user.b"))
    before = dict(user.objects.values_list("key", "updated_at"))
    write(live, update("user.a", first_name="Ann"))
    after = dict(user.objects.values_list("key", "updated_at"))
    assert after["a"] > before["a"]
    assert after["b"] == before["b"]


def test_a_folded_column_follows_what_it_is_made_of(hr, user):
    live, _ = hr()
    write(live, create("user.a"), create("department.d", name="Straße", company="One"))
    write(live, update("user.a", email="new@firm.example"), update("department.d", company="ZWEI"))
    from dani_playbook.hris.employees.models import Department

    assert user.objects.get(key="a").email_folded == "new@firm.example"
    assert Department.objects.get(key="d").name_folded == "zwei\nstrasse"
