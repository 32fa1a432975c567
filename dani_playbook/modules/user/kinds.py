"""Departments, people and groups: their rules, their words, and where they live in the built-in HR system."""

from collections.abc import Mapping

from dani_playbook.core.binding import Binding, Key, Money, Part, Place
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Kind
from dani_playbook.modules.user.marks import (
    DEPARTMENT_MARKS,
    GROUP_MARKS,
    USER_MARKS,
    department_mark,
    group_mark,
    user_mark,
)
from dani_playbook.modules.user.rules import DEPARTMENT_RULES, user_rules
from dani_playbook.modules.user.standing import derive

_ACCOUNT = {
    "email": "email",
    "username": "username",
    "first_name": "first_name",
    "last_name": "last_name",
    "preferred_name": "preferred_name",
    "display_name": "display_name",
    "roles": "roles",
    "enabled": "is_active",
    "initial_password": "password",
}


def kinds(specs: Mapping[str, KindSpec]) -> tuple[Kind, ...]:
    """The kinds of this corner; ``specs`` is the whole dictionary."""
    department, user, group = specs["department"], specs["user"], specs["group"]
    return (
        Kind(
            spec=department,
            binding=Binding(
                kind="department",
                model="employees.Department",
                key=Key(columns=("key",), stored=True),
                fields={name: name for name in department.fields},
            ),
            rules=DEPARTMENT_RULES,
            mark=department_mark,
            marks=DEPARTMENT_MARKS,
        ),
        Kind(
            spec=user,
            binding=_user_binding(user),
            derive=derive,
            rules=user_rules(specs),
            mark=user_mark,
            marks=USER_MARKS,
        ),
        Kind(
            spec=group,
            binding=Binding(
                kind="group",
                model="accounts.Group",
                key=Key(columns=("key",), stored=True),
                fields={name: name for name in group.fields},
            ),
            mark=group_mark,
            marks=GROUP_MARKS,
        ),
    )


def _user_binding(user: KindSpec) -> Binding:
    """The account is the root; all about the employment is its one-to-one part."""
    places: dict[str, Place] = {name: _ACCOUNT.get(name, f"employee.{name}") for name in user.fields}
    places["salary"] = Money(minor="employee.salary_minor", currency="employee.salary_currency")
    return Binding(
        kind="user",
        model="accounts.User",
        key=Key(columns=("key",), stored=True),
        fields=places,
        parts={"employee": Part(model="employees.Employee", link="user", path="employee")},
    )
