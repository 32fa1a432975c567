"""The business rules of people, departments and groups, by the kind whose README lists them."""

from collections.abc import Mapping

from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Rule
from dani_playbook.modules.user import chains, departments, people, reliance
from dani_playbook.modules.user.identities import duplicate_identities

DEPARTMENT_RULES: tuple[Rule, ...] = (
    chains.department_cycles,
    departments.members_of_closed,
    departments.closed_with_members,
    departments.over_headcount,
)


def user_rules(kinds: Mapping[str, KindSpec]) -> tuple[Rule, ...]:
    """Rules about people, and those that hold for every kind: who is relied on, and what is there once."""
    return (
        duplicate_identities(kinds),
        chains.manager_cycles,
        reliance.people_relied_on,
        people.end_before_start,
        people.contractor_without_end,
        people.incomplete_people,
        people.job_of_another_department,
        people.unknown_time_zones,
        people.deleted_under_hold,
    )
