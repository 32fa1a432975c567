"""Schedules: their rules, their words, and where they live in the built-in HR system."""

from collections.abc import Mapping

from dani_playbook.core.binding import Binding, Key
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Kind
from dani_playbook.modules.reports.marks import SCHEDULE_MARKS, schedule_mark
from dani_playbook.modules.reports.rules import SCHEDULE_RULES


def kinds(specs: Mapping[str, KindSpec]) -> tuple[Kind, ...]:
    """The kinds of this corner."""
    schedule = specs["schedule"]
    places = {name: name for name in schedule.fields}
    binding = Binding(kind="schedule", model="reports.Schedule", key=Key(columns=("key",), stored=True), fields=places)
    return (Kind(spec=schedule, binding=binding, rules=SCHEDULE_RULES, mark=schedule_mark, marks=SCHEDULE_MARKS),)
