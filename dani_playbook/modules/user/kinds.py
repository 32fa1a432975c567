"""Departments, people and groups: their rules, their words, and where they live in the built-in HR system."""

from collections.abc import Mapping

from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.live import Binding, Money, Part
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
                key="key",
                columns={name: name for name in department.fields},
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
                kind="group", model="accounts.Group", key="key", columns={name: name for name in group.fields}
            ),
            mark=group_mark,
            marks=GROUP_MARKS,
        ),
    )


def _user_binding(user: KindSpec) -> Binding:
    """The account is the root; all about the employment is its one-to-one part."""
    columns: dict[str, str | Money] = {name: _ACCOUNT.get(name, f"employee.{name}") for name in user.fields}
    columns["salary"] = Money(minor="employee.salary_minor", currency="employee.salary_currency")
    return Binding(
        kind="user",
        model="accounts.User",
        key="key",
        columns=columns,
        parts={"employee": Part(model="employees.Employee", link="user", path="employee")},
    )
