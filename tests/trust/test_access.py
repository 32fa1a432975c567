"""Who may do what: every cell of the matrix, for every way in."""

import csv
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from dani_playbook.core import access
from dani_playbook.core.access import NEVER_BY_KEY, ROLES, Action, denial, may
from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import Sensitivity, read_dictionary
from dani_playbook.core.identity import OPERATOR, Identity, Way
from tests.conftest import Figure

HERE = Address("user", "ada")
CLASSES = tuple(Sensitivity)
KINDS = ("", *read_dictionary().kinds, "applicant", "interview", "offer")
EVERYBODY = (*ROLES, OPERATOR, "nonsense")
Cell = tuple[str, str, str, Sensitivity]
ONLY_PEOPLE = {"approve", "reveal", "purge", "set-password", "make-key", "revoke-key"}


def expected() -> frozenset[Cell]:
    """The cells that are allowed, as ``matrix.csv`` says."""
    lines = [line for line in Path(__file__).with_name("matrix.csv").read_text("utf-8").splitlines() if line[:1] != "#"]
    return frozenset(cell for row in csv.DictReader(lines) for cell in _cells(row))


def _cells(row: Mapping[str, str]) -> Iterator[Cell]:
    kinds = {"any": KINDS[1:], "none": ("",)}.get(row["kinds"]) or tuple(row["kinds"].split())
    for kind in kinds:
        for rank in CLASSES[: CLASSES.index(Sensitivity(row["highest"])) + 1]:
            yield (row["role"], row["action"], kind, rank)


def identity(role: str, way: Way, scopes: frozenset[str] | None = None) -> Identity:
    account = None if way is Way.MACHINE else HERE
    return Identity(name="ada", way=way, account=account, roles=frozenset({role}), scopes=scopes)


def cells() -> list[Cell]:
    return list(product(EVERYBODY, [action.value for action in Action], KINDS, CLASSES))


def wrong_cells() -> list[tuple[Way, Cell]]:
    """Every cell where the function says something else than the matrix."""
    allowed, wrong = expected(), []
    every = frozenset(action.value for action in Action)
    for cell in cells():
        role, action, kind, rank = cell
        person = cell in allowed and role != OPERATOR
        wanted = {
            Way.SESSION: person,
            Way.KEY: person and action not in ONLY_PEOPLE,
            Way.MACHINE: cell in allowed and role == OPERATOR,
        }
        for way, want in wanted.items():
            who = identity(role, way, every if way is Way.KEY else None)
            if may(who, Action(action), kind, rank) is not want:
                wrong.append((way, cell))
    return wrong


def test_every_cell_of_the_matrix_is_as_it_is_meant(figure: Figure) -> None:
    assert wrong_cells() == []
    figure("role matrix: cells of the function, all as meant", len(cells()) * len(Way))
    assert len(cells()) * len(Way) >= 960


@pytest.mark.parametrize("guard", ["_fits", "_by_this_way"])
def test_without_a_part_of_the_function_cells_are_wrong(monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    monkeypatch.setattr(access, guard, lambda *arguments: True)
    assert wrong_cells()


def test_the_roles_are_those_of_the_schema() -> None:
    assert set(read_dictionary().kinds["user"].fields["roles"].choices) == set(ROLES)
    assert OPERATOR not in ROLES


def test_a_secret_is_never_revealed_to_anybody() -> None:
    for role, way, kind in product(EVERYBODY, Way, KINDS):
        who = identity(role, way, frozenset({"reveal"}))
        assert not may(who, Action.REVEAL, kind, Sensitivity.SECRET)


def test_a_key_does_nothing_outside_of_its_scopes() -> None:
    for scope in Action:
        who = identity("admin", Way.KEY, frozenset({scope.value}))
        does = {action for action in Action if may(who, action)}
        assert does == ({scope} - NEVER_BY_KEY)
    assert not any(may(identity("admin", Way.KEY), action) for action in Action)


def test_an_account_that_calls_itself_operator_is_none() -> None:
    both = Identity(name="x", way=Way.SESSION, account=HERE, roles=frozenset({OPERATOR, "admin"}))
    machine = Identity(name="x", roles=frozenset({"admin"}))
    assert not any(may(who, action) for who in (both, machine) for action in Action)


def test_a_denial_says_who_what_which_roles_and_what_to_do() -> None:
    who = Identity(name="user.ada", way=Way.SESSION, account=HERE, roles=frozenset({"recruiter"}))
    reached = {"user": Sensitivity.SPECIAL, "job": Sensitivity.PUBLIC}
    error = denial(who, Action.PLAN, reached, {"user": 3, "job": 1})
    assert error.exit_code == 5
    assert error.message == "user.ada (recruiter) may not plan changes of user (3)"
    assert error.hint == "roles that may: hr_manager, admin, auditor; leave them out with --target or --exclude"
    machine = denial(Identity(name="jo"), Action.REVEAL, {}, {})
    assert machine.message == "jo, who isn't signed in, may not reveal masked fields of anything"
    assert "dani login" in str(machine.hint)
