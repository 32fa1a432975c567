"""What is to hold in this project. A case takes the live system; those of ``PLACES`` are data."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.binding import Actor, Birth, Key, Step, Write
from dani_playbook.core.errors import LiveError
from dani_playbook.core.live import Attached
from dani_playbook.core.values import Secret
from tests.live.places.system import (
    bindings,
    columns,
    doubts,
    known,
    live,
    person,
    rows,
    shown,
    update,
    write,
)

PLACES = {
    "two columns": (
        {"email": "Ann@Firm.example"},
        {"mail": "Ann@Firm.example", "account.mail": "Ann@Firm.example", "nick": "ann@firm.example"},
        {"email": "ann@firm.example"},
    ),
    "joined": ({"first_name": "Ann", "last_name": "Lee"}, {"full_name": "Lee, Ann"}, None),
    "joined, half": ({"last_name": "Lee"}, {"full_name": "Lee"}, None),
    "joined, the other half": ({"first_name": "Ann"}, {"full_name": ", Ann"}, None),
    "split": ({"job_title": "Head of things"}, {"title_one": "Head", "title_two": "of things"}, None),
    "split, one piece": ({"job_title": "Head"}, {"title_one": "Head", "title_two": ""}, None),
    "a value map": ({"status": "left"}, {"state": "L"}, None),
    "a value map of truth": ({"enabled": True}, {"flag": "Y"}, None),
    "choices": ({"employment_type": "intern"}, {"terms": "intern"}, None),
    "a moment in winter": (
        {"start_date": "2026-12-01T08:00:00Z"},
        {"started_on": date(2026, 12, 1), "started_at": time(9)},
        None,
    ),
    "a moment in summer": (
        {"start_date": "2026-06-30T22:30:00Z"},
        {"started_on": date(2026, 7, 1), "started_at": time(0, 30)},
        None,
    ),
    "money": (
        {"salary": Secret("540.00 EUR")},
        {"pay": 54000, "pay_in": "EUR"},
        {"salary": {"currency": "EUR", "minor": 54000}},
    ),
    "a natural key": ({"manager": "boss"}, {"boss_firm": "AC", "boss_number": "boss"}, None),
    "a step through a relation": ({"company": "Berg"}, {}, None),
    "a part": ({"office": "B12", "work_phone": "+491"}, {"desk.room": "B12", "desk.phone": "+491"}, None),
    "a constant": ({}, {"desk.room": "none"}, {"office": "none"}),
}


def a_place_is_written_and_read(system, case):
    said, raw, read = PLACES[case]
    write(system, person("boss"))
    write(system, person("ann", **said))
    assert {name: columns("ann")[name] for name in raw} == raw
    expected = said if read is None else read
    assert {name: shown(system, "user.ann")[name] for name in expected} == expected


def a_place_is_changed_and_emptied(system, case):
    said, raw, _ = PLACES[case]
    write(system, person("boss"), person("ann"))
    before = columns("ann")
    write(system, update("ann", **said))
    assert {name: columns("ann")[name] for name in raw} == raw
    if not said.keys() & {"email", "status", "enabled", "office"}:
        write(system, update("ann", **dict.fromkeys(said) | ({"company": "Acme"} if "company" in said else {})))
        assert columns("ann") | SAVED == before | SAVED


SAVED = {"saves": 0, "shown_name": ""}

DOUBTS = {
    "columns that don't agree": ({"mail": "other@firm.example"}, "email", "mail and account.mail don't agree"),
    "a value that the map doesn't know": (
        {"state": "?"},
        "status",
        "its column holds a value that the binding doesn't map",
    ),
    "a key that leads nowhere": (
        {"boss_firm": "AC", "boss_number": "ghost"},
        "manager",
        "boss_firm and boss_number lead to no user",
    ),
    "a key that several have": (
        {"boss_firm": "AC", "boss_number": "twin"},
        "manager",
        "boss_firm and boss_number lead to several user objects",
    ),
    "half a moment": (
        {"started_on": date(2026, 1, 1)},
        "start_date",
        "only one of started_on and started_at is filled",
    ),
}


def what_cant_be_read_for_sure_is_a_doubt(system, case):
    from tests.live.places.models import Account, Person

    raw, name, why = DOUBTS[case]
    write(system, person("ann"), person("twin"))
    double = Account.objects.create(mail="d@firm.example")
    Person.objects.create(
        number="twin", mail="d@firm.example", account=double, firm=Person.objects.get(number="twin").firm
    )
    Person.objects.filter(number="ann").update(**raw)
    assert doubts(system, "user.ann") == {name: why}
    assert name not in shown(system, "user.ann")


UNFIT = {
    "a text too long": ({"office": "123456789"}, "office", "it has more than 8 characters"),
    "a joined text too long": ({"last_name": "L" * 31}, "last_name", "it has more than 30 characters"),
    "a text that holds what joins": (
        {"last_name": "Lee, Jr"},
        "last_name",
        "{last_name}, {first_name} couldn't be taken apart again",
    ),
    "a piece too long": ({"job_title": "Geschaeftsleitung von allem"}, "job_title", "it has more than 12 characters"),
    "none of the choices": ({"employment_type": "temp"}, "employment_type", "it is none of the live system's choices"),
    "nothing that stands for it": ({"status": "leave"}, "status", "the live system has nothing that stands for it"),
    "a row that isn't there": ({"company": "Ghost"}, "company", "no row of places.Firm has this name"),
    "an hour that comes twice": (
        {"start_date": "2026-10-25T01:30:00Z"},
        "start_date",
        "that hour comes twice in Europe/Berlin, and its columns can't tell which it is",
    ),
    "nothing where something is needed": ({"email": None}, "email", "it must not be empty"),
    "no place": ({"mobile": "+491"}, "mobile", "the live system has no place for mobile"),
}


def what_doesnt_fit_is_told_before_and_refused(system, case):
    said, name, why = UNFIT[case]
    write(system, person("ann"))
    before = rows()
    ids = known(system)
    tried = update("ann", **said)
    placed = replace(tried, live_id=ids[tried.address])
    assert [(item.field, item.why) for item in system.unfit([placed])] == [(name, why)]
    with pytest.raises(LiveError) as caught:
        write(system, tried)
    assert why in caught.value.message
    assert not any(str(value) in caught.value.message for value in said.values() if value and "," not in str(value))
    assert rows() == before


def half_of_a_joined_name_is_changed(system, _):
    write(system, person("ann", first_name="Ann", last_name="Lee"))
    write(system, update("ann", last_name="Smith"))
    assert columns("ann")["full_name"] == "Smith, Ann"


def a_name_made_by_hand_stays_when_the_email_changes(system, _):
    from tests.live.places.models import Person

    write(system, person("ann", email="ann@firm.example"))
    Person.objects.update(nick="By-Hand")
    write(system, update("ann", email="Anna@firm.example"))
    assert (columns("ann")["nick"], columns("ann")["account.nick"]) == ("By-Hand", "anna@firm.example")


def two_who_are_each_others_boss_are_made_together(system, _):
    write(system, person("ann", manager="bo"), person("bo", manager="ann"))
    assert [shown(system, f"user.{key}")["manager"] for key in ("ann", "bo")] == ["bo", "ann"]


def unique_values_are_swapped(system, _):
    write(system, person("ann"), person("bo"))
    write(system, update("ann", email="bo@firm.example"), update("bo", email="ann@firm.example"))
    assert shown(system, "user.ann")["email"] == "bo@firm.example"
    assert columns("bo")["account.mail"] == "ann@firm.example"


def links_are_read_and_written_from_both_sides(system, _):
    from tests.live.changes import change

    write(system, person("ann"), person("bo"))
    write(system, change("create", "group.g", {"name": "g", "members": ("ann", "bo"), "owners": ("bo",)}))
    assert shown(system, "group.g") == {"name": "g", "members": ("ann", "bo"), "owners": ("bo",)}
    write(system, change("update", "group.g", {"members": ("bo",), "owners": ("ann",)}))
    assert shown(system, "group.g") == {"name": "g", "members": ("bo",), "owners": ("ann",)}


def a_key_of_two_columns_goes_through(system, _):
    from tests.live.changes import change, delete

    top = change("create", "department.ac-top", {"name": "Top", "code": "TOP", "company": "AC"})
    also = change("create", "department.ac-also", {"name": "A", "code": "ALSO", "company": "AC", "parent": "ac-top"})
    low = change("create", "department.ac-low", {"name": "Low", "code": "LOW", "company": "AC", "parent": "ac-top"})
    made = write(system, low, top, also)
    assert shown(system, "department.ac-also")["parent"] == "ac-top"
    write(system, delete("department.ac-also"))
    made = {address: id for address, id in made.items() if address.key != "ac-also"}
    assert sorted(id.replace(" ", "") for id in made.values()) == ['["AC","LOW"]', '["AC","TOP"]']
    assert set(system.read_some("department", list(made.values())).objects) == set(made.values())
    assert shown(system, "department.ac-low")["parent"] == "ac-top"
    write(system, change("update", "department.ac-low", {"name": "Lower", "parent": None}))
    assert shown(system, "department.ac-low") == {"name": "Lower", "code": "LOW", "company": "AC"}
    write(system, delete("department.ac-low"), delete("department.ac-top"))
    assert rows()["Unit"] == []


def what_others_refer_by_cant_be_changed(system, _):
    from tests.live.changes import change

    write(system, person("ann"), change("create", "department.ac-top", {"name": "T", "code": "TOP", "company": "AC"}))
    for changed, name, why in (
        (update("ann", employee_id="an"), "employee_id", "others refer to the row by it"),
        (change("update", "department.ac-top", {"code": "T"}), "code", "it is part of the row's primary key"),
    ):
        (told,) = system.unfit([replace(changed, live_id=known(system)[changed.address])])
        assert (told.field, why in told.why) == (name, True)
        with pytest.raises(LiveError, match=why):
            write(system, changed)
    assert len(rows()["Unit"]) == 1


def a_key_that_is_the_rows_own_cant_be_moved(system, _):
    from tests.live.changes import change

    rooms = replace(
        bindings(Write.SAVE)["group"],
        model="places.Room",
        key=Key(columns=("code",), stored=True),
        fields={"name": "label"},
    )
    hotel = live(Write.SAVE, group=rooms)
    write(hotel, change("create", "group.red", {"name": "Red"}))
    moved = change("move", "group.blue", live_id="red", previous=Address("group", "red"))
    assert [(item.address.key, item.field) for item in hotel.unfit([moved])] == [("blue", "key")]


def keys_that_are_made_are_told_apart_and_stay(system, _):
    from tests.live.places.models import Account, Person

    for number, mail in (("E 1", "a"), ("e-1", "b"), ("Zoë", "c"), ("东", "d")):
        Person.objects.create(number=number, mail=mail, account=Account.objects.create(mail=mail))
    keys = sorted(found.key for found in system.read("user").objects.values())
    ids = {each.number: each.pk for each in Person.objects.all()}
    assert keys == sorted([f"e-1-{ids['E 1']}", f"e-1-{ids['e-1']}", "zoe", str(ids["东"])])
    Person.objects.filter(number="Zoë").update(number="Zoo")
    Person.objects.create(number="zoe", mail="e", account=Account.objects.create(mail="e"))
    again = {found.id: found.key for found in system.read("user").objects.values()}
    assert again[str(ids["Zoë"])] == "zoe"
    assert len(set(again.values())) == 5


def who_goes_takes_parts_and_children_along_and_nothing_else(system, _):
    from tests.live.changes import delete
    from tests.live.places.models import Note, Person

    write(system, person("bo"))
    before = rows()
    write(system, person("ann", office="B1"))
    Note.objects.create(person=Person.objects.get(number="ann"))
    write(system, delete("user.ann"))
    assert rows() == before


def who_is_still_needed_stays(system, _):
    from tests.live.changes import delete
    from tests.live.places.models import Person

    write(system, person("ann"), person("bo"))
    Person.objects.filter(number="bo").update(buddy=Person.objects.get(number="ann"))
    before = rows()
    with pytest.raises(LiveError, match=r"user\.ann can't be deleted: rows of other tables .* 1 of places\.Person"):
        write(system, delete("user.ann"))
    assert rows() == before


def hanging(system, kind, ids):
    """What hangs on objects, without what their own rows hold besides."""
    told = system.attached(kind, sorted(ids))
    return {id: rows for id, found in told.items() if (rows := [it for it in found if "no field holds" not in it.what])}


def rows_that_no_binding_knows_keep_an_object(system, _):
    """Django would delete or change them along."""
    from tests.live.changes import change, delete
    from tests.live.places.models import Prize, Team

    write(system, change("create", "group.g", {"name": "g"}), change("create", "group.h", {"name": "h"}))
    won = Team.objects.get(label="g")
    Prize.objects.create(team=won, name="x")
    Prize.objects.create(team=won, name="y")
    Prize.objects.create(name="z")
    rows_of_it = Attached(what="rows of places.Prize", count=2, stops=True, unknown=True)
    assert system.attached("group", [str(team.pk) for team in Team.objects.all()]) == {str(won.pk): [rows_of_it]}
    with pytest.raises(LiveError, match=r"2 of places\.Prize"):
        write(system, delete("group.g"))
    write(system, delete("group.h"))


def what_hangs_on_a_part_is_not_told_of_somebody_with_the_same_number(system, _):
    from tests.live.places.models import Account, Person, Prize

    number = 1_000_000
    other = Account.objects.create(pk=number, mail="other@firm.example")
    own = Account.objects.create(mail="own@firm.example")
    Person.objects.create(pk=number, number="zed", mail="zed@firm.example", account=own)
    Prize.objects.create(account=other, name="x")
    told = system.attached("user", [str(number)])
    assert not [it for rows in told.values() for it in rows if it.unknown]


def what_no_field_holds_is_told(system, _):
    from tests.live.changes import change
    from tests.live.places.models import Person, Team

    write(system, person("ann"), change("create", "group.g", {"name": "g"}))
    ann, team = (str(model.objects.get().pk) for model in (Person, Team))
    assert [system.attached("group", [team]), system.loose("group")] == [{}, {"owners"}]
    Person.objects.update(title_two="", pay_in="EUR", shown_name="", saves=0)
    Team.objects.update(motto="on we go")
    assert system.attached("group", [team]) == {team: [Attached(what="what no field holds of it: motto", count=1)]}
    assert not [it for it in system.attached("user", [ann]).get(ann, ()) if "pay_in" in it.what]


def what_links_know_and_who_hears_of_them_is_found(system, _):
    from django.db.models.fields import NOT_PROVIDED
    from django.db.models.signals import post_save

    from tests.live.places.models import Leading

    def found():
        from dani_playbook.live.check_models import model_findings

        kinds = system._kinds
        return [(it.level, it.message) for it in model_findings(kinds["group"], kinds) if it.path == "owners"]

    def listen(**_):
        pass

    more = "a link knows more in places.Leading (share): who is taken out can't be put back as it was"
    assert found() == [("info", more)]
    share, default = Leading._meta.get_field("share"), 100
    share.default, share.__dict__["_get_default"] = NOT_PROVIDED, lambda: None
    post_save.connect(listen, sender=Leading)
    try:
        assert found() == [
            ("error", "places.Leading.share may not be empty, and a new link has nothing for it"),
            ("info", more),
            ("warning", "places.Leading has post_save of its own; links are made and removed together, without them"),
        ]
    finally:
        post_save.disconnect(listen, sender=Leading)
        share.default = default
        del share.__dict__["_get_default"]


def what_hangs_on_somebody_is_told(system, _):
    from tests.live.places.models import Note, Person

    write(system, person("ann"), person("bo"))
    ann = Person.objects.get(number="ann")
    Note.objects.create(person=ann)
    Note.objects.create(person=ann, is_open=True)
    Note.objects.create(number="bo")
    ids = known(system)
    told = hanging(system, "user", {id for address, id in ids.items() if address.kind == "user"})
    assert {len(told), *told} == {2, str(ann.pk), *(id for address, id in ids.items() if address.key == "bo")}
    assert told[str(ann.pk)] == [
        Attached(what="an open note", count=1, stops=True),
        Attached(what="rows of places.Note", count=2),
    ]
    (other,) = told[next(id for address, id in ids.items() if address.key == "bo")]
    assert other == Attached(what="a note about the number", count=1, stops=True, stops_leaving=True)


@contextmanager
def asked():
    """Every statement that reads; one that writes is a row's own where models save themselves."""
    from django.db import connection

    found = []

    def note(execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def statements_that_read_dont_grow_with_the_objects(system, _):
    told = []
    for size, letter in ((2, "a"), (40, "b")):
        keys = [f"{letter}{number}" for number in range(size)]
        with asked() as creating:
            write(
                system, *[person(key, manager=f"{letter}0" if key[1:] != "0" else None, company="Berg") for key in keys]
            )
        with asked() as updating:
            write(system, *[update(key, office="B1", job_title="Head", manager=None) for key in keys])
        with asked() as reading:
            system.read("user")
        told.append([len(creating), len(updating), len(reading)])
    assert told[0] == told[1]


def a_part_that_is_missing_is_made(system, _):
    from tests.live.places.models import Person

    Person.objects.create(number="ann", mail="ann@firm.example")
    assert shown(system, "user.ann")["email"] == "ann@firm.example"
    write(system, update("ann", email="new@firm.example", office="B1"))
    assert columns("ann")["account.mail"] == "new@firm.example"
    assert columns("ann")["desk.room"] == "B1"


def only_some_rows_are_of_a_kind(system, _):
    write(system, person("ann"), person("bo", status="left"))
    narrow = replace(bindings(Write.SAVE)["user"], where={"state": "A"})
    assert [found.key for found in live(Write.SAVE, user=narrow).read("user").objects.values()] == ["ann"]


def a_row_that_may_not_go_stays(system, _):
    from tests.live.changes import delete

    write(system, person("ann"))
    kept = live(Write.SAVE, user=replace(bindings(Write.SAVE)["user"], deletes=False))
    with pytest.raises(LiveError, match="says that its rows stay"):
        write(kept, delete("user.ann"))
    (told,) = kept.attached("user", list(kept.read("user").objects)).values()
    assert told[0].stops


def a_save_is_called_once_a_row_that_changes(system, _):
    write(system, person("ann", first_name="Ann"))
    assert (columns("ann")["saves"], columns("ann")["shown_name"]) == (1, "ann , Ann")
    write(system, update("ann", first_name="Anna"))
    assert (columns("ann")["saves"], columns("ann")["shown_name"]) == (2, "ann , Anna")
    write(system, update("ann", office="B1"))
    assert columns("ann")["saves"] == 2


STEPS = (
    Step(fields=("employee_id", "email", "status"), sets={"flag": "N", "account.open": False}),
    Step(),
    Step(fields=("enabled", "work_phone")),
)


@contextmanager
def heard(*names):
    """What each save of a person writes of these columns."""
    from django.db.models.signals import post_save

    from tests.live.places.models import Person

    found = []

    def note(instance, **_):
        found.append(tuple(getattr(instance, name) for name in names))

    post_save.connect(note, sender=Person, weak=False)
    try:
        yield found
    finally:
        post_save.disconnect(note, sender=Person)


def stepping(*steps):
    return live(Write.SAVE, user=replace(bindings(Write.SAVE)["user"], steps=steps))


def a_new_object_goes_through_its_steps(system, _):
    with heard("number", "title_one", "flag") as found:
        write(stepping(*STEPS), person("ann", job_title="Head", enabled=True))
    assert found == [("ann", "", "N"), ("ann", "Head", "N"), ("ann", "Head", "Y")]
    assert columns("ann")["account.open"] is False


def what_a_step_set_and_nobody_says_goes_back_to_its_default(system, _):
    closed = replace(STEPS[0], sets={"state": "L"})
    write(stepping(replace(closed, fields=("email",)), Step(fields=("status",))), person("ann"))
    assert columns("ann")["state"] == "A"


def a_change_goes_through_the_same_steps(system, _):
    write(system, person("ann"))
    with heard("title_one", "flag") as found:
        write(stepping(*STEPS), update("ann", enabled=True, job_title="Head"))
    assert found == [("Head", "N"), ("Head", "Y")]


def what_a_live_system_doesnt_bear_is_told(system, _):
    parts = {name: replace(part, birth=Birth.SAVE) for name, part in bindings(Write.SAVE)["user"].parts.items()}
    before = rows()
    born = live(Write.SAVE, user=replace(bindings(Write.SAVE)["user"], parts=parts))
    with pytest.raises(LiveError, match=r"user\.ann: the live system made no row of places\.Account"):
        write(born, person("ann"))
    assert rows() == before


def who_acts_is_handed_over(system, _):
    from tests.live.places.models import ACTING, Firm, Note, Person

    calling = live(Write.SAVE, actor=Actor(call="tests.live.places.models.acting"), by="hr")
    with heard("by") as found:
        write(calling, person("ann"))
    assert (found, ACTING) == ([("hr",)], [])
    marking = live(Write.SAVE, actor=Actor(attribute="by_hand", model="places.Firm", field="name"), by="Acme")
    with heard("by_hand") as found:
        write(marking, update("ann", status="left"))
    assert found == [(Firm.objects.get(name="Acme"),)]
    assert (Note.objects.count(), Person.objects.count()) == (0, 1)


def who_acts_and_isnt_there_is_told(system, _):
    marking = live(Write.SAVE, actor=Actor(attribute="by_hand", model="places.Firm", field="name"), by="Ghost")
    with pytest.raises(LiveError, match=r"no row of places\.Firm is Ghost"):
        write(marking, person("ann"))
    lost = live(Write.SAVE, actor=Actor(call="tests.live.places.models.nobody"), by="hr")
    with pytest.raises(LiveError, match="can't be imported"):
        write(lost, person("ann"))
    assert rows()["Person"] == []


def a_model_that_refuses_is_named_without_its_words(system, _):
    before = rows()
    with pytest.raises(LiveError, match=r"user\.ann: places\.Person refused to be saved \(ValueError\)") as caught:
        write(system, person("bo"), person("ann", last_name="Refused"))
    assert "Refused" not in f"{caught.value.message} {caught.value.hint}"
    assert rows() == before


def a_row_that_is_there_is_never_taken_for_new(system, _):
    from tests.live.changes import change

    unit = {"name": "First", "code": "TOP", "company": "AC"}
    write(system, change("create", "department.ac-top", unit))
    with pytest.raises(LiveError, match="unique"):
        write(system, change("create", "department.other", {**unit, "name": "Second"}))
    assert shown(system, "department.ac-top")["name"] == "First"


def an_old_row_keeps_what_others_wrote(system, _):
    """A handler of one table writes into another before it is its turn."""
    from django.db.models.signals import post_save

    from tests.live.places.models import Desk, Person

    write(system, person("ann", office="B1"))

    def move(instance, **_):
        Desk.objects.filter(person=instance).update(room="moved")

    post_save.connect(move, sender=Person, weak=False)
    try:
        write(system, update("ann", status="left", work_phone="+49"))
    finally:
        post_save.disconnect(move, sender=Person)
    assert (columns("ann")["desk.room"], columns("ann")["desk.phone"]) == ("moved", "+49")


def what_a_save_changes_of_its_neighbours_stays(system, _):
    """As ordered lists, trees and counters do it: a handler writes into other rows of the same table."""
    from django.db.models.signals import post_save

    from tests.live.places.models import Person

    write(system, person("ann"), person("bo"), person("cy"))

    def push(instance, **_):
        others = Person.objects.exclude(pk=instance.pk)
        for other in others:
            Person.objects.filter(pk=other.pk).update(title_two=f"{other.title_two}{instance.number[0]}")

    post_save.connect(push, sender=Person, weak=False)
    try:
        write(system, update("ann", status="left"), update("bo", status="left"), update("cy", status="left"))
    finally:
        post_save.disconnect(push, sender=Person)
    assert {key: "".join(sorted(columns(key)["title_two"])) for key in ("ann", "bo", "cy")} == {
        "ann": "bc",
        "bo": "ac",
        "cy": "ab",
    }


BOTH = {
    **{f"{case}: written and read": (a_place_is_written_and_read, case) for case in PLACES},
    **{f"{case}: changed and emptied": (a_place_is_changed_and_emptied, case) for case in PLACES},
    **{case: (what_cant_be_read_for_sure_is_a_doubt, case) for case in DOUBTS},
    **{case: (what_doesnt_fit_is_told_before_and_refused, case) for case in UNFIT},
    **{
        case.__name__.replace("_", " "): (case, "")
        for case in (
            half_of_a_joined_name_is_changed,
            a_name_made_by_hand_stays_when_the_email_changes,
            two_who_are_each_others_boss_are_made_together,
            unique_values_are_swapped,
            links_are_read_and_written_from_both_sides,
            a_key_of_two_columns_goes_through,
            what_others_refer_by_cant_be_changed,
            a_key_that_is_the_rows_own_cant_be_moved,
            keys_that_are_made_are_told_apart_and_stay,
            who_goes_takes_parts_and_children_along_and_nothing_else,
            who_is_still_needed_stays,
            what_hangs_on_somebody_is_told,
            rows_that_no_binding_knows_keep_an_object,
            what_hangs_on_a_part_is_not_told_of_somebody_with_the_same_number,
            what_no_field_holds_is_told,
            what_links_know_and_who_hears_of_them_is_found,
            statements_that_read_dont_grow_with_the_objects,
            a_part_that_is_missing_is_made,
            only_some_rows_are_of_a_kind,
            a_row_that_may_not_go_stays,
        )
    },
}
CASES = {f"{write}: {name}": (write, *case) for write in ("bulk", "save") for name, case in BOTH.items()}
CASES |= {
    f"save: {case.__name__.replace('_', ' ')}": ("save", case, "")
    for case in (
        a_save_is_called_once_a_row_that_changes,
        a_new_object_goes_through_its_steps,
        what_a_step_set_and_nobody_says_goes_back_to_its_default,
        a_change_goes_through_the_same_steps,
        what_a_live_system_doesnt_bear_is_told,
        who_acts_is_handed_over,
        who_acts_and_isnt_there_is_told,
        a_model_that_refuses_is_named_without_its_words,
        a_row_that_is_there_is_never_taken_for_new,
        an_old_row_keeps_what_others_wrote,
        what_a_save_changes_of_its_neighbours_stays,
    )
}
