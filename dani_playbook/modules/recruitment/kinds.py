"""Jobs: their rules, their words, and where they live in the built-in HR system."""

from collections.abc import Mapping

from dani_playbook.core.binding import Binding, Key, Money, Place
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Kind
from dani_playbook.modules.recruitment.marks import JOB_MARKS, job_mark
from dani_playbook.modules.recruitment.rules import JOB_RULES


def kinds(specs: Mapping[str, KindSpec]) -> tuple[Kind, ...]:
    """The kinds of this corner."""
    job = specs["job"]
    return (Kind(spec=job, binding=_job_binding(job), rules=JOB_RULES, mark=job_mark, marks=JOB_MARKS),)


def _job_binding(job: KindSpec) -> Binding:
    places: dict[str, Place] = {name: name for name in job.fields}
    for name in ("salary_min", "salary_max"):
        places[name] = Money(minor=f"{name}_minor", currency=f"{name}_currency")
    return Binding(kind="job", model="recruitment.Job", key=Key(columns=("key",), stored=True), fields=places)
