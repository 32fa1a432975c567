"""What the live system refuses: nothing is left, and the sentence says what and for whom, never a value."""

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import LiveError
from dani_playbook.core.values import Secret
from tests.live.changes import create, delete, ids, keys, show, update, write

CASES = {
    "a taken email": ([create("user.b", email="A@firm.example")], "user.b: email must be unique", "firm.example"),
    "a taken employee id": ([create("user.b", employee_id="E-1")], "user.b: employee_id must be unique", "E-1"),
    "a taken name, folded": (
        [create("department.b", name="STRASSE")],
        "department.b: company and name must be unique",
        "STRASSE",
    ),
    "the last of many": (
        [*[create(f"user.n{n}") for n in range(700)], create("user.late", email="a@firm.example")],
        "user.late: email must be unique",
        "firm.example",
    ),
    "two new ones that are alike": (
        [create("user.b", email="x@firm.example"), create("user.c", email="X@firm.example")],
        "user.c: email must be unique",
        "firm.example",
    ),
    "an update to a taken email": (
        [update("user.z", first_name="Zoe"), update("user.y", email="a@firm.example")],
        "user.y: email must be unique",
        "firm.example",
    ),
    "a text that is too long": ([update("user.z", mobile="+49" + "1" * 50)], "user.z: mobile can't be stored", "111"),
    "a NUL in a text": ([update("user.z", mobile="+49\x001")], "user.z: mobile can't be stored", "+49"),
    "a number that is too large": (
        [update("department.a", headcount_limit=2**40)],
        "department.a: headcount_limit can't be stored",
        str(2**40),
    ),
    "a number below nothing": (
        [update("department.a", headcount_limit=-1)],
        "department.a: headcount_limit can't be stored",
        "xx",
    ),
    "a date that is none": ([update("user.z", birth_date=Secret("31.12.1990"))], "user.z: birth_date", "1990"),
    "money that is none": ([update("user.z", salary=Secret("54.000 euros"))], "user.z: salary can't", "54"),
    "nothing where something is needed": (
        [update("user.z", email=None)],
        "user.z: email can't be stored: it must not be empty",
        "xx",
    ),
    "nobody where somebody is needed": (
        [create("schedule.s", owner=None)],
        "schedule.s: owner must not be empty",
        "xx",
    ),
    "a reference to nothing": ([update("user.z", manager="ghost")], "user.z: manager refers to user.ghost", "xx"),
    "a reference to what isn't there yet": (
        [create("job.j", department="ghost", hiring_manager="a")],
        "job.j: department must not be empty, and department.ghost isn't there",
        "xx",
    ),
    "an unknown field": ([update("user.z", shoe_size=43)], "user.z: the live system has no place for shoe_size", "43"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_refused_change_leaves_nothing_and_names_the_address(hr, case):
    changes, sentence, never = CASES[case]
    live, _ = hr()
    write(
        live,
        create("user.a", employee_id="E-1"),
        create("user.y"),
        create("user.z"),
        create("department.a", name="Straße"),
    )
    before = [live.read(kind) for kind in ("user", "department", "job", "schedule")]
    with pytest.raises(LiveError) as caught:
        write(live, create("user.first"), *changes)
    assert sentence in caught.value.message
    assert never not in f"{caught.value.message} {caught.value.hint}"
    assert [live.read(kind) for kind in ("user", "department", "job", "schedule")] == before


def test_an_update_of_a_row_that_is_gone_is_refused(hr):
    live, _ = hr()
    write(live, create("department.a"), create("department.b"))
    known = ids(live) | {Address("department", "b"): "999999"}
    for fields in ({"location": "Here"}, {"name": "Here"}):
        with pytest.raises(LiveError, match="gone"), live.transaction():
            live.write([update("department.a", **fields), update("department.b", **fields)], known)
    assert show(live, "department.a")["location"] is None


def test_a_change_of_an_object_nobody_knows_is_refused(hr):
    live, _ = hr()
    with pytest.raises(LiveError, match=r"user\.ghost: it isn't known which live object"):
        write(live, delete("user.ghost"))


def test_an_unknown_kind_is_refused(hr):
    live, _ = hr()
    with pytest.raises(LiveError, match="has no ghost"):
        live.read("ghost")


def test_what_raises_inside_a_transaction_leaves_nothing_behind(hr):
    live, _ = hr()

    def fail():
        with live.transaction():
            live.write([create("user.a")], {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert keys(live, "user") == []
