"""The memory: what goes in comes out, sealed in between."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import LiveError
from dani_playbook.core.memory import Entry, InventoryItem, Run, RunState
from dani_playbook.core.values import Secret
from tests.databases import django_memory
from tests.live.test_statements import counted

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 13, tzinfo=UTC)
IMAGE = {
    "email": "jo@firm.example",
    "mobile": "+491701234567",
    "salary": Secret({"currency": "EUR", "minor": 5400000}),
    "home_address": {"city": "Berlin"},
    "roles": ("employee", "manager"),
    "enabled": True,
    "grade": None,
}
NEVER = ("+491701234567", "5400000", "Berlin", "2b34393137303132333435")


def run(name="r1", **more):
    begun = {
        "state": RunState.EXECUTING,
        "actor": "jo",
        "started_at": NOON,
        "plan_digest": "d",
        "as_of": date(2026, 11, 23),
    }
    return Run(id=name, **begun | more)


def item(key, live_id="1", **applied):
    return InventoryItem(
        address=Address("user", key),
        live_id=live_id,
        applied=applied or {"email": '"x"'},
        path="people.yaml",
        protect=True,
    )


def entry(position=0, key="jo", before=None, after=IMAGE, **more):
    base = {
        "run": "r1",
        "position": position,
        "address": Address("user", key),
        "verb": "create",
        "reason": "declared",
        "title": "Jo Example",
        "mark": "hire",
        "live_id": "1",
        "previous": None,
        "before": before,
        "after": after,
        "changed": ("email", "mobile"),
        "deletes": False,
        "inventory_before": None,
        "inventory_after": item(key),
        "reasons": {"email": "declared"},
    }
    return Entry(**base | more)


def begun(memory, *runs):
    with memory.hold("jo"):
        for each in runs:
            memory.begin(each)


def applied(live, memory, *entries, name="r1", refreshed=()):
    with memory.hold("jo", name):
        memory.recover()
        memory.begin(run(name))
        with live.transaction():
            memory.lock()
            memory.record([replace(each, run=name) for each in entries], refreshed)
            memory.succeed(name, LATER)


def test_a_run_comes_back_as_it_was_written(hr):
    live, memory = hr()
    full = run(environment="test", commit="abc+", complete=False, undoes="r0", summary={"create": 1}, marks={"hire": 1})
    begun(memory, replace(full, request={"paths": ["a.yaml"]}))
    full = replace(full, request={"paths": ["a.yaml"]}, token=1)
    assert memory.runs() == [full]
    with live.transaction():
        memory.succeed("r1", LATER)
    assert memory.run("r1") == replace(full, state=RunState.SUCCEEDED, finished_at=LATER)


def test_entries_come_back_as_they_were_written(hr):
    live, memory = hr()
    entries = [
        entry(0),
        entry(1, "bo", before=IMAGE, after=None, deletes=True, mark=None, live_id=None, inventory_after=None),
        entry(2, "cy", previous=Address("user", "old"), before={"grade": None}, inventory_before=item("old")),
    ]
    applied(live, memory, *entries)
    assert memory.entries("r1") == entries
    assert isinstance(memory.entries("r1")[0].after["salary"], Secret)
    assert not isinstance(memory.entries("r1")[0].after["mobile"], Secret)


def test_the_journal_of_1100_people_takes_a_few_statements_for_each_500_and_reads_as_it_was_written(hr):
    live, memory = hr()
    text = 'a "quoted" \\ Zoë \' %s'
    whole = [
        entry(n, f"p{n}", live_id=str(n), title=text, inventory_after=item(f"p{n}", str(n), email=text))
        for n in range(1100)
    ]
    with counted() as statements:
        applied(live, memory, *whole)
    assert len(statements) < 60
    assert memory.entries("r1") == whole
    assert memory.inventory()[Address("user", "p7")].applied == {"email": text}
    again = [
        entry(n, f"p{n}", live_id=str(n), inventory_before=each.inventory_after, inventory_after=item(f"p{n}", "x"))
        for n, each in enumerate(whole)
    ]
    with counted() as reading:
        applied(live, memory, *again, name="r2")
        assert memory.entries("r2") == [replace(each, run="r2") for each in again]
    assert len(reading) < 60
    assert [each.live_id for each in memory.inventory().values()] == ["x"] * 1100


def test_nothing_personal_stands_in_the_tables_in_clear(hr):
    from django.db import connection

    live, memory = hr()
    applied(live, memory, entry(before=IMAGE))
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
            assert not [value for value in NEVER if value in text], table


def test_a_subject_has_one_key_however_often_something_is_written(hr):
    from dani_playbook.state.models import SubjectKey

    live, memory = hr()
    applied(live, memory, entry())
    applied(live, memory, entry(before=IMAGE), entry(1, "bo"), name="r2")
    assert sorted(SubjectKey.objects.values_list("key", flat=True)) == ["bo", "jo"]
    assert memory.entries("r2")[0].before == IMAGE


def test_a_destroyed_key_takes_all_that_tells_of_the_person_and_leaves_what_was_done(hr):
    from dani_playbook.state.models import SubjectKey

    live, memory = hr()
    whole = entry(before=IMAGE, inventory_before=item("jo"))
    applied(live, memory, whole)
    SubjectKey.objects.filter(key="jo").update(wrapped=b"")
    empty = {"title": "", "before": None, "after": None, "inventory_before": None, "inventory_after": None}
    assert memory.entries("r1") == [replace(whole, purged=True, **empty)]
    applied(live, memory, entry(), name="r2")
    assert memory.entries("r2")[0].after == IMAGE


def test_of_a_person_nothing_but_address_and_deed_stands_in_the_journal_in_clear(hr):
    from dani_playbook.state.models import Entry as Row

    live, memory = hr()
    applied(live, memory, entry(before=IMAGE, inventory_before=item("jo", email='"jo@firm.example"')))
    (row,) = Row.objects.values()
    assert row.pop("sealed")
    clear = ("kind", "key", "verb", "reason", "mark", "live_id", "changed", "reasons", "deletes", "position")
    assert {name: value for name, value in row.items() if value and name not in clear and "id" not in name} == {}
    assert "firm.example" not in str(row)
    assert "Example" not in str(row)


def test_rows_of_people_from_before_they_were_sealed_as_a_whole_stay_readable(hr):
    from dani_playbook.state.models import Entry as Row

    live, _ = hr()
    memory = django_memory(people=())
    old = entry(before=IMAGE, inventory_before=item("jo"))
    applied(live, memory, old)
    assert Row.objects.get().title == "Jo Example"
    assert django_memory().entries("r1") == [old]


def test_somebody_who_gets_a_used_name_has_a_key_of_their_own(hr):
    from dani_playbook.state.models import SubjectKey

    live, memory = hr()
    applied(live, memory, entry(live_id="1"), entry(1, live_id="2"))
    SubjectKey.objects.filter(live_id="1").update(wrapped=b"")
    assert [each.purged for each in memory.entries("r1")] == [True, False]


def test_the_journal_opens_only_with_the_key_it_was_sealed_with(hr):
    live, memory = hr()
    applied(live, memory, entry())
    with pytest.raises(LiveError, match="another project key"):
        django_memory(bytes(32)).entries("r1")


def test_an_image_that_was_put_elsewhere_doesnt_open(hr):
    from dani_playbook.state.models import Entry as Row

    live, memory = hr()
    applied(live, memory, entry(before={**IMAGE, "mobile": "+1"}))
    applied(live, memory, entry(), name="r2")
    first, second = Row.objects.order_by("run_id")
    Row.objects.filter(pk=second.pk).update(sealed=first.sealed)
    with pytest.raises(LiveError, match="was changed after it was written"):
        memory.entries("r2")


def test_the_inventory_follows_what_was_recorded(hr):
    live, memory = hr()
    applied(live, memory, entry(0, "a", inventory_after=item("a")), entry(1, "b", inventory_after=item("b", "2")))
    assert memory.inventory() == {Address("user", key): item(key, live_id) for key, live_id in [("a", "1"), ("b", "2")]}
    applied(
        live,
        memory,
        entry(0, "b", inventory_before=item("a"), inventory_after=item("b")),
        entry(1, "a", inventory_before=item("b", "2"), inventory_after=item("a", "2")),
        name="r2",
        refreshed=[item("c", "3", email='"new"')],
    )
    assert {str(a): i.live_id for a, i in memory.inventory().items()} == {"user.a": "2", "user.b": "1", "user.c": "3"}
    applied(live, memory, entry(0, "a", inventory_before=item("a", "2"), inventory_after=None), name="r3")
    assert sorted(address.key for address in memory.inventory()) == ["b", "c"]
    assert list(memory.inventory()) == sorted(memory.inventory())


def test_the_serial_rises_with_runs_that_succeed_and_no_others(hr):
    live, memory = hr()
    assert memory.serial() == 0
    applied(live, memory, entry())
    with memory.hold("jo"):
        memory.begin(run("r2"))
        memory.fail("r2", LATER, "no")
    assert memory.serial() == 1


def test_a_failed_run_is_kept_with_its_reason_and_nothing_else(hr):
    live, memory = hr()

    def broken():
        with live.transaction():
            memory.lock()
            memory.record([entry()], [item("z")])
            raise ZeroDivisionError

    with memory.hold("jo"):
        memory.begin(run())
        with pytest.raises(ZeroDivisionError):
            broken()
        memory.fail("r1", LATER, "it was refused")
    assert (memory.run("r1").state, memory.run("r1").failure) == (RunState.ROLLED_BACK, "it was refused")
    assert (memory.entries("r1"), memory.inventory()) == ([], {})


def test_runs_that_died_are_closed_by_the_next_one_and_by_nothing_else(hr):
    live, memory = hr()
    begun(memory, run("dead"))
    applied(live, memory, entry(), name="next")
    assert memory.run("dead").state is RunState.ROLLED_BACK
    assert "ended before it was done" in memory.run("dead").failure
    assert memory.run("next").state is RunState.SUCCEEDED


def test_the_lock_needs_a_transaction(hr):
    _, memory = hr()
    with memory.hold("jo"), pytest.raises(RuntimeError, match="transaction"):
        memory.lock()


def test_nothing_is_written_without_the_lock(hr):
    live, memory = hr()
    with pytest.raises(RuntimeError, match="held"):
        memory.begin(run())
    with pytest.raises(RuntimeError, match="held"), live.transaction():
        memory.lock()


def test_a_run_that_is_done_stays_done(hr):
    live, memory = hr()
    applied(live, memory, entry())
    with memory.hold("jo"):
        memory.fail("r1", LATER, "too late")
    assert memory.run("r1").state is RunState.SUCCEEDED


def test_beginning_inside_a_transaction_is_refused(hr):
    live, memory = hr()
    with memory.hold("jo"), pytest.raises(RuntimeError, match="durable"), live.transaction():
        memory.begin(run())


@pytest.mark.parametrize(("asked", "found"), [("a", "a"), ("ab1", "ab1"), ("ab2", "ab2x"), ("c", "cd")])
def test_a_run_is_found_by_its_id_or_the_beginning_of_it(hr, asked, found):
    _, memory = hr()
    begun(memory, *map(run, ("a", "ab1", "ab2x", "cd")))
    assert memory.run(asked).id == found


@pytest.mark.parametrize("asked", ["", "ab", "x", "%"])
def test_an_id_that_fits_none_or_several_is_refused(hr, asked):
    _, memory = hr()
    begun(memory, *map(run, ("ab1", "ab2")))
    with pytest.raises(LookupError, match="run"):
        memory.run(asked)


def test_runs_are_listed_newest_first(hr):
    _, memory = hr()
    begun(memory, *map(run, ("a", "c", "b")))
    assert [each.id for each in memory.runs()] == ["b", "c", "a"]
    assert [each.id for each in memory.runs(limit=2)] == ["b", "c"]


def test_history_follows_an_object_under_all_its_names(hr):
    live, memory = hr()
    applied(live, memory, entry(0, "old"), entry(1, "else", live_id="9"))
    applied(live, memory, entry(0, "new", verb="move", previous=Address("user", "old")), name="r2")
    applied(live, memory, entry(0, "new", verb="update"), name="r3")
    for name in ("old", "new"):
        seen = [(each.id, change.verb) for each, change in memory.history(Address("user", name))]
        assert seen == [("r3", "update"), ("r2", "move"), ("r1", "create")]
    assert memory.history(Address("user", "nobody")) == []


def test_recording_5000_entries_takes_a_few_statements_for_each_500(hr):
    from tests.live.test_statements import counted

    live, memory = hr()
    begun(memory, run())
    with memory.hold("jo"), live.transaction(), counted() as statements:
        memory.lock()
        memory.record([entry(n, f"u{n}", inventory_after=item(f"u{n}")) for n in range(5000)], ())
        memory.succeed("r1", LATER)
    assert len(statements) <= 20 * 10
    with counted() as statements:
        assert len(memory.entries("r1")) == len(memory.inventory()) == 5000
    assert len(statements) == 2
