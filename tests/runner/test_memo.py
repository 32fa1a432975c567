"""What was read and compared before makes a plan quicker and changes nothing of it, whatever happened in between."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dani_playbook.core import blocks
from dani_playbook.core.errors import DaniError
from dani_playbook.engine import glance
from dani_playbook.language import quire
from dani_playbook.runner import sharing
from dani_playbook.runner.config import read_config
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session
from tests.runner.conftest import ENVIRON, NOW, Project

FILES = 4
PEOPLE = 12
STEPS = 24
WAYS = {
    "cached": {},
    "cached, one process": {"DANI_PROCESSES": "1"},
    "nothing cached, two processes": {"DANI_CACHE": "0", "DANI_PROCESSES": "2"},
}
ALONE = {"DANI_CACHE": "0", "DANI_PROCESSES": "1"}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of one row, pieces of three people, and other processes for any file: a small company is enough then."""
    monkeypatch.setattr(blocks, "SHIFT", 0)
    monkeypatch.setattr(glance, "PIECE", 3)
    monkeypatch.setattr(glance, "FEW", 0)
    monkeypatch.setattr(quire, "_WORTH", 0)
    for forking in (sharing, quire):
        monkeypatch.setattr(forking, "active_count", lambda: 1)


class Walk:
    """A company to which things happen. ``people`` are what the files say, by key."""

    def __init__(self, project: Project, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.now = NOW
        self.people = {f"p{n}": self.person(n) for n in range(PEOPLE)}
        self.moved: list[tuple[str, str]] = []
        self.made = PEOPLE
        self.write()

    def person(self, number: int) -> dict[str, str]:
        fields = {"email": f"p{number}@a.example", "first_name": f"Zoë {number}", "department": f"d{number % 3}"}
        fields |= {"start_date": "2024-01-01", "roles": "[employee]", "mobile": f"'+49301{number:03}'"}
        if number:
            fields["manager"] = f"p{(number - 1) // 3}"
        if number % 4 == 1:
            fields["home_address"] = "{city: Bonn, street: Am Markt 1, country: DE}"
        if number % 4 == 2:
            fields["upcoming"] = f"{{2026-11-{24 + number % 3}: {{job_title: Chief}}}}"
        return fields

    def write(self) -> None:
        limit = ", headcount_limit: 12"
        departments = "".join(f"  d{n}: {{name: Department {n}{'' if n else limit}}}\n" for n in range(3))
        self.project.write("playbooks/a.yaml", f"version: 1\ndepartments:\n{departments}")
        for file in range(FILES):
            mine = [(key, said) for key, said in self.people.items() if int(key[1:]) % FILES == file]
            lines = ["version: 1", "users:" if mine else "users: {}"]
            for key, said in mine:
                lines += [f"  {key}:", *(f"    {name}: {value}" for name, value in said.items())]
            if file == 0 and self.moved:
                lines += ["moved:", *(f"  - {{from: user.{a}, to: user.{b}}}" for a, b in self.moved)]
            self.project.write(f"playbooks/people-{file}.yaml", "\n".join(lines) + "\n")

    def somebody(self) -> str:
        return self.random.choice(sorted(self.people))

    # In the files

    def says_something_else(self) -> None:
        said = self.people[self.somebody()]
        said |= self.random.choice(
            [
                {"job_title": f"Clerk {self.random.randrange(3)}"},
                {"first_name": self.random.choice(["Ana", "Björn", "Đặng"])},
                {"department": f"d{self.random.randrange(3)}"},
                {"roles": self.random.choice(["[employee]", "[]", "{add: [recruiter]}"])},
                {"protect": "true"},
                {"ignore": "[job_title]"},
                {"end_date": "2026-11-25"},
                {"mobile": "'+4930999'"},
            ]
        )

    def says_less(self) -> None:
        said = self.people[self.somebody()]
        for name in ("job_title", "protect", "ignore", "end_date", "home_address", "upcoming"):
            said.pop(name, None)

    def hires(self) -> None:
        self.people[f"p{self.made}"] = self.person(self.made)
        self.made += 1

    def takes_out(self) -> None:
        self.people.pop(self.somebody())

    def says_absent(self) -> None:
        self.people[self.somebody()] |= {"state": "absent"}

    def renames_a_key(self) -> None:
        key = self.somebody()
        new = f"p{self.made}"
        self.made += 1
        self.people[new] = self.people.pop(key)
        self.moved.append((key, new))

    def says_nonsense(self) -> None:
        self.people[self.somebody()] |= {"manager": "nobody"}

    def changes_nothing(self) -> None:
        """But the place of everything in a file."""
        path = self.project.root / "playbooks" / "people-1.yaml"
        path.write_text("# moved down\n" + path.read_text("utf-8"), "utf-8")

    # In the live system

    def is_changed_outside(self) -> None:
        from dani_playbook.hris.accounts.models import User
        from dani_playbook.hris.employees.models import Department, Employee

        user = User.objects.filter(key__in=self.people).order_by("?").first() or User.objects.first()
        if user is None:
            return
        rows = Employee.objects.filter(user_id=user.pk)
        department = Department.objects.order_by("key").last()
        self.random.choice(
            [
                lambda: User.objects.filter(pk=user.pk).update(first_name="Outside"),
                lambda: User.objects.filter(pk=user.pk).update(is_active=False),
                lambda: rows.update(job_title="Outside"),
                lambda: rows.update(department=department),
                lambda: rows.update(home_address={"city": "Köln"}),
                lambda: rows.update(manager=None),
                lambda: User.objects.filter(pk=user.pk).update(key=f"x{user.pk}"),
                lambda: User.objects.create(key=f"new{self.made}", email=f"new{self.made}@a.example", first_name="New"),
            ]
        )()
        self.made += 1

    def is_joined_outside(self) -> None:
        """Nobody declares them, and the limit of a declared department counts them."""
        from dani_playbook.hris.accounts.models import User
        from dani_playbook.hris.employees.models import Department, Employee

        department = Department.objects.filter(key="d0").first()
        for _ in range(3 if department else 0):
            user = User.objects.create(key=f"new{self.made}", email=f"new{self.made}@a.example", first_name="New")
            Employee.objects.create(user=user, department=department, start_date="2024-01-01", status="active")
            self.made += 1

    def is_remembered_otherwise(self) -> None:
        """As after a run of another machine."""
        from dani_playbook.state.models import Inventory

        rows = Inventory.objects.filter(kind="user", key=self.somebody())
        self.random.choice(
            [
                lambda: rows.update(path="elsewhere.yaml"),
                lambda: rows.update(protect=True),
                lambda: rows.update(applied="{}"),
                lambda: rows.update(key=f"q{self.made}"),
                rows.delete,
            ]
        )()
        self.made += 1

    def is_applied(self) -> None:
        session = self.session(ALONE)
        try:
            session.apply(session.plan(Request()))
        except DaniError:
            return

    def a_day_passes(self) -> None:
        self.now += timedelta(days=1)

    def session(self, environ: dict[str, str]) -> Session:
        around = {**ENVIRON, **environ}
        config = replace(read_config(self.project.root, around), limits={"creates": {"number": 1000}})
        return Session(config, now=self.now, actor="tester", environ=around, clock=lambda: self.now)

    def plan(self, environ: dict[str, str]) -> Any:
        """Digest and document, or what was said instead."""
        try:
            planned = self.session(environ).plan(Request())
        except DaniError as error:
            return str(error), error.problems
        return planned.plan.digest, planned.result.document


WEIGHTS: dict[Callable[[Walk], None], int] = {
    Walk.says_something_else: 6,
    Walk.says_less: 2,
    Walk.hires: 2,
    Walk.takes_out: 1,
    Walk.says_absent: 1,
    Walk.renames_a_key: 1,
    Walk.says_nonsense: 1,
    Walk.changes_nothing: 1,
    Walk.is_changed_outside: 6,
    Walk.is_remembered_otherwise: 3,
    Walk.is_joined_outside: 1,
    Walk.is_applied: 6,
    Walk.a_day_passes: 1,
}


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_is_the_same_whatever_was_kept_of_the_one_before(project: Project, seed: int) -> None:
    walk = Walk(project, seed)
    walk.is_applied()
    for _ in range(STEPS):
        happens = walk.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        happens(walk)
        if happens is not Walk.changes_nothing:
            walk.write()
        wanted = walk.plan(ALONE)
        for way, environ in WAYS.items():
            assert walk.plan(environ) == wanted, (happens.__name__, way)
        if "unknown-reference" in str(wanted):
            walk.people = {
                key: {**said, "manager": "p0"} if said.get("manager") == "nobody" else said
                for key, said in walk.people.items()
            }


def quiet(project: Project) -> Walk:
    """A company of which the last plan, kept, had nothing to say."""
    walk = Walk(project, 0)
    for said in walk.people.values():
        said.pop("upcoming", None)
    walk.write()
    walk.is_applied()
    for _ in range(2):
        _, document = walk.plan({})
        assert document["changes"] == []
    return walk


def test_rules_are_asked_again_when_only_somebody_changed_whom_nobody_declares(project: Project) -> None:
    walk = quiet(project)
    for _ in range(3):
        walk.is_joined_outside()
    wanted = walk.plan(ALONE)
    assert "over-headcount" in str(wanted)
    assert walk.plan({}) == wanted


def test_whoever_refers_to_somebody_is_looked_at_when_dani_knows_that_one_by_another_key(project: Project) -> None:
    from dani_playbook.state.models import Inventory

    walk = quiet(project)
    Inventory.objects.filter(kind="user", key="p1").update(key="q1")
    wanted = walk.plan(ALONE)
    assert "p1" in str(wanted)
    assert walk.plan({}) == wanted


def test_a_plan_with_nothing_new_looks_at_nobody(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = quiet(project)
    looked: list[Any] = []
    monkeypatch.setattr(glance.Alike, "is_sure", lambda self, *rest: looked.append(rest) or True)
    walk.plan({})
    assert looked == []
    walk.changes_nothing()
    walk.plan({})
    assert looked == []
    walk.people[walk.somebody()]["job_title"] = "Something else"
    walk.write()
    walk.plan({})
    assert len(looked) == PEOPLE // FILES
